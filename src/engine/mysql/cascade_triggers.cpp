// The triggers on the ancestors: what they say, and putting them there.
#include <fmt/format.h>

#include <algorithm>

#include "cascades.hpp"
#include "key_sql.hpp"
#include "names.hpp"
#include "own_cascades.hpp"
#include "quote.hpp"
#include "short_lock.hpp"
#include "turntable/error.hpp"

namespace turntable::mysql {
namespace {

enum class Event { deletes, updates };

std::string alias(std::size_t table) {
    return "_tt_a" + std::to_string(table);
}
std::string equal(const std::string& left, const std::vector<std::string>& columns, const std::string& right,
                  const std::vector<std::string>& other_columns) {
    std::string out;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        out += fmt::format("{}{}.{} = {}.{}", i == 0 ? "" : " AND ", left, quote_name(columns[i]), right,
                           quote_name(other_columns[i]));
    }
    return out;
}

// The source's rows below the ancestor's row, from the ancestor down.
RowsThatGo rows_below(const CascadePath& path) {
    const std::size_t last = path.links.size() - 1;
    std::string from = fmt::format("FROM {} AS {}", quote_name(path.links[last].child), alias(last));
    for (std::size_t i = last; i-- > 0;) {
        const CascadeLink& link = path.links[i];
        from += fmt::format(" STRAIGHT_JOIN {} AS {} ON {}", quote_name(link.child), alias(i),
                            equal(alias(i), link.child_columns, alias(i + 1), link.parent_columns));
    }
    from += " WHERE " +
            equal(alias(last), path.links[last].child_columns, "OLD", path.links[last].parent_columns);
    return {from, alias(0)};
}

std::string select_keys(const CascadePath& path, Event event, const Detail& detail,
                        const std::vector<KeyPart>& key) {
    const RowsThatGo rows = rows_below(path);
    if (event == Event::deletes && !detail.own_cascades.empty() && removes_rows(path)) {
        return keys_with_all_below(rows, detail.own_cascades, path.links.front().child, key);
    }
    return fmt::format("SELECT {} {} FOR SHARE", key_names(key, rows.alias), rows.from);
}

// A parent's new key goes into the children, where it may be a part of their key.
std::string insert_new_key(const CascadePath& path, const std::string& log, const std::vector<KeyPart>& key) {
    const CascadeLink& link = path.links.front();
    std::vector<std::string> values;
    bool changes = false;
    for (std::size_t part = 0; part < key.size(); ++part) {
        values.push_back(key_variable(part));
        for (std::size_t i = 0; i < link.child_columns.size(); ++i) {
            if (same_name(link.child_columns[i], key[part].column)) {
                values.back() = "NEW." + quote_name(link.parent_columns[i]);
                changes = true;
            }
        }
    }
    return changes ? " " + insert_key(log, key, values) : "";
}

std::string log_children(const CascadePath& path, Event event, const Detail& detail, const std::string& log,
                         const std::vector<KeyPart>& key) {
    return log_each(select_keys(path, event, detail, key), log, key,
                    event == Event::updates ? insert_new_key(path, log, key) : "");
}

// An update that leaves the bytes of the referenced columns alone changes no child.
std::string unless_unchanged(const CascadePath& path, const std::string& body) {
    std::string same;
    for (const std::string& column : path.links.back().parent_columns) {
        same += fmt::format("{0}CAST(OLD.{1} AS BINARY) <=> CAST(NEW.{1} AS BINARY)",
                            same.empty() ? "" : " AND ", quote_name(column));
    }
    return fmt::format("BEGIN IF NOT ({}) THEN {}; END IF; END", same, body);
}

CaptureTrigger trigger_on(const CascadePath& path, std::size_t number, Event event, const Detail& detail,
                          const std::string& log, const std::vector<KeyPart>& key) {
    const std::string& ancestor = path.links.back().parent;
    const bool updates = event == Event::updates;
    const std::string name = trigger_name(log, fmt::format("{}{}", updates ? "u" : "d", number));
    const std::string children = log_children(path, event, detail, log, key);
    return {name,
            ancestor,
            {fmt::format("CREATE TRIGGER {} BEFORE {} ON {} FOR EACH ROW {}", quote_name(name),
                         updates ? "UPDATE" : "DELETE", quote_name(ancestor),
                         updates ? unless_unchanged(path, children) : children),
             {},
             "log the keys of the rows that foreign keys change when this parent's row does",
             Blocks::everyone_briefly}};
}

// After the swap and until it is dropped, a trigger of the forward direction meets keys of the new, wider
// type; what it logs then is of no use, and must not be an error of the application's.
class Lenient {
  public:
    Lenient(Session& session, bool lenient) : session_(session), lenient_(lenient) {
        if (lenient_) {
            own_mode_ = session_.run("SELECT @@SESSION.sql_mode").only().value_or("");
            session_.run("SET SESSION sql_mode = ''");
        }
    }
    ~Lenient() {
        try {
            if (lenient_ && session_.usable()) {
                session_.run("SET SESSION sql_mode = ?", {own_mode_});
            }
        } catch (...) { // it ends with the session
            return;
        }
    }
    Lenient(const Lenient&) = delete;
    Lenient& operator=(const Lenient&) = delete;

