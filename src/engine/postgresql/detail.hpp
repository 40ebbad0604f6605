#pragma once
// The engine-private part of a blueprint: everything the runtime parts need beyond turntable/blueprint.hpp,
// decided at plan time and kept in the journal, so that a resume from another host uses the same names,
// mapping and settings.
//
// Strings called *_sql, and every name in Names, are ready to be put into SQL: quoted, schema-qualified.
// Expressions refer to columns bare ("amount"): put them into a SELECT whose FROM holds one table. They are
// canonical (every function, type and operator that is not in pg_catalog is qualified), so they mean the same
// under search_path = ''.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "turntable/blueprint.hpp"

namespace turntable::postgresql {

struct Names {
    std::string schema;      // "turntable", quoted: where shadow, logs, functions and the retired table live
    std::string source;      // the application's table, before and after the swap
    std::string shadow;      // the new table before the swap, and again after a revert
    std::string old;         // the retired source between swap and finalize
    std::string log;         // keys of rows changed on the source before the swap
    std::string reverse_log; // keys of rows changed on the new table since the swap
    std::string capture;     // row trigger function of the log, without parentheses
    std::string truncate;    // TRUNCATE trigger function before the swap: refuses
    std::string reverse_capture;  // row trigger function of the reverse log
    std::string reverse_truncate; // logs a TRUNCATE as a row of NULLs
    // Unquoted trigger names, the same on the source (forward) and on the new table (back).
    std::string row_trigger, truncate_trigger;
    // keep=yes: what keeps the old and the new column in step; the trigger's name unquoted.
    std::string keep, keep_trigger;
};

// How to compare two values of a column by image: append this to a parenthesised expression and use IS
// DISTINCT FROM under search_path = 'pg_catalog'. "" where the type's own equality is equality of images,
// "::text" where not, ` COLLATE "C"` for text under a collation that calls different strings equal.
using ImageSuffix = std::string;

struct KeyDetail {
    std::string log_column;     // k1, k2, … in both logs, nullable (a row of NULLs marks a TRUNCATE)
    std::string source, target; // quoted column names on source and shadow
    std::string source_type, target_type;           // format_type(); without collation
    std::string source_collation, target_collation; // ` COLLATE x.y`, or "" where the type has none
    std::string forward_sql; // target value from the source's columns (bare name where identical)
    std::string inverse_sql; // source value from the target's columns
    ImageSuffix source_image, target_image;
    // The operators of the key index's operator family: "OPERATOR(pg_catalog.=)". Never write a bare = for a
    // key.
    std::string source_equal, source_less, target_equal, target_less;
    bool descending = false; // in the index of the source that carries the key
};

// Parallel to Blueprint::columns.
struct ColumnDetail {
    std::string target;    // quoted
    std::string type;      // format_type() on the shadow
    std::string collation; // ` COLLATE x.y` or ""
    ImageSuffix image;
    bool inserted = true; // false: generated, or an added column filled by its constant default
    bool not_null = false;
    std::string source_type; // format_type() of the source column it follows, "" for an added one
    ImageSuffix source_image;
    bool identity_column = false; // GENERATED … AS IDENTITY on the shadow
};

// A column of the source: what revert must be able to write.
struct SourceColumn {
    std::string name; // quoted
    std::string type; // format_type()
    ImageSuffix image;
    bool generated = false; // never inserted
    bool not_null = false;
    // Value from the new table's columns; empty: no inverse (a dropped column: the old table's own value
    // stays, and a row inserted since the swap takes default_sql, or NULL).
    std::optional<std::string> inverse_sql;
    std::optional<std::string> default_sql;
};

// An index of the shadow, built after the copy under a name of our own; the swap gives it its final name.
struct IndexStep {
    std::string name; // quoted, qualified, before the swap
    Statement create; // CREATE [UNIQUE] INDEX … on the shadow
    std::vector<Statement>
        then; // comments, statistics targets, ALTER TABLE … ADD CONSTRAINT … USING INDEX, CLUSTER ON
    std::string final_name; // quoted, unqualified
    bool key = false;       // the index over the key; it is the first
    // A deferrable constraint is built as a plain unique index and attached in the swap (it is then in
    // Detail::swap).
};

// A table whose lock is needed inside the swap besides the source's: taken after the first lock is held and
// never waited for longer than a moment (SET LOCAL lock_timeout = '10ms').
struct FurtherLock {
    std::string table; // quoted, qualified
    std::string mode;  // "ACCESS EXCLUSIVE", …
};

// A rule that existing rows may break, other than a conversion.
struct RowRule {
    std::string rule, subject; // as RuleProbe
    std::string violated_sql;  // boolean over the source's columns; NULL counts as no violation
    std::string value_sql;     // text, shown with an example
};
// A value that only its evaluation can judge: no rule says beforehand which rows the server refuses.
struct EvaluatedValue {
    std::string subject;     // the column that gets it
    std::string forward_sql; // over the source's columns
    std::string shown_sql;   // text, shown with an example
};
struct TableRule {
    std::string rule, subject; // "unique", "foreign_key"
    std::string count_sql;     // one integer: the rows (or groups) that break it
    std::string examples_sql;  // rows (key text, value text); append LIMIT
};

// A catalogue image: subject ("column amount", "index payments_pkey", …) to definition, the table's own name
// removed.
using CatalogImage = std::map<std::string, std::string>;

// One native step, parallel to the statements of Phase::native. It took effect if every subject of expected
// is in the table's catalogue image as written (absent where ""), or, where expected is empty, if done_sql
// says so.
struct NativeStep {
    CatalogImage expected;
    std::string done_sql;     // one boolean
    std::string leftover_sql; // one boolean: an invalid index of an earlier try is there; "" none
    std::string cleanup_sql;  // run before a new try when leftover_sql is true
    // How an abort takes the step back: run where the table has `subject` otherwise than before, and as this
    // step makes it (its definition begins with `made`). "": no subject, all of `expected` must be there.
    std::string subject, made;
    std::string inverse_sql;           // "": the catalogue comparison after the abort tells what is left
    std::vector<std::string> undo_sql; // run when rows break the rule: the earlier steps of the same clause
    bool in_transaction = true;        // false: CREATE INDEX CONCURRENTLY
};

struct Detail {
    int server_version = 0; // server_version_num at plan time
    std::int64_t database_oid = 0, source_oid = 0;
    std::string source_owner; // unquoted
    Names names;

