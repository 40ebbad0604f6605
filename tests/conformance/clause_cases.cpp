#include "conformance/clause_cases.hpp"

#include <algorithm>

namespace turntable::test {
namespace {

using Cases = std::vector<ClauseCase>;

const std::string small_integer = "g % 90 + 1";
const std::string word = "'w' || g % 7";

// A case of one column "@a".
ClauseCase on(const std::string& name, const std::string& type, const std::string& value,
              const std::vector<std::string>& clauses, const std::vector<std::string>& after = {}) {
    return {name, {"@a " + type}, {value}, after, clauses, {}, false, 0};
}

// A case that needs no column.
ClauseCase plain(const std::string& name, const std::vector<std::string>& clauses) {
    return {name, {}, {}, {}, clauses, {}, false, 0};
}

ClauseCase idle(ClauseCase one) {
    one.changes_nothing = true;
    return one;
}

ClauseCase by_place(ClauseCase one, const std::string& column) {
    one.by_place = {column};
    return one;
}

Cases added_columns() {
    return {
        plain("add_column", {"ADD COLUMN @n integer"}),
        plain("add_with_default", {"ADD @n text NOT NULL DEFAULT 'x, (y'"}),
        plain("add_if_not_exists", {"ADD COLUMN IF NOT EXISTS @n date"}),
        idle(on("add_if_it_exists", "integer", "g", {"ADD COLUMN IF NOT EXISTS @a integer"})),
        plain("add_with_check", {"ADD @n integer DEFAULT 3 CHECK (@n > 0)"}),
        plain("add_with_named_check", {"ADD @n integer CONSTRAINT @positive CHECK (@n > 0)"}),
        plain("add_unique", {"ADD @n integer UNIQUE"}),
        plain("add_with_reference", {"ADD @n integer DEFAULT 1 REFERENCES parents ON DELETE SET NULL"}),
        on("add_generated", "integer", "g", {"ADD @n bigint GENERATED ALWAYS AS (@a * 2 + 1) STORED"}),
        by_place(plain("add_identity", {"ADD @n integer GENERATED ALWAYS AS IDENTITY"}), "@n"),
        by_place(plain("add_serial", {"ADD @n serial"}), "@n"),
        plain("add_with_collation", {"ADD @n text COLLATE \"C\" DEFAULT 'ä'"}),
        plain("add_with_compression", {"ADD @n text COMPRESSION pglz"}),
        plain("add_array", {"ADD @n integer[] NOT NULL DEFAULT '{1,2}'"}),
        plain("add_domain", {"ADD @n positive DEFAULT 4"}),
        plain("add_then_alter", {"ADD @n integer DEFAULT 5, ADD @m integer", "ALTER @n DROP DEFAULT"}),
    };
}

Cases dropped_columns() {
    return {
        on("drop_column", "integer", "g", {"DROP COLUMN @a"}),
        on("drop_if_exists", "integer", "g", {"DROP COLUMN IF EXISTS @a"}),
        idle(plain("drop_if_absent", {"DROP COLUMN IF EXISTS @absent"})),
        on("drop_with_index", "integer CHECK (@a > 0)", small_integer, {"DROP @a RESTRICT"},
           {"CREATE INDEX @i ON # (@a)"}),
        on("drop_cascade", "integer REFERENCES parents", "g % 3 + 1", {"DROP COLUMN @a CASCADE"}),
    };
}

Cases plain_types() {
    return {
        on("type", "integer", small_integer, {"ALTER COLUMN @a TYPE bigint"}),
        on("set_data_type", "varchar(20)", word, {"ALTER @a SET DATA TYPE text"}),
        on("type_of_numeric", "numeric(10,2)", "g * 1.25", {"ALTER @a TYPE numeric(14,4)"}),
        on("type_narrower", "bigint", small_integer, {"ALTER @a TYPE smallint"}),
        on("type_with_collation", "text", word, {"ALTER @a TYPE text COLLATE \"C\""}),
        on("type_of_array", "integer[]", "ARRAY[g, NULL]", {"ALTER @a TYPE bigint[]"}),
        on("type_of_json", "json", "json_build_object('n', g)", {"ALTER @a TYPE jsonb"}),
        on("type_of_domain", "positive", small_integer, {"ALTER @a TYPE integer"}),
        on("type_with_index", "varchar(20)", word, {"ALTER @a TYPE varchar(40)"},
           {"CREATE INDEX @i ON # (lower(@a) DESC) WHERE @a <> 'w3'"}),
        on("type_with_check_and_default", "integer DEFAULT 7 CHECK (@a > 0)", small_integer,
           {"ALTER @a TYPE bigint"}),
        on("type_of_unique", "integer UNIQUE", "g", {"ALTER @a TYPE bigint"}),
        on("type_of_reference", "integer REFERENCES parents", "g % 3 + 1", {"ALTER @a TYPE bigint"}),
    };
}

Cases types_using() {
    return {
        on("using_expression", "integer", "g", {"ALTER @a TYPE text USING '#' || @a"}),
        on("using_cast", "text", "g::text", {"ALTER @a TYPE integer USING @a::integer"}),
        on("using_time_zone", "timestamp", "'2024-02-29'::timestamp + g * interval '1 hour'",
           {"ALTER @a TYPE timestamptz USING @a AT TIME ZONE 'Europe/Berlin'"}),
        on("using_case", "boolean", "g % 3 = 0", {"ALTER @a TYPE integer USING CASE WHEN @a THEN 1 END"}),
        on("using_enum", "text", "CASE WHEN g % 2 = 0 THEN 'sad' ELSE 'glad' END",
           {"ALTER @a TYPE mood USING @a::mood"}),
        on("using_float", "double precision", "g / 8.0", {"ALTER @a TYPE numeric USING @a::numeric"}),
        {"using_two_columns",
         {"@a integer", "@b integer"},
         {"g", "g % 5"},
         {},
         {"ALTER @a TYPE bigint USING @a * 10 + @b, ALTER @b TYPE bigint USING @b - @a"},
         {},
         false,
         0},
    };
}

Cases defaults() {
    return {
        on("set_default", "integer", "g", {"ALTER @a SET DEFAULT 42"}),
        on("set_default_expression", "timestamptz", "NULL", {"ALTER COLUMN @a SET DEFAULT now()"}),
        on("drop_default", "integer DEFAULT 3", "g", {"ALTER @a DROP DEFAULT"}),
        on("set_not_null", "integer", "g", {"ALTER @a SET NOT NULL"}),
        on("drop_not_null", "integer NOT NULL", "g", {"ALTER @a DROP NOT NULL"}),
        on("add_generated_identity", "integer NOT NULL", "g",
           {"ALTER @a ADD GENERATED BY DEFAULT AS IDENTITY (START 5000 INCREMENT 2)"}),
        on("set_identity", "integer GENERATED BY DEFAULT AS IDENTITY", "g",
           {"ALTER @a SET GENERATED ALWAYS SET INCREMENT BY 5 SET MAXVALUE 100000 RESTART WITH 9000"}),
        on("drop_identity", "integer GENERATED BY DEFAULT AS IDENTITY", "g", {"ALTER @a DROP IDENTITY"}),
        idle(on("drop_identity_if_exists", "integer", "g", {"ALTER @a DROP IDENTITY IF EXISTS"})),
        {"drop_expression",
         {"@a integer", "@b integer GENERATED ALWAYS AS (@a + 1) STORED"},
         {"g", ""},
         {},
         {"ALTER @b DROP EXPRESSION"},
         {},
         false,
         0},
        idle(on("drop_expression_if_exists", "integer", "g", {"ALTER @a DROP EXPRESSION IF EXISTS"})),
    };
}

Cases settings() {
    return {
        on("set_statistics", "integer", "g", {"ALTER @a SET STATISTICS 321"}),
        on("set_options", "integer", "g", {"ALTER @a SET (n_distinct = -0.5)"}),
        on("reset_options", "integer", "g", {"ALTER @a RESET (n_distinct)"},
           {"ALTER TABLE # ALTER @a SET (n_distinct = 7)"}),
        on("set_storage", "text", word, {"ALTER @a SET STORAGE EXTERNAL"}),
        on("set_compression", "text", word, {"ALTER @a SET COMPRESSION pglz"}),
        plain("set_table_options", {"SET (fillfactor = 70, toast.autovacuum_enabled = off)"}),
        idle(plain("set_tablespace", {"SET TABLESPACE pg_default"})), // there is no other one
    };
}

Cases renames() {
    return {
        on("rename_column", "integer CHECK (@a > 0)", small_integer, {"RENAME COLUMN @a TO @z"},
           {"CREATE INDEX @i ON # (@a)"}),
        {"rename_crosswise",
         {"@a integer", "@b text"},
         {"g", word},
         {},
         {"RENAME @a TO @x", "RENAME @b TO @a", "RENAME @x TO @b"},
         {},
         false,
         0},
        on("rename_constraint", "integer CONSTRAINT @old CHECK (@a > 0)", small_integer,
           {"RENAME CONSTRAINT @old TO @new"}),
        on("rename_unique_constraint", "integer CONSTRAINT @old UNIQUE", "g",
           {"RENAME CONSTRAINT @old TO @new"}),
    };
}

Cases checks() {
    return {
        on("add_check", "integer", small_integer, {"ADD CONSTRAINT @c CHECK (@a > 0)"}),
        on("add_unnamed_check", "integer", small_integer, {"ADD CHECK (@a < 1000)"}),
        on("add_check_not_valid", "integer", small_integer, {"ADD CONSTRAINT @c CHECK (@a > 0) NOT VALID"}),
        on("add_check_no_inherit", "integer", small_integer, {"ADD CONSTRAINT @c CHECK (@a > 0) NO INHERIT"}),
        on("validate_check", "integer", small_integer, {"VALIDATE CONSTRAINT @c"},
           {"ALTER TABLE # ADD CONSTRAINT @c CHECK (@a > 0) NOT VALID"}),
        on("drop_check", "integer CONSTRAINT @c CHECK (@a > 0)", small_integer, {"DROP CONSTRAINT @c"}),
        idle(plain("drop_constraint_if_absent", {"DROP CONSTRAINT IF EXISTS @absent"})),
    };
}

Cases uniques() {
    return {
        on("add_unique_constraint", "integer", "g", {"ADD CONSTRAINT @u UNIQUE (@a)"}),
        on("add_unnamed_unique", "integer", "g", {"ADD UNIQUE NULLS NOT DISTINCT (@a)"}),
        on("add_deferrable_unique", "integer", "g",
           {"ADD CONSTRAINT @u UNIQUE (@a) DEFERRABLE INITIALLY DEFERRED"}),
        on("add_including_unique", "integer", "g",
           {"ADD CONSTRAINT @u UNIQUE (@a) INCLUDE (id) WITH (fillfactor = 60)"}),
        on("add_unique_using_index", "integer", "g", {"ADD CONSTRAINT @u UNIQUE USING INDEX @i"},
           {"CREATE UNIQUE INDEX @i ON # (@a)"}),
        on("drop_unique", "integer CONSTRAINT @u UNIQUE", "g", {"DROP CONSTRAINT @u"}),
    };
}

Cases foreign_keys() {
    const std::string child = "g % 3 + 1";
    return {
        on("add_foreign_key", "integer", child,
           {"ADD CONSTRAINT @f FOREIGN KEY (@a) REFERENCES parents (id) ON UPDATE CASCADE ON DELETE SET "
            "NULL"}),
        on("add_unnamed_foreign_key", "integer", child, {"ADD FOREIGN KEY (@a) REFERENCES parents"}),
        on("add_foreign_key_not_valid", "integer", child,
           {"ADD CONSTRAINT @f FOREIGN KEY (@a) REFERENCES parents NOT VALID"}),
        on("add_deferrable_foreign_key", "integer", child,
           {"ADD CONSTRAINT @f FOREIGN KEY (@a) REFERENCES parents MATCH FULL DEFERRABLE INITIALLY "
            "DEFERRED"}),
        on("alter_foreign_key", "integer CONSTRAINT @f REFERENCES parents", child,
           {"ALTER CONSTRAINT @f DEFERRABLE INITIALLY DEFERRED"}),
        on("validate_foreign_key", "integer", child, {"VALIDATE CONSTRAINT @f"},
           {"ALTER TABLE # ADD CONSTRAINT @f FOREIGN KEY (@a) REFERENCES parents NOT VALID"}),
        on("drop_foreign_key", "integer CONSTRAINT @f REFERENCES parents", child, {"DROP CONSTRAINT @f"}),
    };
}

// A trigger "@t" that has been there before.
ClauseCase on_trigger(const std::string& name, const std::string& clause, int table = 0) {
    return {name,     {},
            {},       {"CREATE TRIGGER @t BEFORE DELETE ON # FOR EACH ROW EXECUTE FUNCTION looks_on()"},
            {clause}, {},
            false,    table};
}

ClauseCase disabled_trigger(const std::string& name, const std::string& clause, int table) {
    ClauseCase one = on_trigger(name, clause, table);
    one.after.emplace_back("ALTER TABLE # DISABLE TRIGGER @t");
    return one;
}

// Each has the table for itself, or they would undo each other.
ClauseCase whole(const std::string& name, int table, const std::vector<std::string>& clauses,
                 const std::vector<std::string>& after = {}) {
    return {name, {}, {}, after, clauses, {}, false, table};
}

Cases of_the_table() {
    const std::string secured = "ALTER TABLE # ENABLE ROW LEVEL SECURITY";
    return {
        on_trigger("disable_trigger", "DISABLE TRIGGER @t"),
        on_trigger("enable_always_trigger", "ENABLE ALWAYS TRIGGER @t"),
        on_trigger("enable_replica_trigger", "ENABLE REPLICA TRIGGER @t"),
        on_trigger("disable_user_triggers", "DISABLE TRIGGER USER", 1),
        on_trigger("disable_all_triggers", "DISABLE TRIGGER ALL", 2),
        whole("cluster_on", 1, {"CLUSTER ON the_key"}),
        whole("set_without_cluster", 2, {"SET WITHOUT CLUSTER"}, {"ALTER TABLE # CLUSTER ON the_key"}),
        whole("replica_identity_full", 1, {"REPLICA IDENTITY FULL"}),
        whole("replica_identity_index", 2, {"REPLICA IDENTITY USING INDEX the_key"}),
        whole("replica_identity_nothing", 3, {"REPLICA IDENTITY NOTHING"}),
        whole("enable_row_security", 1, {"ENABLE ROW LEVEL SECURITY"}),
        whole("disable_row_security", 2, {"DISABLE ROW LEVEL SECURITY"}, {secured}),
        whole("force_row_security", 1, {"FORCE ROW LEVEL SECURITY"}),
        whole("no_force_row_security", 2, {"NO FORCE ROW LEVEL SECURITY"},
              {"ALTER TABLE # FORCE ROW LEVEL SECURITY"}),
        whole("reset_table_options", 3, {"RESET (fillfactor)"}, {"ALTER TABLE # SET (fillfactor = 55)"}),
        whole("another_primary_key", 3, {"DROP CONSTRAINT the_key", "ADD CONSTRAINT other PRIMARY KEY (id)"}),
        disabled_trigger("enable_trigger", "ENABLE TRIGGER @t", 0),
        disabled_trigger("enable_user_triggers", "ENABLE TRIGGER USER", 3),
        disabled_trigger("enable_all_triggers", "ENABLE TRIGGER ALL", 3),
    };
}

std::string with(const std::string& text, const std::string& prefix) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool quoted = at > 0 && text[at - 1] == '\''; // a value
        out += text[at] == '@' && !quoted   ? prefix
               : text[at] == '#' && !quoted ? std::string{"public.t"}
                                            : std::string(1, text[at]);
    }
    return out;
}

