#include "plan/verdict.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/core.h>

namespace turntable::postgresql {
namespace {

template <std::size_t n>
bool one_of(const std::array<std::string_view, n>& words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

Verdict of_new_column(const Clause& clause, const StepOutcome& outcome) {
    static constexpr std::array<std::string_view, 3> harmless{"CONSTR_DEFAULT", "CONSTR_NOTNULL",
                                                              "CONSTR_NULL"};
    if (outcome.rewrites) {
        return {Form::impossible, true, "the new column's default rewrites the table"};
    }
    for (const std::string& constraint : clause.column_constraints) {
        if (!one_of(harmless, constraint)) {
            return {Form::impossible, true, "the new column comes with more than a default and NOT NULL"};
        }
    }
    return {Form::metadata, true, ""};
}

Verdict of_constraint(const Clause& clause) {
    if (clause.on_index) {
        return {Form::metadata, true, ""};
    }
    if (clause.constraint_kind == "CONSTR_CHECK" || clause.constraint_kind == "CONSTR_FOREIGN") {
        return {Form::validated, true, ""};
    }
    if (clause.constraint_kind == "CONSTR_UNIQUE" || clause.constraint_kind == "CONSTR_PRIMARY") {
        return {Form::unique_index, true, ""};
    }
    return {Form::impossible, true, "this constraint has no online form"};
}

} // namespace

Verdict verdict_of(const Clause& clause, const StepOutcome& outcome) {
    static constexpr std::array<std::string_view, 26> metadata{
        "rename_column",       "rename_constraint",    "AT_ColumnDefault",     "AT_DropNotNull",
        "AT_SetStatistics",    "AT_SetOptions",        "AT_ResetOptions",      "AT_SetStorage",
        "AT_SetCompression",   "AT_ClusterOn",         "AT_DropCluster",       "AT_SetRelOptions",
        "AT_ResetRelOptions",  "AT_EnableTrig",        "AT_EnableAlwaysTrig",  "AT_EnableReplicaTrig",
        "AT_DisableTrig",      "AT_EnableTrigAll",     "AT_DisableTrigAll",    "AT_EnableTrigUser",
        "AT_DisableTrigUser",  "AT_ReplicaIdentity",   "AT_EnableRowSecurity", "AT_DisableRowSecurity",
        "AT_ForceRowSecurity", "AT_NoForceRowSecurity"};
    static constexpr std::array<std::string_view, 4> also{"AT_AddIdentity", "AT_SetIdentity",
                                                          "AT_DropIdentity", "AT_AlterConstraint"};
    if (clause.kind == "AT_AddColumn") {
        return of_new_column(clause, outcome);
    }
    if (clause.kind == "AT_AddConstraint") {
        return of_constraint(clause);
    }
    if (clause.kind == "AT_SetNotNull") {
        return {Form::not_null, true, ""};
    }
    if (clause.kind == "AT_ValidateConstraint") {
        return {Form::validate, true, ""};
    }
    if (clause.kind == "AT_AlterColumnType") {
        return outcome.rewrites
                   ? Verdict{Form::impossible, false, "the change of type rewrites the table"}
                   : Verdict{Form::metadata, false, "the old type would have to be checked row by row"};
    }
    if (clause.kind == "AT_DropColumn") {
        return {Form::metadata, false, "a dropped column's values would be lost"};
    }
    if (clause.kind == "AT_DropExpression") {
        return {Form::metadata, false, "a column cannot become generated again"};
    }
    if (clause.kind == "AT_DropConstraint") {
        return {Form::metadata, true, ""};
    }
    if (one_of(metadata, clause.kind) || one_of(also, clause.kind)) {
        return {Form::metadata, true, ""};
    }
    return {Form::impossible, true, fmt::format("\"{}\" has no native form that blocks nobody", clause.text)};
}

} // namespace turntable::postgresql
