#include "capture.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "casts.hpp"
#include "catalog.hpp"
#include "key_sql.hpp"
#include "names.hpp"
#include "own_cascades.hpp"
#include "quote.hpp"
#include "route.hpp"

namespace turntable::mysql {
namespace {

const std::string& log_of(const Blueprint& blueprint, Direction direction) {
    return direction == Direction::forward ? blueprint.log_name : blueprint.reverse_log_name;
}

const std::vector<KeyPart>& key_of(const Detail& detail, Direction direction) {
    return direction == Direction::forward ? detail.source_key : detail.target_key;
}

std::string log_row(const std::string& log, const std::vector<KeyPart>& key, std::string_view row) {
    return fmt::format("INSERT INTO {} ({}) VALUES ({})", quote_name(log), key_names(key),
                       key_names(key, row));
}

// An update logs the old key, and the new one if a byte of it differs. Two single-row inserts: INSERT …
// SELECT would hold the log's AUTO-INC lock to the end of the statement.
std::string update_body(const std::string& log, const std::vector<KeyPart>& key) {
    std::string same;
    for (const KeyPart& part : key) {
        const Image image = part.kind == KeyKind::text ? Image::text : Image::plain;
        same += (same.empty() ? "" : " AND ") +
                same_image(image, "OLD." + quote_name(part.column), "NEW." + quote_name(part.column));
    }
    return fmt::format("BEGIN {}; IF NOT ({}) THEN {}; END IF; END", log_row(log, key, "OLD"), same,
                       log_row(log, key, "NEW"));
}

struct Captured {
    std::string when, suffix, body;
};

} // namespace

Statement create_log(const Blueprint& blueprint, const Detail& detail, Direction direction) {
    std::string columns = fmt::format("{} BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY", log_id);
    for (const KeyPart& part : key_of(detail, direction)) {
        columns += fmt::format(
            ", {} {}{} NULL", quote_name(part.column), part.type,
            part.charset.empty() ? ""
                                 : fmt::format(" CHARACTER SET {} COLLATE {}", part.charset, part.collation));
    }
    return {fmt::format("CREATE TABLE {} ({}) ENGINE = InnoDB COMMENT = {}",
                        quote_name(log_of(blueprint, direction)), columns,
                        quote_text(std::string{log_comment})),
            {},
            direction == Direction::forward ? "the log of changed keys during the change"
                                            : "the log of changed keys after the swap, for the way back",
            Blocks::nobody};
}

std::vector<CaptureTrigger> capture_triggers(const Blueprint& blueprint, const Detail& detail,
                                             Direction direction) {
    const std::string& log = log_of(blueprint, direction);
    const std::vector<KeyPart>& key = key_of(detail, direction);
    const bool forward = direction == Direction::forward;
    const std::string& table = forward ? blueprint.source.name : blueprint.shadow_name;
    std::vector<CaptureTrigger> triggers;
    std::vector<Captured> captured{{"AFTER DELETE", "del", log_row(log, key, "OLD")},
                                   {"AFTER UPDATE", "upd", update_body(log, key)},
                                   {"AFTER INSERT", "ins", log_row(log, key, "NEW")}};
    if (!detail.own_cascades.empty()) {
        captured.insert(
            captured.begin(),
            {"BEFORE DELETE", "own", own_cascade_body(detail.own_cascades, blueprint.source.name, log, key)});
    }
    for (const Captured& one : captured) {
        const std::string name = trigger_name(log, one.suffix);
        triggers.push_back({name,
                            table,
                            {fmt::format("CREATE TRIGGER {} {} ON {} FOR EACH ROW {}", quote_name(name),
                                         one.when, quote_name(table), one.body),
                             {},
                             forward ? "log the key of every changed row" : "log what changes after the swap",
                             forward ? Blocks::everyone_briefly : Blocks::nobody}});
    }
    return triggers;
}

std::string table_of_trigger(Session& session, const std::string& schema, const std::string& name) {
    const ResultSet found = session.run("SELECT EVENT_OBJECT_TABLE FROM information_schema.TRIGGERS WHERE "
                                        "TRIGGER_SCHEMA = ? AND TRIGGER_NAME = ?",
                                        {schema, name});
    return found.rows.empty() ? "" : found.rows[0][0].value_or("");
}

bool capture_on(Session& session, const Blueprint& blueprint, const Detail& detail, Direction direction,
                const std::string& table) {
    return std::ranges::all_of(
        capture_triggers(blueprint, detail, direction), [&](const CaptureTrigger& trigger) {
            return same_name(table_of_trigger(session, blueprint.source.schema, trigger.name), table);
        });
}

} // namespace turntable::mysql
