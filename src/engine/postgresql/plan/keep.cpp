#include "plan/keep.hpp"

#include <fmt/core.h>

#include "plan/quoting.hpp"

namespace turntable::postgresql {
namespace {

std::string row_column(const char* row, const std::string& column) {
    return fmt::format("{}.{}", row, quoted(column));
}

// The expression over one column of NEW.
std::string over_new(const std::string& expression, const std::string& column) {
    return fmt::format("(SELECT {} FROM (SELECT {} AS {}) AS turntable_row)", expression,
                       row_column("NEW", column), quoted(column));
}

std::string written(const std::string& column, const std::string& image) {
    return fmt::format("({}){} IS DISTINCT FROM ({}){}", row_column("NEW", column), image,
                       row_column("OLD", column), image);
}

std::string contradiction(const Kept& kept) {
    return fmt::format("RAISE EXCEPTION 'columns % and % of % contradict each other: % and %', {}, {}, "
                       "TG_TABLE_NAME, {}, {}\n                USING ERRCODE = 'check_violation', HINT = "
                       "'Write one of them, or both with the same meaning.';",
                       literal(kept.old_column), literal(kept.new_column), row_column("NEW", kept.old_column),
                       row_column("NEW", kept.new_column));
}

std::string not_held(const Kept& kept) {
    return fmt::format("RAISE EXCEPTION 'column % of % cannot hold what is written to %: %', {}, "
                       "TG_TABLE_NAME, {}, {}\n                USING ERRCODE = 'check_violation', HINT = "
                       "'Until finalize both columns must hold every value.';",
                       literal(kept.old_column), literal(kept.new_column),
                       row_column("NEW", kept.new_column));
}

// An INSERT cannot tell a column that was left out from one given as NULL or as the default: of the old
// column, both count as left out where the new one is given.
std::string given_by_insert(const Kept& kept) {
    const std::string a = row_column("NEW", kept.old_column);
    std::string left_out = a + " IS NULL";
    if (kept.default_sql) {
        left_out += fmt::format(" OR {} IS NOT DISTINCT FROM ({})::{}", a, *kept.default_sql, kept.old_type);
    }
    return fmt::format("CASE WHEN {} IS NULL THEN 'old' WHEN {} THEN 'new' ELSE 'both' END",
                       row_column("NEW", kept.new_column), left_out);
}

std::string given_by_update(const Kept& kept) {
    const std::string a = written(kept.old_column, kept.old_image);
    const std::string b = written(kept.new_column, kept.new_image);
    return fmt::format("CASE WHEN {0} AND {1} THEN 'both' WHEN {0} THEN 'old' WHEN {1} THEN 'new' END", a, b);
}

// The old column may hold what the conversion rounds, so it stays wherever its conversion is the new value.
std::string keep_in_step(const Kept& kept) {
    const std::string forward = over_new(kept.forward_sql, kept.old_column);
    const std::string in_step = fmt::format("({}){} IS NOT DISTINCT FROM ({}){}", forward, kept.new_image,
                                            row_column("NEW", kept.new_column), kept.new_image);
    return fmt::format(R"(
    IF TG_OP = 'INSERT' THEN
        given := {0};
    ELSE
        given := {1};
    END IF;
    IF given = 'old' THEN
        {2} := {3};
    ELSIF given IS NOT NULL AND NOT ({4}) THEN
        IF given = 'both' THEN
            {5}
        END IF;
        {6} := {7};
        IF NOT ({4}) THEN
            {8}
        END IF;
    END IF;
)",
                       given_by_insert(kept), given_by_update(kept), row_column("NEW", kept.new_column),
                       forward, in_step, contradiction(kept), row_column("NEW", kept.old_column),
                       over_new(kept.inverse_sql, kept.new_column), not_held(kept));
}

} // namespace

// It reads nothing but the row, so it runs with the writer's rights. Its settings are those under which the
// conversion means what it meant in the copy.
std::vector<Statement> make_keep_function(const std::vector<Kept>& kept, const Names& names) {
    if (kept.empty()) {
        return {};
    }
    std::string body = "\nDECLARE\n    given text;\nBEGIN";
    for (const Kept& one : kept) {
        body += keep_in_step(one);
    }
    body += "    RETURN NEW;\nEND\n";
    return {{fmt::format("CREATE FUNCTION {}() RETURNS trigger LANGUAGE plpgsql\n"
                         "SET search_path = pg_catalog, pg_temp SET extra_float_digits = 1"
                         " SET DateStyle = 'ISO, YMD' SET IntervalStyle = 'postgres' SET TimeZone = 'UTC' AS "
                         "{}",
                         names.keep, literal(body)),
             {},
             "keeps the old and the new column in step, whichever is written",
             Blocks::nobody}};
}

std::vector<Statement> install_keep(const Names& names) {
    const std::string trigger = quoted(names.keep_trigger);
    return {{fmt::format("CREATE TRIGGER {} BEFORE INSERT OR UPDATE ON {} FOR EACH ROW EXECUTE FUNCTION {}()",
                         trigger, names.source, names.keep),
             {},
             "from here on the old and the new column follow each other",
             Blocks::everyone_briefly},
            {fmt::format("ALTER TABLE {} ENABLE ALWAYS TRIGGER {}", names.source, trigger),
             {},
             "fires for sessions with session_replication_role = replica too",
             Blocks::everyone_briefly}};
}

Statement remove_keep(const Names& names) {
    return {fmt::format("DROP TRIGGER IF EXISTS {} ON {}", quoted(names.keep_trigger), names.source),
            {},
            "the old and the new column no longer follow each other",
            Blocks::everyone_briefly};
}

std::vector<Statement> contract(const std::vector<Kept>& kept, const Names& names) {
    std::vector<Statement> out;
    for (const Kept& one : kept) {
        if (one.new_default) {
            out.push_back({fmt::format("ALTER TABLE {} ALTER COLUMN {} SET DEFAULT {}", names.source,
                                       quoted(one.new_column), *one.new_default),
                           {},
                           "the old column's default, converted",
                           Blocks::everyone_briefly});
        }
        out.push_back(
            {fmt::format("ALTER TABLE {} DROP COLUMN IF EXISTS {}", names.source, quoted(one.old_column)),
             {},
             "the old column goes; only the catalogue is written",
             Blocks::everyone_briefly});
    }
    return out;
}

} // namespace turntable::postgresql
