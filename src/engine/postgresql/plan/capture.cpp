#include "plan/capture.hpp"

#include <fmt/core.h>

#include "plan/quoting.hpp"

namespace turntable::postgresql {
namespace {

struct Side {
    const std::string& log;
    const std::string& function;
    const std::string& truncate;
    bool back;
};

Side side_of(const Detail& detail, Capture direction) {
    const Names& names = detail.names;
    if (direction == Capture::forward) {
        return {names.log, names.capture, names.truncate, false};
    }
    return {names.reverse_log, names.reverse_capture, names.reverse_truncate, true};
}

Statement log_table(const Detail& detail, const Side& side) {
    std::vector<std::string> columns;
    for (const KeyDetail& key : detail.key) {
        columns.push_back(key.log_column + " " + (side.back ? key.target_type : key.source_type) +
                          (side.back ? key.target_collation : key.source_collation));
    }
    // A position in the log means nothing to the replay, so its pages may be used again but never cut off.
    return {fmt::format("CREATE TABLE {} ({}) WITH (vacuum_truncate = off)", side.log, joined(columns, ", ")),
            {},
            side.back ? "keys of rows changed after the swap" : "keys of rows changed before the swap",
            Blocks::nobody};
}

std::string row_of(const Detail& detail, const Side& side, const char* row, bool image) {
    std::vector<std::string> parts;
    for (const KeyDetail& key : detail.key) {
        const std::string value = std::string{row} + "." + (side.back ? key.target : key.source);
        parts.push_back(image ? "(" + value + ")" + (side.back ? key.target_image : key.source_image)
                              : value);
    }
    return joined(parts, ", ");
}

// Runs with its owner's rights: writers need none on the log. The fixed search_path keeps a writer from
// slipping in operators of its own.
Statement row_function(const Detail& detail, const Side& side) {
    const std::string insert = fmt::format("INSERT INTO {} VALUES ", side.log);
    const std::string body =
        fmt::format(R"(
BEGIN
    IF TG_OP <> 'DELETE' THEN
        {0}({1});
    END IF;
    IF TG_OP = 'DELETE' THEN
        {0}({2});
    ELSIF TG_OP = 'UPDATE' AND ROW({4}) IS DISTINCT FROM ROW({3}) THEN
        {0}({2});
    END IF;
    RETURN NULL;
END
)",
                    insert, row_of(detail, side, "NEW", false), row_of(detail, side, "OLD", false),
                    row_of(detail, side, "NEW", true), row_of(detail, side, "OLD", true));
    return {fmt::format("CREATE FUNCTION {}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER\n"
                        "SET search_path = pg_catalog, pg_temp AS {}",
                        side.function, literal(body)),
            {},
            "logs the key of a changed row, both keys where it changes",
            Blocks::nobody};
}

Statement truncate_function(const Detail& detail, const Side& side) {
    const std::string marker = [&] {
        std::vector<std::string> nulls(detail.key.size(), "NULL");
        return joined(nulls, ", ");
    }();
    const std::string body =
        side.back ? fmt::format("\nBEGIN\n    INSERT INTO {} VALUES ({});\n    RETURN NULL;\nEND\n", side.log,
                                marker)
                  : "\nBEGIN\n    RAISE EXCEPTION 'table %.% is being changed online: TRUNCATE is refused "
                    "until then',"
                    " TG_TABLE_SCHEMA, TG_TABLE_NAME\n        USING ERRCODE = 'object_in_use',"
                    " HINT = 'Delete the rows instead, or abort the change first.';\nEND\n";
    return {fmt::format("CREATE FUNCTION {}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER\n"
                        "SET search_path = pg_catalog, pg_temp AS {}",
                        side.truncate, literal(body)),
            {},
            side.back ? "logs a TRUNCATE as a row of NULLs" : "refuses TRUNCATE while the copy runs",
            Blocks::nobody};
}

} // namespace

std::vector<Statement> make_logs(const Detail& detail) {
    std::vector<Statement> out;
    for (const Capture direction : {Capture::forward, Capture::back}) {
        const Side side = side_of(detail, direction);
        out.push_back(log_table(detail, side));
        out.push_back(row_function(detail, side));
        out.push_back(truncate_function(detail, side));
        for (const std::string& function : {side.function, side.truncate}) {
            out.push_back({fmt::format("REVOKE ALL ON FUNCTION {}() FROM PUBLIC", function),
                           {},
                           "only the triggers call it",
                           Blocks::nobody});
        }
    }
    return out;
}

std::vector<Statement> drop_logs(const Detail& detail) {
    std::vector<Statement> out;
    for (const Capture direction : {Capture::forward, Capture::back}) {
        const Side side = side_of(detail, direction);
        for (const std::string& function : {side.function, side.truncate}) {
            out.push_back({fmt::format("DROP FUNCTION IF EXISTS {}()", function),
                           {},
                           "a function of the capture",
                           Blocks::nobody});
        }
        out.push_back(
            {fmt::format("DROP TABLE IF EXISTS {}", side.log), {}, "a log of the capture", Blocks::nobody});
    }
    return out;
}

std::vector<Statement> install_capture(const Detail& detail, Capture direction) {
    const Side side = side_of(detail, direction);
    const Names& names = detail.names;
    const Blocks blocks = direction == Capture::forward ? Blocks::writers_briefly : Blocks::everyone_briefly;
    std::vector<Statement> out;
    out.push_back({fmt::format("CREATE TRIGGER {} AFTER INSERT OR UPDATE OR DELETE ON {} FOR EACH ROW"
                               " EXECUTE FUNCTION {}()",
                               quoted(names.row_trigger), names.source, side.function),
                   {},
                   "from its commit on every changed key is logged",
                   blocks});
    out.push_back(
        {fmt::format("CREATE TRIGGER {} BEFORE TRUNCATE ON {} FOR EACH STATEMENT EXECUTE FUNCTION {}()",
                     quoted(names.truncate_trigger), names.source, side.truncate),
         {},
         "TRUNCATE fires no row trigger",
         blocks});
    for (const std::string& trigger : {names.row_trigger, names.truncate_trigger}) {
        out.push_back({fmt::format("ALTER TABLE {} ENABLE ALWAYS TRIGGER {}", names.source, quoted(trigger)),
                       {},
                       "fires for sessions with session_replication_role = replica too",
                       blocks});
    }
    return out;
}

std::vector<Statement> remove_capture(const Detail& detail) {
    std::vector<Statement> out;
    for (const std::string& trigger : {detail.names.row_trigger, detail.names.truncate_trigger}) {
        out.push_back({fmt::format("DROP TRIGGER IF EXISTS {} ON {}", quoted(trigger), detail.names.source),
                       {},
                       "the capture ends",
                       Blocks::everyone_briefly});
    }
    return out;
}

} // namespace turntable::postgresql