std::vector<std::string> with(std::vector<std::string> texts, const std::string& prefix) {
    std::ranges::transform(texts, texts.begin(), [&](const std::string& text) { return with(text, prefix); });
    return texts;
}

} // namespace

std::vector<ClauseCase> clause_cases() {
    Cases all;
    for (const Cases& some : {added_columns(), dropped_columns(), plain_types(), types_using(), defaults(),
                              settings(), renames(), checks(), uniques(), foreign_keys(), of_the_table()}) {
        all.insert(all.end(), some.begin(), some.end());
    }
    int number = 0;
    for (ClauseCase& one : all) {
        const std::string prefix = "k" + std::to_string(++number) + "_";
        for (std::vector<std::string>* const texts :
             {&one.columns, &one.values, &one.after, &one.clauses, &one.by_place}) {
            *texts = with(*texts, prefix);
        }
    }
    return all;
}

std::vector<std::string> clause_surroundings() {
    return {"CREATE TABLE parents (id integer PRIMARY KEY)", "INSERT INTO parents VALUES (1), (2), (3)",
            "CREATE DOMAIN positive AS integer CHECK (VALUE > 0)", "CREATE TYPE mood AS ENUM ('sad', 'glad')",
            "CREATE FUNCTION looks_on() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'"};
}

