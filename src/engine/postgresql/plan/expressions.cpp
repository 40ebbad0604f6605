#include "plan/expressions.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "plan/quoting.hpp"
#include "plan/read_table.hpp"
#include "plan/sql_tokens.hpp"

namespace turntable::postgresql {
namespace {

using Json = nlohmann::json;

constexpr std::string_view prefix = "SELECT ";

struct Reference {
    std::size_t at; // in the parsed text
    std::vector<std::string> fields;
    bool whole_row = false;
};

// Calls visit(key, node) for every object of the tree that has exactly one key, a node of the parse tree.
void walk(const Json& json, const std::function<void(const std::string&, const Json&)>& visit) {
    if (json.is_object()) {
        for (const auto& [key, value] : json.items()) {
            if (value.is_object()) {
                visit(key, value);
            }
            walk(value, visit);
        }
    } else if (json.is_array()) {
        for (const Json& item : json) {
            walk(item, visit);
        }
    }
}

Json tree_of(const std::string& expression) {
    return Json::parse(
        parse_tree_of(std::string{prefix} + expression, fmt::format("the expression {}", expression)));
}

std::vector<Reference> references_of(const std::string& expression) {
    std::vector<Reference> references;
    walk(tree_of(expression), [&](const std::string& key, const Json& node) {
        if (key != "ColumnRef") {
            return;
        }
        Reference reference{node.value("location", std::size_t{0}), {}, false};
        for (const Json& field : node.at("fields")) {
            if (field.contains("String")) {
                reference.fields.push_back(field.at("String").at("sval").get<std::string>());
            } else {
                reference.whole_row = true;
            }
        }
        references.push_back(std::move(reference));
    });
    std::sort(references.begin(), references.end(),
              [](const Reference& a, const Reference& b) { return a.at < b.at; });
    return references;
}

std::string column_of(const Reference& reference, const std::string& expression, const std::string& table) {
    const bool known =
        !reference.whole_row && !reference.fields.empty() && reference.fields.size() <= 3 &&
        (reference.fields.size() == 1 || reference.fields[reference.fields.size() - 2] == table);
    if (!known) {
        throw Error{ErrorKind::refused, "expression_not_supported",
                    fmt::format("the expression {} refers to more than columns of {}", expression, table)};
    }
    return reference.fields.back();
}

// The end of a name of n parts that starts at this token.
std::size_t end_of_name(const std::vector<Token>& tokens, std::size_t at, std::size_t parts) {
    const auto first =
        std::find_if(tokens.begin(), tokens.end(), [at](const Token& token) { return token.start == at; });
    check(first != tokens.end(), "a column reference does not start at a token");
    const auto last = static_cast<std::size_t>(first - tokens.begin()) + 2 * (parts - 1);
    check(last < tokens.size(), "a column reference ends beyond the text");
    return tokens[last].end;
}

// The server's answer to a statement that can only fail because of what the user wrote.
void run_users(Session& session, const std::string& sql, const std::string& expression) {
    try {
        session.run(sql);
    } catch (const DatabaseError& error) {
        if (error.kind() == DatabaseErrorKind::lost_connection) {
            throw;
        }
        throw Error{ErrorKind::usage, "bad_expression",
                    fmt::format("the expression {} is not usable: {}", expression, error.what())};
    }
}

bool tells_time_or_session(const Json& tree) {
    static constexpr std::array<std::string_view, 12> names{"now",
                                                            "transaction_timestamp",
                                                            "statement_timestamp",
                                                            "age",
                                                            "current_setting",
                                                            "current_schema",
                                                            "current_schemas",
                                                            "current_database",
                                                            "pg_current_xact_id_if_assigned",
                                                            "txid_current_if_assigned",
                                                            "inet_client_addr",
                                                            "inet_client_port"};
    bool tells = false;
    walk(tree, [&](const std::string& key, const Json& node) {
        if (key == "SQLValueFunction") {
            tells = true;
        } else if (key == "FuncCall") {
            const auto name = node.at("funcname").back().at("String").at("sval").get<std::string>();
            const bool one_argument_age = name != "age" || node.value("args", Json::array()).size() == 1;
            tells = tells || (one_argument_age && std::find(names.begin(), names.end(), name) != names.end());
        }
    });
    return tells;
}

// User functions declared STABLE may read other tables; their answer is not fixed.
bool calls_stable_user_function(Session& session, const Json& tree) {
    bool calls = false;
    walk(tree, [&](const std::string& key, const Json& node) {
        if (key != "FuncCall" || node.at("funcname").size() < 2) {
            return;
        }
        const Json& name = node.at("funcname");
        const auto schema = name.at(name.size() - 2).at("String").at("sval").get<std::string>();
        const auto function = name.back().at("String").at("sval").get<std::string>();
        const ResultSet found = session.run(
            "SELECT count(*) FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace"
            " WHERE n.nspname = $1 AND n.nspname <> 'pg_catalog' AND p.proname = $2 AND p.provolatile <> 'i'",
            {schema, function});
        calls = calls || found.only_integer() > 0;
    });
    return calls;
}

} // namespace

std::string substituted(const std::string& expression, const std::string& table,
                        const ColumnMeaning& meaning) {
    const std::string sql = std::string{prefix} + expression;
    const std::vector<Token> tokens = tokens_of(sql, "an expression");
    std::vector<Reference> references = references_of(expression);
    std::string out = sql;
    for (auto reference = references.rbegin(); reference != references.rend(); ++reference) {
        const std::optional<std::string> value = meaning(column_of(*reference, expression, table));
        if (!value) {
            continue;
        }
        const std::size_t end = end_of_name(tokens, reference->at, reference->fields.size());
        const bool bare =
            value->size() > 2 && value->front() == '"' && value->find('"', 1) == value->size() - 1;
        out.replace(reference->at, end - reference->at, bare ? *value : "(" + *value + ")");
    }
    return out.substr(prefix.size());
}

std::vector<std::string> columns_of(const std::string& expression, const std::string& table) {
    std::set<std::string> names;
    for (const Reference& reference : references_of(expression)) {
        names.insert(column_of(reference, expression, table));
    }
    return {names.begin(), names.end()};
}

std::vector<std::string> numbers_of(const std::string& expression) {
    std::vector<std::string> found;
    walk(tree_of(expression), [&](const std::string& key, const Json& node) {
        if (key != "A_Const") {
            return;
        }
        if (node.contains("ival")) {
            found.push_back(std::to_string(node.at("ival").value("ival", 0)));
        } else if (node.contains("fval")) {
            found.push_back(node.at("fval").at("fval").get<std::string>());
        } else if (node.contains("sval")) {
            found.push_back(node.at("sval").value("sval", ""));
        }
    });
    return found;
}

std::string canonical(Session& session, const std::string& clone, const std::string& expression,
                      const std::string& user_path) {
    session.run("SELECT set_config('search_path', $1, true)", {user_path});
    run_users(
        session,
        fmt::format("ALTER TABLE {} ADD CONSTRAINT turntable_expression CHECK (({}\n) IS NULL) NOT VALID",
                    clone, expression),
        expression);
    session.run("SET LOCAL search_path = pg_catalog, pg_temp");
    std::string text = session
                           .run("SELECT pg_get_expr(conbin, conrelid) FROM pg_constraint"
                                " WHERE conrelid = $1::regclass AND conname = 'turntable_expression'",
                                {clone})
                           .only()
                           .value();
    session.run(fmt::format("ALTER TABLE {} DROP CONSTRAINT turntable_expression", clone));
    constexpr std::string_view test = " IS NULL)";
    check(text.starts_with('(') && text.ends_with(test), "the server deparses a null test in an unknown way");
    return text.substr(1, text.size() - 1 - test.size());
}

Stability stability_of(Session& session, const std::string& clone, const std::string& expression) {
    // A subquery that computes a volatile value is not merged into the query around it.
    const ResultSet plan = session.run(fmt::format(
        "EXPLAIN (COSTS OFF) SELECT s.x IS NULL FROM (SELECT ({}) AS x FROM {}) AS s", expression, clone));
    for (const auto& row : plan.rows) {
        if (row.front() && row.front()->find("Subquery Scan") != std::string::npos) {
            return Stability::volatile_;
        }
    }
    const Json tree = tree_of(expression);
    return tells_time_or_session(tree) || calls_stable_user_function(session, tree) ? Stability::once
                                                                                    : Stability::repeatable;
}

std::string assigned(const std::string& expression, const Column& column) {
    struct Length {
        Oid type;
        std::string_view name, plain;
    };
    static constexpr std::array lengths{
        Length{1042, "bpchar", "pg_catalog.bpchar"}, Length{1043, "\"varchar\"", "pg_catalog.\"varchar\""},
        Length{1560, "\"bit\"", "pg_catalog.varbit"}, Length{1562, "varbit", "pg_catalog.varbit"}};
    for (const Length& length : lengths) {
        if (column.declared_type_oid == length.type && column.typmod >= 0) {
            return fmt::format("pg_catalog.{}(({})::{}, {}, false)", length.name, expression, length.plain,
                               column.typmod);
        }
    }
    return fmt::format("({})::{}", expression, column.type);
}

bool resolve_names(Session& session, const std::string& origin, const std::string& clone,
                   const std::string& user_path, ConversionPlan& plan) {
    if (plan.asked.rule != "using" && plan.asked.rule != "enum") {
        return false;
    }
    plan.forward_sql = canonical(session, origin, plan.forward_sql, user_path);
    if (plan.inverse_sql) {
        plan.inverse_sql = canonical(session, clone, *plan.inverse_sql, user_path);
    }
    return true;
}

} // namespace turntable::postgresql
