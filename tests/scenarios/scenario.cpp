#include "scenarios/scenario.hpp"

#include <thread>

namespace turntable::test {

void Scenario::make_payments(int rows) {
    const bool mysql = is_mysql_like(flavor());
    const std::string real = flavor() == Flavor::sqlite ? "real" : mysql ? "double" : "double precision";
    sql().query("CREATE TABLE payments (id integer NOT NULL PRIMARY KEY, amount " + real +
                ", note varchar(40), status integer NOT NULL DEFAULT 0)");
    sql().query("INSERT INTO payments VALUES (1, 1.25, 'n1', 0)");
    for (int have = 1; have < rows; have *= 2) {
        const std::string step = std::to_string(have);
        const std::string id = "id + " + step;
        sql().query("INSERT INTO payments SELECT " + id + ", amount + " + step + ", " +
                    (mysql ? "concat('n', " + id + ")" : "'n' || (" + id + ")") +
                    ", 0 FROM payments WHERE id <= " + std::to_string(rows - have));
    }
}

std::vector<std::string> Scenario::everything() {
    std::vector<std::string> lines = image();
    for (const auto& row : sql().images("SELECT id, amount, note, status FROM payments ORDER BY id").rows) {
        std::string line;
        for (const Image& value : row) {
            line += value.value_or("NULL") + "|";
        }
        lines.push_back(line);
    }
    return lines;
}

std::vector<std::string> Scenario::to_cents(const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"alter",     "payments", "--convert", "amount=cents,into=amount_cents",
                                       "--execute", "--yes"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
}

std::string Scenario::swapped_job() {
    const ToolRun run = tool_.json(to_cents());
    EXPECT_EQ(run.exit_code, 0) << run.text();
    return run.exit_code == 0 ? run.json().value("job", "") : "";
}

void Scenario::expect_refused(const std::vector<std::string>& arguments, int exit_code,
                              const std::string& code) {
    const auto before = everything();
    const ToolRun run = tool_.json(arguments);
    EXPECT_EQ(run.exit_code, exit_code) << run.text();
    EXPECT_EQ(run.json().value("/error/code"_json_pointer, ""), code) << run.text();
    EXPECT_FALSE(run.err.empty());
    EXPECT_EQ(everything(), before);
}

std::string Scenario::shadow() {
    const std::string query =
        flavor() == Flavor::sqlite ? "SELECT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c ON "
                                     "c.name = 'amount_cents' "
                                     "WHERE m.type = 'table' AND m.name <> 'payments'"
        : flavor() == Flavor::postgres ? "SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) "
                                         "FROM information_schema.columns "
                                         "WHERE column_name = 'amount_cents' AND table_name <> 'payments'"
                                       : "SELECT CONCAT('`', TABLE_NAME, '`') FROM "
                                         "information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() "
                                         "AND COLUMN_NAME = 'amount_cents' AND TABLE_NAME <> 'payments' "
                                         "AND TABLE_NAME NOT LIKE '%scratch'"; // the clone of planning
    const Answer answer = sql().query(query);
    if (answer.rows.empty()) {
        return {};
    }
    const std::string name = *answer.rows[0][0];
    return flavor() == Flavor::sqlite ? database_.quote(name) : name;
}

bool Scenario::wait_until(const std::string& query, std::int64_t least) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (sql().number(query) < least) {
        if (std::chrono::steady_clock::now() > until) {
            return false;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    return true;
}

std::vector<Server> networked_servers() {
    std::vector<Server> list = one_server_of_each();
    std::erase_if(list, [](const Server& server) { return server.name == "sqlite"; });
    return list;
}

std::string server_name(const testing::TestParamInfo<Server>& info) {
    return info.param.name;
}

} // namespace turntable::test
