// The server's own SHOW CREATE texts, in an order in which they can run. Foreign keys come after all tables:
// two tables may refer to each other.
#include <algorithm>
#include <cctype>
#include <map>

#include <fmt/core.h>

#include "catalog.hpp"
#include "create_text.hpp"
#include "definer.hpp"
#include "quote.hpp"
#include "schema.hpp"
#include "turntable/error.hpp"

namespace turntable::mysql {
namespace {

std::string upper(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

bool is_foreign_key(const std::string& line) {
    return line.starts_with("  CONSTRAINT `") && line.find("` FOREIGN KEY (") != std::string::npos;
}

// The lines of foreign keys taken out, and the comma before them if nothing follows.
std::string without_foreign_keys(const std::string& create) {
    std::vector<std::string> lines;
    std::size_t from = 0;
    while (from <= create.size()) {
        const auto end = std::min(create.find('\n', from), create.size());
        std::string line = create.substr(from, end - from);
        if (!is_foreign_key(line)) {
            if (line.starts_with(')') && !lines.empty() && lines.back().ends_with(',')) {
                lines.back().pop_back();
            }
            lines.push_back(std::move(line));
        }
        from = end + 1;
    }
    std::string out;
    for (const std::string& line : lines) {
        out += (out.empty() ? "" : "\n") + line;
    }
    return out;
}

// Only the cell that begins with CREATE is the text: its place differs between the kinds.
std::string shown(Session& session, const std::string& kind, const std::string& name) {
    const ResultSet result = session.run(fmt::format("SHOW CREATE {} {}", kind, quote_name(name)));
    for (const Cell& cell : result.rows.empty() ? std::vector<Cell>{} : result.rows.front()) {
        if (cell && upper(cell->substr(0, 7)) == "CREATE ") {
            return without_definer(*cell);
        }
    }
    throw Error{ErrorKind::refused, "not_dumped",
                fmt::format("the server does not show how the {} {} was made", kind, name)}
        .next("the account needs SHOW_ROUTINE (MariaDB: SELECT on mysql.proc), TRIGGER, EVENT and SHOW VIEW");
}

class Dump {
  public:
    explicit Dump(Session& session) : session_(session), schema_(current_schema(session)) {}

    std::vector<SchemaPart> parts() {
        tables("SEQUENCE", [this](const std::string& name) { simple("SEQUENCE", name, ""); });
        tables("BASE TABLE", [this](const std::string& name) { table(name); });
        tables("SYSTEM VERSIONED", [this](const std::string& name) { table(name); });
        out_.insert(out_.end(), foreign_keys_.begin(), foreign_keys_.end());
        for (const char* const kind : {"FUNCTION", "PROCEDURE"}) {
            each(fmt::format("SELECT ROUTINE_NAME FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = "
                             "DATABASE() AND ROUTINE_TYPE = '{}' ORDER BY BINARY ROUTINE_NAME",
                             kind),
                 [this, kind](const std::string& name) { simple(kind, name, ""); });
        }
        views();
        triggers();
        each("SELECT EVENT_NAME FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE() ORDER BY "
             "BINARY "
             "EVENT_NAME",
             [this](const std::string& name) { simple("EVENT", name, ""); });
        return std::move(out_);
    }

  private:
    template <typename Take>
    void each(const std::string& sql, const Take& take) {
        for (const auto& row : session_.run(sql).rows) {
            take(row[0].value_or(""));
        }
    }
    template <typename Take>
    void tables(const std::string& type, const Take& take) {
        each(fmt::format(
                 "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND "
                 "TABLE_TYPE = '{}' AND TABLE_NAME NOT LIKE '\\_turntable\\_%' AND TABLE_NAME <> "
                 "'turntable_current' ORDER BY BINARY TABLE_NAME",
                 type),
             take);
    }
    void add(const std::string& kind, const std::string& name, const std::string& table, std::string sql,
             std::string drop) {
        out_.push_back({kind, name, {"", table}, std::move(sql), std::move(drop)});
    }
    void simple(const std::string& kind, const std::string& name, const std::string& table) {
        std::string word = kind;
        std::ranges::transform(word, word.begin(),
                               [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        add(kind == "FUNCTION" || kind == "PROCEDURE" ? "routine" : word,
            kind == "FUNCTION" || kind == "PROCEDURE" ? word + " " + name : name, table,
            shown(session_, kind, name), fmt::format("DROP {} {}", kind, quote_name(name)));
    }
    void table(const std::string& name) {
        const std::string create = create_text(session_, schema_, name);
        add("table", name, name, without_foreign_keys(create), "DROP TABLE " + quote_name(name));
        for (const NamedLine& key : foreign_key_lines(create)) {
            foreign_keys_.push_back(
                {"constraint",
                 name + "." + key.name,
                 {"", name},
                 fmt::format("ALTER TABLE {} ADD CONSTRAINT {} {}", quote_name(name), quote_name(key.name),
                             key.definition),
                 fmt::format("ALTER TABLE {} DROP FOREIGN KEY {}", quote_name(name), quote_name(key.name))});
        }
    }
    // One after those that its text names. A name that is also a column's makes a tie at the worst: then by
    // name, as before.
    void views() {
        std::map<std::string, std::string> texts;
        tables("VIEW", [&](const std::string& name) {
            texts[name] = without_definer(create_text(session_, schema_, name));
        });
        while (!texts.empty()) {
            auto next = std::ranges::find_if(texts, [&](const auto& view) {
                return std::ranges::none_of(texts, [&](const auto& other) {
                    return other.first != view.first &&
                           view.second.find(quote_name(other.first)) != std::string::npos;
                });
            });
            next = next == texts.end() ? texts.begin() : next;
            add("view", next->first, "", next->second, "DROP VIEW " + quote_name(next->first));
            texts.erase(next);
        }
    }
    // In the order in which they fire.
    void triggers() {
        for (const auto& row :
             session_
                 .run("SELECT TRIGGER_NAME, EVENT_OBJECT_TABLE FROM information_schema.TRIGGERS WHERE "
                      "TRIGGER_SCHEMA = DATABASE() AND TRIGGER_NAME NOT LIKE '\\_turntable\\_%' AND "
                      "EVENT_OBJECT_TABLE NOT LIKE '\\_turntable\\_%' ORDER BY BINARY EVENT_OBJECT_TABLE, "
                      "ACTION_TIMING, EVENT_MANIPULATION, ACTION_ORDER")
                 .rows) {
            simple("TRIGGER", row[0].value_or(""), row[1].value_or(""));
        }
    }

    Session& session_;
    std::string schema_;
    std::vector<SchemaPart> out_, foreign_keys_;
};

} // namespace

std::vector<SchemaPart> MysqlSchema::dump(Session& session) const {
    return Dump{session}.parts();
}

} // namespace turntable::mysql
