// A step that changes rows in batches by key. Each batch is one transaction with the position after it. It
// ends at the key that was the last when it began, so that inserts never keep it going.
#include <fmt/core.h>

#include "control/chunk_sizer.hpp"
#include "migrate/step_runner.hpp"

namespace turntable::migrate {
namespace {

using Key = std::vector<std::string>;

struct Condition {
    std::string sql;
    std::vector<Value> arguments;
};

class KeyWalk {
  public:
    KeyWalk(const SchemaDialect& schema, const BackfillStep& step, const TableDescription& table)
        : schema_(schema), table_(schema.quoted(step.table)), key_(table.primary_key) {
        refuse_strange_keys(step, table);
    }

    // (a > ?) OR (a = ? AND b > ?), written out because not every engine uses an index for a row comparison.
    [[nodiscard]] Condition beyond(const Key& from, const char* last) const {
        Condition out;
        for (std::size_t i = 0; i < key_.size(); ++i) {
            std::string part;
            for (std::size_t j = 0; j <= i; ++j) {
                const bool end = j == i;
                const char* const op =
                    !end ? "=" : (i + 1 == key_.size() ? last : (last[0] == '>' ? ">" : "<"));
                part += (part.empty() ? "" : " AND ") + schema_.quoted(key_[j]) + " " + op + " ?";
                out.arguments.emplace_back(from[j]);
            }
            out.sql += (out.sql.empty() ? "(" : " OR (") + part + ")";
        }
        out.sql = "(" + out.sql + ")";
        return out;
    }

    [[nodiscard]] std::optional<Key> last(Session& session) const {
        return one(session.run(
            fmt::format("SELECT {} FROM {} ORDER BY {} LIMIT 1", columns(""), table_, columns(" DESC"))));
    }

    // The key `rows` rows further on; nullopt: fewer are left before `upto`.
    [[nodiscard]] std::optional<Key> next(Session& session, const std::optional<Key>& after, const Key& upto,
                                          Rows rows) const {
        Condition where = beyond(upto, "<=");
        if (after) {
            const Condition from = beyond(*after, ">");
            where.sql += " AND " + from.sql;
            where.arguments.insert(where.arguments.end(), from.arguments.begin(), from.arguments.end());
        }
        return one(session.run(fmt::format("SELECT {} FROM {} WHERE {} ORDER BY {} LIMIT 1 OFFSET {}",
                                           columns(""), table_, where.sql, columns(""), rows - 1),
                               where.arguments));
    }

  private:
    void refuse_strange_keys(const BackfillStep& step, const TableDescription& table) const {
        if (key_.empty()) {
            throw Error{ErrorKind::refused, "no_key",
                        fmt::format("table {} has no primary key to go through it by", step.table.display())};
        }
        for (const std::string& name : key_) {
            const DescribedColumn* const column = table.column(name);
            std::string type = column == nullptr ? "" : column->type;
            for (const char* const strange : {"blob", "BLOB", "binary", "bytea", "real", "REAL", "double",
                                              "DOUBLE", "float", "FLOAT", "bit"}) {
                if (type.find(strange) != std::string::npos) {
                    throw Error{
                        ErrorKind::refused, "key_type",
                        fmt::format("the key column {} of {} has the type {}: its values cannot be gone "
                                    "through exactly",
                                    name, step.table.display(), type)};
                }
            }
        }
    }
    [[nodiscard]] std::string columns(const char* after) const {
        std::string out;
        for (const std::string& name : key_) {
            out += (out.empty() ? "" : ", ") + schema_.quoted(name) + after;
        }
        return out;
    }
    [[nodiscard]] static std::optional<Key> one(const ResultSet& found) {
        if (found.rows.empty()) {
            return std::nullopt;
        }
        Key key;
        for (const Cell& cell : found.rows.front()) {
            key.push_back(cell.value_or(""));
        }
        return key;
    }

    const SchemaDialect& schema_;
    std::string table_;
    std::vector<std::string> key_;
};

// Waits while a sensor says that the server has enough to do. A reading that fails counts as one that is too
// high.
void wait_for_pace(const Env& env, const std::vector<std::unique_ptr<Sensor>>& sensors, Session& readings) {
    while (!env.stop_asked()) {
        std::string reason;
        for (const auto& sensor : sensors) {
            try {
                const Reading reading = sensor->read(readings);
                if (reading.value > reading.limit) {
                    reason = fmt::format("{} is {} {}, over {}", reading.about, reading.value, reading.unit,
                                         reading.limit);
                }
            } catch (const std::exception& error) {
                reason = fmt::format("{} cannot be read: {}", sensor->name(), error.what());
            }
        }
        if (reason.empty()) {
            return;
        }
        env.context.observer.note("the backfill waits: " + reason);
        env.context.clock.sleep(Millis{1000});
    }
}

std::string update_sql(const SchemaDialect& schema, const BackfillStep& step, const std::string& range) {
    std::string set;
    for (const auto& [column, expression] : step.set) {
        set += (set.empty() ? "" : ", ") + schema.quoted(column) + " = " + expression;
    }
    return fmt::format("UPDATE {} SET {} WHERE {}{}", schema.quoted(step.table), set, range,
                       step.where ? " AND (" + *step.where + ")" : "");
}

} // namespace

void StepRunner::run_body(const BackfillStep& step) {
    const auto table = env_.schema().describe(session_, step.table);
    if (!table) {
        throw Error{ErrorKind::usage, "unknown_table", "there is no table " + step.table.display()};
    }
    const KeyWalk walk{env_.schema(), step, *table};
    StepNote now = note();
    if (!now.upto) {
        now.upto = walk.last(session_);
        if (!now.upto) {
            finish_with([] {});
            return;
        }
        save_note(now);
    }
    const auto sensors = env_.engine().sensors(env_.settings);
    const auto readings = sensors.empty() ? nullptr : env_.engine().open(SessionUse::read);
    const EngineTraits& traits = env_.engine().traits();
    control::ChunkSizer sizer{traits.first_chunk_rows, env_.settings.chunk_time.value_or(traits.chunk_time)};
    for (bool more = true; more;) {
        if (env_.stop_asked()) {
            throw Error{ErrorKind::stopped, "interrupted",
                        "stopped as asked for, in the backfill of " + step.table.display()}
                .left("the rows up to where it stopped are filled")
                .next("run the same command again: it goes on there");
        }
        if (readings) {
            wait_for_pace(env_, sensors, *readings);
        }
        const auto started = env_.context.clock.now();
        const Rows asked = sizer.rows();
        const std::optional<Key> to = walk.next(session_, now.after, *now.upto, asked);
        more = to.has_value();
        Condition range = walk.beyond(to.value_or(*now.upto), "<=");
        if (now.after) {
            const Condition from = walk.beyond(*now.after, ">");
            range.sql += " AND " + from.sql;
            range.arguments.insert(range.arguments.end(), from.arguments.begin(), from.arguments.end());
        }
        const HistoryRow row = row_;
        in_transaction(step_->title, [&] {
            row_ = row;
            run_one({update_sql(env_.schema(), step, range.sql), range.arguments, step_->title,
                     Blocks::copied_rows},
                    {});
            now.after = to.value_or(*now.upto);
            row_.step_note = now.text();
            store_.put(session_, row_);
        });
        sizer.measured(
            asked, std::chrono::duration_cast<std::chrono::microseconds>(env_.context.clock.now() - started));
        if (env_.engine().traits().single_writer) {
            env_.context.clock.sleep(Millis{5}); // let the application's writers in
        }
    }
    finish_with([] {});
}

} // namespace turntable::migrate