std::vector<std::string> table_for(const std::vector<ClauseCase>& cases) {
    std::string definitions = "id bigint CONSTRAINT the_key PRIMARY KEY, plain integer";
    std::string names = "id, plain";
    std::string values = "g, g % 4";
    std::vector<std::string> after;
    for (const ClauseCase& one : cases) {
        for (std::size_t i = 0; i < one.columns.size(); ++i) {
            definitions += ", " + one.columns[i];
            if (!one.values[i].empty()) { // else the server generates it
                names += ", " + one.columns[i].substr(0, one.columns[i].find(' '));
                values += ", " + one.values[i];
            }
        }
        after.insert(after.end(), one.after.begin(), one.after.end());
    }
    std::vector<std::string> statements{"CREATE TABLE public.t (" + definitions + ")",
                                        "INSERT INTO public.t (" + names + ") SELECT " + values +
                                            " FROM generate_series(1, 300) AS g"};
    statements.insert(statements.end(), after.begin(), after.end());
    return statements;
}

std::vector<std::string> clauses_of(const std::vector<ClauseCase>& cases) {
    std::vector<std::string> clauses;
    for (const ClauseCase& one : cases) {
        clauses.insert(clauses.end(), one.clauses.begin(), one.clauses.end());
    }
    return clauses;
}