  private:
    Session& session_;
    bool lenient_;
    std::string own_mode_;
};

LockOutcome in_the_way(Session& session, const std::string& schema, const std::string& table) {
    LockOutcome outcome;
    outcome.blockers = blockers_of(session, schema, table);
    return outcome;
}

bool is_ours(const Blueprint& blueprint, const Detail& detail, const std::string& name) {
    return std::ranges::any_of(std::vector{Direction::forward, Direction::back}, [&](Direction direction) {
        const auto triggers = cascade_triggers(blueprint, detail, direction);
        return std::ranges::any_of(triggers,
                                   [&](const CaptureTrigger& t) { return same_name(t.name, name); });
    });
}

// "" if the trigger is there and no other one follows it that could still change the row.
std::string gap_of(Session& session, const Blueprint& blueprint, const Detail& detail,
                   const CaptureTrigger& trigger) {
    const ResultSet found = session.run(
        "SELECT TRIGGER_NAME FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = ? AND "
        "EVENT_OBJECT_TABLE = "
        "? AND ACTION_TIMING = 'BEFORE' AND EVENT_MANIPULATION = ? ORDER BY ACTION_ORDER",
        {blueprint.source.schema, trigger.table,
         trigger.create.sql.find(" BEFORE UPDATE ON ") == std::string::npos ? "DELETE" : "UPDATE"});
    bool seen = false;
    for (const auto& row : found.rows) {
        const std::string name = row[0].value_or("");
        if (seen && !is_ours(blueprint, detail, name)) {
            return fmt::format("the trigger '{}' on {} fires after ours", name, trigger.table);
        }
        seen = seen || same_name(name, trigger.name);
    }
    return seen ? "" : fmt::format("our trigger '{}' on {} is gone", trigger.name, trigger.table);
}

} // namespace

std::vector<CaptureTrigger> cascade_triggers(const Blueprint& blueprint, const Detail& detail,
                                             Direction direction) {
    const bool forward = direction == Direction::forward;
    const std::string& log = forward ? blueprint.log_name : blueprint.reverse_log_name;
    const std::vector<KeyPart>& key = forward ? detail.source_key : detail.target_key;
    std::vector<CaptureTrigger> triggers;
    for (std::size_t i = 0; i < detail.cascades.size(); ++i) {
        const CascadePath& path = detail.cascades[i];
        if (path.deletes) {
            triggers.push_back(trigger_on(path, i + 1, Event::deletes, detail, log, key));
        }
        if (path.updates) {
            triggers.push_back(trigger_on(path, i + 1, Event::updates, detail, log, key));
        }
    }
    return triggers;
}

LockOutcome install_cascade_triggers(Session& session, const Blueprint& blueprint, const Detail& detail,
                                     Direction direction, Millis lock_timeout) {
    const std::string& schema = blueprint.source.schema;
    for (const CaptureTrigger& trigger : cascade_triggers(blueprint, detail, direction)) {
        if (!table_of_trigger(session, schema, trigger.name).empty()) {
            continue;
        }
        const Lenient lenient{session, direction == Direction::forward};
        if (!run_within(session, trigger.create, lock_timeout)) {
            return in_the_way(session, schema, trigger.table);
        }
    }
    LockOutcome outcome;
    outcome.granted = true;
    return outcome;
}

LockOutcome drop_cascade_triggers(Session& session, const Blueprint& blueprint, const Detail& detail,
                                  Direction direction, Millis lock_timeout) {
    const std::string& schema = blueprint.source.schema;
    for (const CaptureTrigger& trigger : cascade_triggers(blueprint, detail, direction)) {
        if (!table_of_trigger(session, schema, trigger.name).empty() &&
            !run_within(session,
                        {"DROP TRIGGER IF EXISTS " + quote_name(trigger.name),
                         {},
                         "end the capture on a parent",
                         Blocks::everyone_briefly},
                        lock_timeout)) {
            return in_the_way(session, schema, trigger.table);
        }
    }
    LockOutcome outcome;
    outcome.granted = true;
    return outcome;
}

std::string cascade_gap(Session& session, const Blueprint& blueprint, const Detail& detail,
                        Direction direction) {
    if (detail.cascades.empty()) {
        return ""; // those of the table itself are in its own definition
    }
    for (const CaptureTrigger& trigger : cascade_triggers(blueprint, detail, direction)) {
        if (std::string gap = gap_of(session, blueprint, detail, trigger); !gap.empty()) {
            return gap;
        }
    }
    Table live;
    live.schema = blueprint.source.schema;
    live.name = blueprint.source.name;
    live.outgoing = foreign_keys_from(session, live.schema, live.name);
    const std::string changed = "the foreign keys by which parents change rows of " +
                                blueprint.source.display() + " are no longer those of the plan";
    try {
        return cascades_text(cascade_paths(session, live)) == cascades_text(detail.cascades) ? "" : changed;
    } catch (const Error& error) { // a way that would be refused now
        return changed + ": " + error.what();
    }
}

} // namespace turntable::mysql
