// Every rule of the family in one change, beside an application that writes all of the columns meanwhile.
// What must come out is kept by the test itself.

#include <array>
#include <atomic>
#include <map>
#include <thread>

#include "scenarios/scenario.hpp"
#include "turntable/decimal.hpp"

namespace turntable::test {
namespace {

struct Sample {
    const char *amount, *created, *born, *active, *state, *kind, *token, *note; // as they are
    const char* after; // cents|seconds|date|boolean|state|kind|token|note
};

constexpr std::array samples{
    Sample{"17.08", "1764000000", "24.12.2026", "yes", "open", "car", "6F9619FF-8B86-D011-B42D-00CF4FC964FF",
           "NULL", "1708|1764000000|2026-12-24|1|open|1|6f9619ff8b86d011b42d00cf4fc964ff|none"},
    Sample{"1.005", "0", "29.02.2024", "no", "closed", "bus", "00000000-0000-0000-0000-000000000000", "'a'",
           "100|0|2024-02-29|0|closed|2|00000000000000000000000000000000|a"},
    Sample{"-0.57", "86399", "01.01.1970", "yes", "closed", "bus", "ffffffff-ffff-ffff-ffff-ffffffffffff",
           "''", "-57|86399|1970-01-01|1|closed|2|ffffffffffffffffffffffffffffffff|"},
    Sample{"2.675", "1700000001", "31.12.1999", "no", "open", "car", "12345678-1234-1234-1234-1234567890AB",
           "'z'", "268|1700000001|1999-12-31|0|open|1|123456781234123412341234567890ab|z"},
};

class AllRules : public Scenario {
  protected:
    AllRules() {
        const bool mysql = is_mysql_like(flavor());
        const std::string real = flavor() == Flavor::sqlite ? "real" : mysql ? "double" : "double precision";
        if (flavor() == Flavor::postgres) {
            sql().query("CREATE TYPE state_t AS ENUM ('open', 'closed')");
        }
        sql().query(
            "CREATE TABLE things (id integer NOT NULL PRIMARY KEY, amount " + real +
            ", created bigint, born varchar(10), active varchar(5), state varchar(10), kind varchar(5), "
            "token varchar(36), note varchar(20))");
        for (int id = 1; id <= rows; ++id) {
            write(sql(), id, static_cast<std::size_t>(id) % samples.size(), Statement::insert);
        }
    }

    enum class Statement { insert, update };
    void write(Client& client, int id, std::size_t which, Statement statement) {
        const Sample& one = samples.at(which);
        const std::array<std::pair<const char*, std::string>, 8> values{{{"amount", one.amount},
                                                                         {"created", one.created},
                                                                         {"born", text(one.born)},
                                                                         {"active", text(one.active)},
                                                                         {"state", text(one.state)},
                                                                         {"kind", text(one.kind)},
                                                                         {"token", text(one.token)},
                                                                         {"note", one.note}}};
        std::string names, list, sets;
        for (const auto& [name, value] : values) {
            names += std::string{", "} + name;
            list += ", " + value;
            sets += (sets.empty() ? "" : ", ") + std::string{name} + " = " + value;
        }
        const std::string key = std::to_string(id);
        client.query(statement == Statement::insert
                         ? "INSERT INTO things (id" + names + ") VALUES (" + key + list + ")"
                         : "UPDATE things SET " + sets + " WHERE id = " + key);
        book_[id] = which;
    }
    static std::string text(const std::string& value) { return "'" + value + "'"; }

    // Writes until the swap takes the columns away from under it.
    void write_on() {
        const auto client = database_.open();
        try {
            for (int n = 0;; ++n) {
                const auto which = static_cast<std::size_t>(n / 3) % samples.size();
                write(*client, 1 + (n * 7) % rows, which, Statement::update);
                ++written_;
                std::this_thread::sleep_for(std::chrono::milliseconds{1});
            }
        } catch (const ClientError& error) {
            last_ = error.what();
        }
    }

    std::vector<std::string> arguments() {
        std::vector<std::string> out{"alter", "things", "--execute", "--yes"};
        const std::string state_type = flavor() == Flavor::postgres ? ",type=state_t" : "";
        const std::string moment = is_mysql_like(flavor()) ? ",type=timestamp" : "";
        for (const std::string& rule :
             {std::string{"amount=cents,into=amount_cents,round=half_even,inexact=report"},
              "created=timestamp,unit=s,into=created_at" + moment, std::string{"born=date,format=DD.MM.YYYY"},
              std::string{"active=boolean,true=yes,false=no"}, "state=enum,values='open;closed'" + state_type,
              std::string{"kind=lookup,map='car:1;bus:2',type=int16,into=kind_id"}, std::string{"token=uuid"},
              std::string{"note=fill,expr='''none'''"}}) {
            out.insert(out.end(), {"--convert", rule});
        }
        return out;
    }

    std::string after_columns() const {
        switch (flavor_) {
        case Flavor::postgres:
            return "amount_cents, extract(epoch FROM created_at)::bigint, to_char(born, 'YYYY-MM-DD'), "
                   "active::int, "
                   "state, kind_id, replace(token::text, '-', ''), note";
        case Flavor::sqlite:
            return "amount_cents, strftime('%s', created_at), born, active, state, kind_id, "
                   "lower(hex(token)), note";
        case Flavor::mariadb:
        case Flavor::mysql:
            break;
        }
        return "amount_cents, TIMESTAMPDIFF(SECOND, '1970-01-01', created_at), CAST(born AS CHAR), active, "
               "state, "
               "kind_id, LOWER(HEX(token)), note";
    }

    static constexpr int rows = 400;
    Flavor flavor_ = flavor();
    std::map<int, std::size_t> book_;
    std::atomic<int> written_{0};
    std::string last_;
};

TEST_P(AllRules, AtOnceBesideWriters) {
    std::thread writer{[this] { write_on(); }};
    while (written_ < 20) {
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    const int before = written_;
    const ToolRun run = tool_.json(arguments());
    if (run.exit_code != 0) {
        sql().query("DROP TABLE things"); // ends the writer
    }
    writer.join();
    ASSERT_EQ(run.exit_code, 0) << run.text() << last_;
    EXPECT_GT(written_, before) << "no writer got through";
    EXPECT_THAT(last_, testing::HasSubstr("amount")) << "no statement may fail before the swap";
    EXPECT_TRUE(run.json().value("verified", false)) << run.text();
    const auto cents = run.json()["conversions"][0];
    const auto decimal = [&](const char* key) {
        return *Decimal::parse(cents.value(key, std::string{"missing"}));
    };
    EXPECT_EQ(decimal("sum_target"), decimal("sum_source").scaled(2) + decimal("sum_error")) << cents.dump();
    std::int64_t sum = 0;
    const Answer answer = sql().query("SELECT id, " + after_columns() + " FROM things ORDER BY id");
    ASSERT_EQ(answer.rows.size(), static_cast<std::size_t>(rows));
    for (const auto& row : answer.rows) {
        std::string line;
        for (std::size_t i = 1; i < row.size(); ++i) {
            line += (i == 1 ? "" : "|") + row[i].value_or("NULL");
        }
        EXPECT_EQ(line, samples.at(book_.at(std::stoi(*row[0]))).after) << *row[0];
        sum += std::stoll(*row[1]);
    }
    EXPECT_EQ(sql().number("SELECT SUM(amount_cents) FROM things"), sum);
}

INSTANTIATE_TEST_SUITE_P(Servers, AllRules, testing::ValuesIn(one_server_of_each()), server_name);

} // namespace
} // namespace turntable::test