std::vector<std::string> by_place_of(const std::vector<ClauseCase>& cases) {
    std::vector<std::string> columns;
    for (const ClauseCase& one : cases) {
        columns.insert(columns.end(), one.by_place.begin(), one.by_place.end());
    }
    return columns;
}

std::vector<RefusedClause> refused_clauses() {
    return {
        {"OWNER TO CURRENT_USER", 5, "OWNER TO"},
        {"SET LOGGED", 5, "SET LOGGED"},
        {"SET UNLOGGED", 5, "SET UNLOGGED"},
        {"INHERIT parents", 5, "INHERIT"},
        {"NO INHERIT parents", 5, "NO INHERIT"},
        {"OF mood", 5, "OF mood"},
        {"NOT OF", 5, "NOT OF"},
        {"ATTACH PARTITION parents DEFAULT", 5, "ATTACH PARTITION"},
        {"DETACH PARTITION parents", 5, "DETACH PARTITION"},
        {"SET SCHEMA pg_catalog", 5, "SET SCHEMA"},
        {"RENAME TO other", 5, "RENAME TO"},
        {"ENABLE RULE r", 5, "ENABLE RULE"},
        {"DISABLE RULE r", 5, "DISABLE RULE"},
        {"ENABLE ALWAYS RULE r", 5, "RULE r"},
        {"ENABLE REPLICA RULE r", 5, "RULE r"},
        {"SET WITHOUT OIDS", 5, "OIDS"},
        {"SET ACCESS METHOD heap", 5, "ACCESS METHOD"},
        {"OPTIONS (ADD a 'b')", 5, "OPTIONS"},
        {"ALTER COLUMN plain OPTIONS (ADD a 'b')", 5, "OPTIONS"},
        {"ADD EXCLUDE USING btree (plain WITH =)", 5, "EXCLUDE"},
        {"ALTER plain TYPE integer USING (random() * plain)::integer", 5, "random"},
        {"ALTER plain SET EXPRESSION AS (id)", 2, "EXPRESSION"}, // younger than the grammar
        {"ALTER plain SET STORAGE sideways", 2, "sideways"},
        {"ALTER absent SET DEFAULT 1", 2, "absent"},
        {"ALTER plain TYPE no_such_type", 2, "no_such_type"},
        {"DROP CONSTRAINT absent", 2, "absent"},
        {"VALIDATE CONSTRAINT absent", 2, "absent"},
        {"RENAME absent TO other", 2, "absent"},
        {"RENAME plain TO id", 2, "id"},
        {"ADD COLUMN plain integer", 2, "plain"},
        {"ADD PRIMARY KEY (plain)", 2, "primary key"},
        {"ENABLE TRIGGER absent", 2, "absent"},
        {"CLUSTER ON absent", 2, "absent"},
        {"REPLICA IDENTITY USING INDEX absent", 2, "absent"},
        {"SET (fillfaktor = 70)", 2, "fillfaktor"},
    };
}

} // namespace turntable::test
