#include "migrate/sql/statement.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "turntable/error.hpp"

namespace turntable::migrate {

SqlStatement read_statement(const SqlPiece& piece, SqlFlavor flavor) {
    SqlStatement statement{piece.text, piece.line, {}, {}};
    switch (flavor) {
    case SqlFlavor::postgresql:
        statement.actions = read_postgresql(piece.text, statement.error);
        break;
    case SqlFlavor::mysql:
    case SqlFlavor::mariadb:
        statement.actions = read_mysql(piece.text, flavor, statement.error);
        break;
    case SqlFlavor::sqlite:
        statement.actions = read_sqlite(piece.text, statement.error);
        break;
    }
    return statement;
}

std::string canonical_type(const std::string& type) {
    static const std::map<std::string, std::string, std::less<>> names{
        {"int4", "int"},
        {"integer", "int"},
        {"int64", "bigint"},
        {"int32", "int"},
        {"int16", "smallint"},
        {"int8", "bigint"},
        {"int2", "smallint"},
        {"serial4", "serial"},
        {"serial8", "bigserial"},
        {"serial2", "smallserial"},
        {"bpchar", "char"},
        {"character", "char"},
        {"character varying", "varchar"},
        {"float4", "real"},
        {"float8", "double"},
        {"float64", "double"},
        {"float32", "real"},
        {"float", "double"},
        {"double precision", "double"},
        {"decimal", "numeric"},
        {"dec", "numeric"},
        {"fixed", "numeric"},
        {"bool", "boolean"},
        {"timestamp with time zone", "timestamptz"},
        {"timestamp without time zone", "timestamp"},
        {"varbit", "bit varying"}};
    const auto found = names.find(type);
    return found == names.end() ? type : found->second;
}

bool is_moment_function(const std::string& name) {
    constexpr std::array names{"now",
                               "transaction_timestamp",
                               "statement_timestamp",
                               "current_timestamp",
                               "localtimestamp",
                               "localtime",
                               "current_date",
                               "current_time",
                               "current_user",
                               "session_user",
                               "curdate",
                               "curtime"};
    return std::any_of(names.begin(), names.end(), [&](const char* known) { return name == known; });
}

bool is_data_change(ActionKind kind) {
    switch (kind) {
    case ActionKind::insert:
    case ActionKind::update:
    case ActionKind::remove:
    case ActionKind::merge:
    case ActionKind::truncate:
        return true;
    default:
        return false;
    }
}

bool is_schema_change(ActionKind kind) {
    switch (kind) {
    case ActionKind::lock_table:
    case ActionKind::select:
    case ActionKind::begin:
    case ActionKind::commit:
    case ActionKind::set_variable:
    case ActionKind::opaque:
    case ActionKind::algorithm_clause:
    case ActionKind::lock_clause:
        return false;
    default:
        return !is_data_change(kind);
    }
}

} // namespace turntable::migrate
