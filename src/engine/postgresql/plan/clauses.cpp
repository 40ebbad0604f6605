#include "plan/clauses.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "plan/quoting.hpp"
#include "plan/sql_tokens.hpp"
#include "turntable/error.hpp"

namespace turntable::postgresql {
namespace {

using Json = nlohmann::json;

constexpr std::string_view prefix = "ALTER TABLE turntable_subject ";

[[noreturn]] void bad_clause(const std::string& why, const std::string& text) {
    throw Error{ErrorKind::usage, "bad_clause", fmt::format("{}: {}", why, text)};
}

// What the clone and the shadow can follow; everything else is refused by its name.
bool supported(const std::string& kind) {
    static constexpr std::array<std::string_view, 38> kinds{
        "AT_AddColumn",        "AT_ColumnDefault",      "AT_DropNotNull",       "AT_SetNotNull",
        "AT_DropExpression",   "AT_SetStatistics",      "AT_SetOptions",        "AT_ResetOptions",
        "AT_SetStorage",       "AT_SetCompression",     "AT_DropColumn",        "AT_AddConstraint",
        "AT_AlterConstraint",  "AT_ValidateConstraint", "AT_DropConstraint",    "AT_AlterColumnType",
        "AT_ClusterOn",        "AT_DropCluster",        "AT_SetTableSpace",     "AT_SetRelOptions",
        "AT_ResetRelOptions",  "AT_EnableTrig",         "AT_EnableAlwaysTrig",  "AT_EnableReplicaTrig",
        "AT_DisableTrig",      "AT_EnableTrigAll",      "AT_DisableTrigAll",    "AT_EnableTrigUser",
        "AT_DisableTrigUser",  "AT_ReplicaIdentity",    "AT_EnableRowSecurity", "AT_DisableRowSecurity",
        "AT_ForceRowSecurity", "AT_NoForceRowSecurity", "AT_AddIdentity",       "AT_SetIdentity",
        "AT_DropIdentity",     "AT_CookedColumnDefault"};
    return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

std::vector<std::string> names_of(const Json& owner, const char* field) {
    std::vector<std::string> names;
    for (const Json& item : owner.value(field, Json::array())) {
        names.push_back(item.at("String").at("sval").get<std::string>());
    }
    return names;
}

std::string action_of(const std::string& event, const std::string& letter) {
    static const std::map<std::string, std::string> words{
        {"r", "RESTRICT"}, {"c", "CASCADE"}, {"n", "SET NULL"}, {"d", "SET DEFAULT"}};
    const auto word = words.find(letter);
    return word == words.end() ? "" : " ON " + event + " " + word->second;
}

ForeignKeyClause foreign_key_of(const Json& constraint, const std::string& column, bool deferrable,
                                bool deferred) {
    ForeignKeyClause key;
    key.name = constraint.value("conname", "");
    key.columns = names_of(constraint, "fk_attrs");
    if (!column.empty()) {
        key.columns = {column};
    }
    const Json& referenced = constraint.at("pktable");
    key.referenced_schema = referenced.value("schemaname", "");
    key.referenced_name = referenced.at("relname").get<std::string>();
    key.referenced_columns = names_of(constraint, "pk_attrs");
    key.rest = constraint.value("fk_matchtype", "s") == "f" ? " MATCH FULL" : "";
    key.rest += action_of("UPDATE", constraint.value("fk_upd_action", "a"));
    key.rest += action_of("DELETE", constraint.value("fk_del_action", "a"));
    if (const auto set = names_of(constraint, "fk_del_set_cols"); !set.empty()) {
        key.rest += " (" + quoted_list(set) + ")";
    }
    key.rest += deferrable || constraint.value("deferrable", false) ? " DEFERRABLE" : "";
    key.rest += deferred || constraint.value("initdeferred", false) ? " INITIALLY DEFERRED" : "";
    key.validated = !constraint.value("skip_validation", false);
    return key;
}

// REFERENCES within a column definition: taken out of the text, its DEFERRABLE words included.
void take_column_foreign_keys(const Json& definition, std::size_t offset, Clause& clause) {
    struct Cut {
        std::size_t from, to;
    };
    std::vector<Cut> cuts;
    const Json constraints = definition.value("constraints", Json::array());
    for (std::size_t i = 0; i < constraints.size(); ++i) {
        const Json& constraint = constraints[i].at("Constraint");
        if (constraint.at("contype") != "CONSTR_FOREIGN") {
            continue;
        }
        std::size_t next = i + 1;
        bool deferrable = false;
        bool deferred = false;
        for (; next < constraints.size(); ++next) {
            const auto type = constraints[next].at("Constraint").at("contype").get<std::string>();
            if (!type.starts_with("CONSTR_ATTR_")) {
                break;
            }
            deferrable = deferrable || type == "CONSTR_ATTR_DEFERRABLE";
            deferred = deferred || type == "CONSTR_ATTR_DEFERRED";
        }
        clause.foreign_keys.push_back(foreign_key_of(constraint, clause.name, deferrable, deferred));
        cuts.push_back({constraint.at("location").get<std::size_t>() - offset,
                        next == constraints.size()
                            ? clause.text.size()
                            : constraints[next].at("Constraint").at("location").get<std::size_t>() - offset});
    }
    std::reverse(cuts.begin(), cuts.end());
    for (const Cut& cut : cuts) {
        clause.text.erase(cut.from, cut.to - cut.from);
    }
}

struct Segment {
    std::size_t start, end; // of the whole text
    std::optional<std::size_t> using_at, using_end;
};

// The text between the commas that separate clauses, and the first USING outside parentheses of each.
std::vector<Segment> segments_of(const std::string& sql, const std::vector<Token>& tokens) {
    std::vector<Segment> segments{{prefix.size(), sql.size(), {}, {}}};
    int depth = 0;
    for (const Token& token : tokens) {
        if (token.start < prefix.size()) {
            continue;
        }
        depth += token.code == '(' || token.code == '[' ? 1 : 0;
        depth -= token.code == ')' || token.code == ']' ? 1 : 0;
        if (depth == 0 && token.code == ',') {
            segments.back().end = token.start;
            segments.push_back({token.end, sql.size(), {}, {}});
        }
        std::string word = sql.substr(token.start, token.end - token.start);
        std::transform(word.begin(), word.end(), word.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        if (depth == 0 && word == "using" && !segments.back().using_at) {
            segments.back().using_at = token.start;
            segments.back().using_end = token.end;
        }
    }
    return segments;
}

Clause clause_of(const Json& command, const Segment& segment, const std::string& sql) {
    Clause clause;
    clause.kind = command.at("subtype").get<std::string>();
    clause.name = command.value("name", "");
    clause.text = sql.substr(segment.start, segment.end - segment.start);
    if (!supported(clause.kind)) {
        throw Error{ErrorKind::refused, "clause_not_supported",
                    fmt::format("the clause \"{}\" ({}) is not a change that turntable makes", clause.text,
                                clause.kind.substr(3))};
    }
    const Json definition = command.value("def", Json::object());
    if (clause.kind == "AT_AddColumn") {
        const Json& column = definition.at("ColumnDef");
        clause.name = column.at("colname").get<std::string>();
        for (const Json& constraint : column.value("constraints", Json::array())) {
            clause.column_constraints.push_back(constraint.at("Constraint").at("contype").get<std::string>());
        }
        take_column_foreign_keys(column, segment.start, clause);
    } else if (clause.kind == "AT_AlterColumnType" && definition.at("ColumnDef").contains("raw_default")) {
        check(segment.using_end.has_value(), "a USING expression without the word USING");
        clause.using_sql = sql.substr(*segment.using_end, segment.end - *segment.using_end);
    } else if (clause.kind == "AT_AddConstraint") {
        const Json& constraint = definition.at("Constraint");
        clause.constraint_kind = constraint.at("contype").get<std::string>();
        clause.name = constraint.value("conname", "");
        clause.not_valid = constraint.value("skip_validation", false);
        clause.on_index = constraint.contains("indexname");
        if (clause.constraint_kind == "CONSTR_FOREIGN") {
            clause.foreign_keys.push_back(foreign_key_of(constraint, "", false, false));
            clause.text.clear();
        } else if (clause.constraint_kind == "CONSTR_EXCLUSION") {
            throw Error{ErrorKind::refused, "clause_not_supported",
                        fmt::format("exclusion constraints are not supported: {}", clause.text)};
        }
    }
    return clause;
}

Clause rename_of(const Json& rename, const std::string& text) {
    const auto what = rename.at("renameType").get<std::string>();
    if (what != "OBJECT_COLUMN" && what != "OBJECT_TABCONSTRAINT") {
        throw Error{
            ErrorKind::refused, "clause_not_supported",
            fmt::format(
                "\"{}\" is not a change that turntable makes: only columns and constraints are renamed",
                text)};
    }
    Clause clause;
    clause.kind = what == "OBJECT_COLUMN" ? "rename_column" : "rename_constraint";
    clause.name = rename.at("subname").get<std::string>();
    clause.new_name = rename.at("newname").get<std::string>();
    clause.text = text;
    return clause;
}

void check_subject(const Json& relation, const std::string& text) {
    const bool untouched = relation.at("relname") == "turntable_subject" &&
                           !relation.contains("schemaname") && !relation.contains("catalogname");
    if (!untouched) {
        bad_clause("a clause must begin with what to do (ADD, DROP, ALTER, RENAME, …), without the table",
                   text);
    }
}

} // namespace

std::string ClauseStatement::without_foreign_keys() const {
    std::vector<std::string> parts;
    for (const Clause& clause : clauses) {
        if (!clause.text.empty()) {
            parts.push_back(clause.text);
        }
    }
    return joined(parts, ", ");
}

ClauseStatement parse_clauses(const std::string& text) {
    const std::string about = fmt::format("the clause \"{}\"", text);
    const std::string sql = std::string{prefix} + without_comments(text, about);
    const std::vector<Token> tokens = tokens_of(sql, about);
    refuse_long_names(sql, tokens);
    const Json tree = Json::parse(parse_tree_of(sql, about));
    const bool has_semicolon =
        std::any_of(tokens.begin(), tokens.end(), [](const Token& token) { return token.code == ';'; });
    if (tree.at("stmts").size() != 1 || has_semicolon) {
        bad_clause("a clause must be one ALTER TABLE statement's worth, without semicolon", text);
    }
    const Json& statement = tree.at("stmts").at(0).at("stmt");
    ClauseStatement parsed{text, {}};
    if (statement.contains("RenameStmt")) {
        const Json& rename = statement.at("RenameStmt");
        check_subject(rename.at("relation"), text);
        parsed.clauses.push_back(rename_of(rename, sql.substr(prefix.size())));
        return parsed;
    }
    if (!statement.contains("AlterTableStmt")) {
        throw Error{
            ErrorKind::refused, "clause_not_supported",
            fmt::format("\"{}\" ({}) is not a change that turntable makes", text, statement.begin().key())};
    }
    const Json& alter = statement.at("AlterTableStmt");
    check_subject(alter.at("relation"), text);
    const std::vector<Segment> segments = segments_of(sql, tokens);
    const Json& commands = alter.at("cmds");
    if (segments.size() != commands.size()) {
        bad_clause("the clauses cannot be told apart; give each in its own --alter", text);
    }
    for (std::size_t i = 0; i < commands.size(); ++i) {
        parsed.clauses.push_back(clause_of(commands[i].at("AlterTableCmd"), segments[i], sql));
    }
    return parsed;
}

} // namespace turntable::postgresql