    std::vector<KeyDetail> key;
    std::string key_index; // quoted, qualified: the source's index that carries the key
    std::vector<ColumnDetail> columns;
    std::vector<SourceColumn> source_columns;
    bool overriding_system_value = false;         // INSERT into the shadow … OVERRIDING SYSTEM VALUE
    bool reverse_overriding_system_value = false; // INSERT into the old table

    // prepare. create runs once, in one transaction, without a lock on the source (schema "turntable" exists
    // already or is created by the first); drop_created undoes it. capture installs the triggers on the
    // source: run it in one transaction after LOCK TABLE source IN SHARE ROW EXCLUSIVE MODE. uncapture
    // removes them.
    std::vector<Statement> create, drop_created;
    std::vector<Statement> capture, uncapture;

    std::vector<IndexStep> indexes;
    std::vector<Statement>
        before_swap; // after the indexes, on the shadow: extended statistics, replica identity, ANALYZE

    // The swap: LOCK source ACCESS EXCLUSIVE, swap_locks, drain, uncapture, swap, and reverse_capture if the
    // old table is kept; all one transaction. Afterwards names.source is the new table, names.old the retired
    // one.
    std::vector<FurtherLock> swap_locks;
    std::vector<Statement> swap;
    std::vector<Statement> reverse_capture, reverse_uncapture; // on names.source after the swap
    std::vector<Statement> after_swap;                         // online: VALIDATE CONSTRAINT …
    // The revert: LOCK names.source ACCESS EXCLUSIVE, revert_locks, drain, reverse_uncapture, revert.
    // Afterwards names.source is the old table again and names.shadow the retired new one.
    std::vector<FurtherLock> revert_locks;
    std::vector<Statement> revert;
    std::vector<Statement> after_revert;
    std::vector<Statement> contract;  // keep=yes: at the end of the window, with reverse_uncapture
    std::vector<Statement> drop_logs; // functions and logs, when the window ends; safe to run twice

    std::vector<RowRule> row_rules;
    std::vector<EvaluatedValue> evaluated;
    std::vector<TableRule> table_rules;
    std::vector<TableRule> way_back_rules; // over the old table, once the window's writes are in it

    // One text: equal to fingerprint as long as nobody alters the source; our own triggers are left out of
    // it. The query names the source by its oid.
    std::string fingerprint_sql, fingerprint;
    CatalogImage image_before, image_after; // of the source; of the new table after the swap
    CatalogImage image_final;               // keep=yes: of the new table after finalize; else empty

    // set_config(name, value, false) for every session of the job, on top of what the engine pins always.
    std::vector<std::pair<std::string, std::string>> settings;

    // search_path under which the user's own texts mean what they mean; the native statements run under it.
    std::string user_path;
    std::vector<NativeStep> native; // parallel to the statements of Phase::native in Blueprint::script
};

[[nodiscard]] std::string to_json(const Detail& detail);
// Throws Error{needs_repair, "blueprint_damaged"}.
[[nodiscard]] Detail detail_from_json(const std::string& text);
// Of a blueprint; parses its detail. Keep it: parsing costs a fraction of a millisecond.
[[nodiscard]] Detail detail_of(const Blueprint& blueprint);

} // namespace turntable::postgresql
