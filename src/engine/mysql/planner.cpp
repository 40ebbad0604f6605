#include "planner.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "check_names.hpp"
#include "checks.hpp"
#include "column_rights.hpp"
#include "column_trace.hpp"
#include "conversion_default.hpp"
#include "conversion_sql.hpp"
#include "create_text.hpp"
#include "detail.hpp"
#include "followers.hpp"
#include "foreign_key_change.hpp"
#include "foreign_keys.hpp"
#include "keep.hpp"
#include "lost_checks.hpp"
#include "mapping.hpp"
#include "names.hpp"
#include "operations.hpp"
#include "quote.hpp"
#include "replicas.hpp"
#include "row_rules.hpp"
#include "scratch.hpp"
#include "script.hpp"
#include "strategy.hpp"

namespace turntable::mysql {
namespace {

void check_schema(Session& session, const ChangeRequest& request) {
    const std::string schema = current_schema(session);
    if (!request.table.schema.empty() && request.table.schema != schema) {
        throw Error{ErrorKind::usage, "other_database",
                    "the table is in the database '" + request.table.schema + "', the connection in '" +
                        schema + "'"}
            .next("name that database in the URL");
    }
}

std::vector<ConversionPlan> compile_conversions(const Table& source, const ChangeRequest& request,
                                                const ServerVersion& version) {
    std::vector<ConversionPlan> plans;
    for (const Conversion& conversion : conversions_of(request)) {
        const Column* const column = source.column(conversion.column);
        if (column == nullptr) {
            throw Error{ErrorKind::usage, "unknown_column",
                        "'" + source.name + "' has no column '" + conversion.column + "'"};
        }
        plans.push_back(compile_conversion(
            conversion, {column->name, column->type, column->nullable, version.kind == ServerKind::mariadb,
                         column->charset.empty() ? "utf8mb4" : column->charset, column->collation}));
    }
    return plans;
}

Change read_change(Session& session, const Table& source, const ChangeRequest& request,
                   const std::vector<ConversionPlan>& plans, ServerKind kind) {
    Change change;
    change.lists = request.alter_clauses;
    for (std::string& list : operation_clauses(source, request.operations, kind)) {
        change.lists.push_back(std::move(list));
    }
    if (kind == ServerKind::mysql) {
        change.lists = with_lost_checks(session, source, std::move(change.lists));
    }
    for (const std::string& list : change.lists) {
        change.clauses.push_back(parse_clauses(list));
        for (const Clause& clause : change.clauses.back()) {
            const bool twice = std::ranges::any_of(plans, [&](const ConversionPlan& plan) {
                return !clause.column.empty() && same_name(plan.source_column, clause.column);
            });
            if (twice) {
                throw Error{ErrorKind::usage, "changed_twice",
                            "the column '" + clause.column + "' is both converted and changed by a clause"};
            }
        }
    }
    for (const ConversionPlan& plan : plans) {
        const Column& column = *source.column(plan.source_column);
        const std::string list =
            conversion_clause(source, column, plan, converted_default(session, column, plan, kind), kind);
        change.lists.push_back(list);
        change.clauses.push_back(parse_clauses(list));
        change.converts = true;
    }
    if (change.lists.empty()) {
        throw Error{ErrorKind::usage, "no_change", "no change of '" + source.name + "' is asked for"};
    }
    return change;
}

bool stay_in_place(Session& session, const Settings& settings) {
    switch (settings.defer_indexes) {
    case DeferIndexes::always:
        return false;
    case DeferIndexes::never:
        return true;
    case DeferIndexes::automatic:
        return !settings.replicas.empty() || replicas_follow(session);
    }
    return false;
}

// Secondary indexes of the new shape that wait until after the copy. An AUTO_INCREMENT column must have its
// index. Unique ones always wait: rows copied at different times may hold a value twice until a replay.
DeferredIndexes deferred_indexes(const Table& target, bool others_stay) {
    DeferredIndexes deferred;
    for (const IndexLine& line : index_lines(target.create_text)) {
        const Index* const index = target.index(line.name);
        const Column* const first =
            index == nullptr || index->parts.empty() ? nullptr : target.column(index->parts[0].column);
        if ((first != nullptr && first->auto_increment()) ||
            (others_stay && line.kind != IndexLine::Kind::unique)) {
            continue;
        }
        deferred.names.push_back(line.name);
        switch (line.kind) {
        case IndexLine::Kind::plain:
            deferred.plain.push_back(line.definition);
            break;
        case IndexLine::Kind::unique:
            deferred.unique.push_back(line.definition);
            break;
        case IndexLine::Kind::fulltext:
        case IndexLine::Kind::spatial:
            deferred.single.push_back(line.definition);
            break;
        }
    }
    return deferred;
}

// The index by which rows are looked up must be there for the replay that precedes the other unique ones.
void build_key_first(Detail& detail) {
    const std::string start = "UNIQUE KEY " + quote_name(detail.target_key_index) + " ";
    auto& unique = detail.deferred.unique;
    const auto key = std::ranges::find_if(unique, [&](const std::string& d) { return d.starts_with(start); });
    if (key != unique.end()) {
        detail.deferred.plain.insert(detail.deferred.plain.begin(), *key);
        unique.erase(key);
    }
}

void set_revert(Blueprint& blueprint, const Detail& detail, const Settings& settings) {
    if (!settings.keep_old && blueprint.strategy != Strategy::nothing) {
        blueprint.revert = RevertClass::irreversible;
        blueprint.revert_reason = "the old table is not kept";
        return;
    }
    if (blueprint.strategy == Strategy::nothing) {
        blueprint.revert = RevertClass::native;
        blueprint.revert_reason = "there is nothing to take back";
        return;
    }
    if (blueprint.strategy != Strategy::shadow) {
        blueprint.revert = RevertClass::native;
        blueprint.revert_reason = "the inverse statement is native and loses nothing";
        return;
    }
    for (std::size_t i = 0; i < blueprint.columns.size(); ++i) {
        const MappedColumn& column = blueprint.columns[i];
        if (column.source && !column.inverse_sql && detail.columns.at(i).source_inserted) {
            blueprint.revert = RevertClass::irreversible;
            blueprint.revert_reason =
                fmt::format("the conversion of column {} has no inverse; give one with --convert "
                            "{}=using,expr=…,inverse=…",
                            column.target, *column.source);
            return;
        }
    }
    blueprint.revert_reason = "the old table is kept and follows by its log";
}

// True if the table is the new one of a job that went back and is not finalized yet.
bool waits_for_finalize(Session& session, const Table& source, const std::string& shadow) {
    return table_exists(session, source.schema, shadow) &&
           table_exists(session, source.schema, "_turntable_job") &&
           session.run("SELECT COUNT(*) FROM _turntable_job WHERE job_state = 'reverted' AND "
                       "INSTR(blueprint, ?) > 0",
                       {"\"" + shadow + "\""})
                   .only_integer() > 0;
}

// The first names that no reverted job holds.
HelperNames free_names(Session& session, const Table& source) {
    constexpr int numbers = 9;
    int number = 1;
    while (number < numbers &&
           waits_for_finalize(session, source, helper_names(source.name, number).shadow)) {
        ++number;
    }
    return helper_names(source.name, number);
}

// The swap's renaming gives a made-up name of a CHECK the new table's name; it must not become too long.
void check_made_up_names(const Table& source, const Table& target) {
    const std::size_t tail = longest_made_up_tail(target.create_text, target.name);
    if (tail > 0 && characters(source.name) + tail > name_characters_max) {
        throw Error{ErrorKind::refused, "name_too_long",
                    "MySQL names the CHECK constraints of a copied table after the table, and '" +
                        source.name + "' is too long for that"}
            .next("give the table a shorter name, or drop the CHECK constraints for the time of the change");
    }
}

// Redefinitions that leave the definition as it is: nothing to do. Other clauses may change rows without a
// trace in the definition.
bool changes_nothing(const Change& change, const Table& source, const Table& target) {
    return !change.converts &&
           normalised(source.create_text, source.name) == normalised(target.create_text, source.name) &&
           std::ranges::all_of(change.clauses, [](const std::vector<Clause>& list) {
               return std::ranges::all_of(list, [](const Clause& clause) {
                   return clause.kind == Clause::Kind::modify_column ||
                          clause.kind == Clause::Kind::alter_column;
               });
           });
}

// What depends on settings and company of this server.
void note_what_the_server_does(Session& session, Blueprint& blueprint, const Detail& detail,
                               const Settings& settings) {
    if (blueprint.strategy != Strategy::shadow) {
        return;
    }
    if (settings.defer_indexes == DeferIndexes::automatic && stay_in_place(session, settings)) {
        blueprint.notes.emplace_back("replicas follow: secondary indexes stay in place during the copy, "
                                     "since one long ALTER would stop "
                                     "them (--defer-indexes always builds them after it)");
    }
    if (detail.auto_increment && session.run("SELECT @@innodb_autoinc_lock_mode").only() == "1") {
        blueprint.notes.emplace_back(
            "with innodb_autoinc_lock_mode = 1 a second copying session gains nothing on a "
            "table with AUTO_INCREMENT");
    }
}

void name_helpers(Blueprint& blueprint, const HelperNames& names) {
    blueprint.shadow_name = names.shadow;
    blueprint.log_name = names.log;
    blueprint.reverse_log_name = names.reverse_log;
    blueprint.old_name = names.old;
}

Blueprint with_foreign_keys(Session& session, Scratch& scratch, const Table& source, const Change& change,
                            const Settings& settings, Blueprint blueprint, Detail detail) {
    plan_foreign_keys(session, scratch, source, change, settings, blueprint, detail);
    set_revert(blueprint, detail, settings);
    blueprint.detail = to_json(detail);
    estimate(blueprint, source);
    return blueprint;
}

// CREATE TABLE … LIKE must have copied the whole definition.
void require_whole_copy(const Scratch& scratch, const Table& source) {
    if (!scratch.lost().empty()) {
        throw Error{ErrorKind::refused, "definition_not_copied",
                    "CREATE TABLE … LIKE does not copy the definition of '" + source.name +
                        "' as it is: " + scratch.lost()}
            .next("ask for a native form (--strategy instant, online)");
    }
}

} // namespace

Blueprint MysqlPlanner::plan(Session& session, const ChangeRequest& request,
                             const PlanOptions& options) const {
    check_schema(session, request);
    static_cast<void>(parse_replicas(options.settings.replicas)); // a mistake in it is told now
    const ServerVersion version = server_version(session);
    const Table source = read_table(session, request.table.schema, request.table.name);
    const HelperNames names = free_names(session, source);
    check_table(session, version, source, names);

    Blueprint blueprint;
    blueprint.engine = engine_name(version.kind);
    blueprint.source = {source.schema, source.name};
    name_helpers(blueprint, names);
    blueprint.conversions = compile_conversions(source, request, version);
    const Change change = read_change(session, source, request, blueprint.conversions, version.kind);

    Detail detail;
    detail.kind = version.kind;
    detail.alters = change.lists;
    detail.source_text = source.create_text;

    Scratch scratch{session, source, names.scratch};
    if (about_foreign_keys(source, change)) {
        return with_foreign_keys(session, scratch, source, change, options.settings, blueprint, detail);
    }
    Decision decision = decide_strategy(scratch, session, version, source, change, options.settings);
    const Table target = scratch.read();
    detail.target_text = normalised(target.create_text, source.name);
    detail.native_texts = decision.texts;
    if (options.settings.strategy == StrategyChoice::automatic && changes_nothing(change, source, target)) {
        decision = {Strategy::nothing, "the table has the wanted shape already", "", {}};
    }
    blueprint.strategy = decision.strategy;
    blueprint.strategy_reason = decision.reason;
    if (decision.strategy == Strategy::shadow) {
        check_shadowable(version.kind, source, options.settings);
        require_whole_copy(scratch, source);
        check_made_up_names(source, target);
        const auto checks = for_copy(scratch.checks(), names.scratch, names.shadow);
        for (std::string& list : detail.alters) {
            list = with_check_names(list, checks);
        }
        scratch.rehearse_trigger();
        map_columns(source, target, trace_columns(source, change.clauses), blueprint, detail);
        choose_key(source, target, blueprint, detail);
        keep_followers(session, source, target, blueprint, detail, names.scratch);
        find_row_rules(source, target, blueprint, detail);
        plan_keep(session, scratch, source, target, options.settings, blueprint, detail);
        detail.deferred = deferred_indexes(target, stay_in_place(session, options.settings));
        build_key_first(detail);
    } else if (decision.strategy != Strategy::nothing) {
        find_native_rules(source, target, trace_columns(source, change.clauses), blueprint, detail);
    }
    set_revert(blueprint, detail, options.settings);
    blueprint.detail = to_json(detail);
    write_script(blueprint, detail, change, decision);
    write_notes(blueprint, detail, source);
    note_what_the_server_does(session, blueprint, detail, options.settings);
    for (std::string& line : rights_left_behind(session, source, target)) {
        blueprint.notes.push_back(std::move(line));
    }
    estimate(blueprint, source);
    return blueprint;
}

std::vector<std::string> MysqlPlanner::unexpected_changes(Session& session, const Blueprint& blueprint,
                                                          Moment moment) const {
    const Detail detail = detail_of(blueprint);
    const std::string have = normalised(create_text(session, blueprint.source.schema, blueprint.source.name),
                                        blueprint.source.name);
    const bool old_shape = moment == Moment::reverted || moment == Moment::aborted;
    const bool contracted = moment == Moment::finalized && !detail.keep.old_columns.empty();
    const std::string want = old_shape    ? normalised(detail.source_text, blueprint.source.name)
                             : contracted ? detail.keep.final_text
                                          : detail.target_text;
    std::vector<std::string> differences;
    if (have != want) {
        differences.push_back("the definition of " + blueprint.source.display() + " is\n" + have +
                              "and should be\n" + want);
    }
    for (std::string& difference : unexpected_followers(session, blueprint, detail, moment)) {
        differences.push_back(std::move(difference));
    }
    return differences;
}

} // namespace turntable::mysql
