#include "constant.hpp"

#include "connection.hpp"
#include "conversion_sql.hpp"
#include "functions.hpp"
#include "names.hpp"
#include "tokenizer.hpp"
#include "turntable/error.hpp"

namespace turntable::sqlite {
namespace {

Connection scratch() {
    Connection connection = Connection::open_memory();
    register_own_functions(connection.handle());
    register_functions(connection.handle());
    return connection;
}

Error varies(const std::string& expression, const std::string& about, const std::string& message) {
    return Error{ErrorKind::refused, "volatile_expression",
                 about + " is not the same at every evaluation (" + expression + "): " + message};
}

} // namespace

bool is_constant(const std::string& expression) {
    const Tokens tokens{expression};
    bool value = false;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const Token::Kind kind = tokens.at(i).kind;
        const bool literal = kind == Token::Kind::number || kind == Token::Kind::string ||
                             kind == Token::Kind::blob || kind == Token::Kind::quoted_name ||
                             tokens.is(i, "NULL") || tokens.is(i, "TRUE") || tokens.is(i, "FALSE");
        const bool sign = tokens.is(i, "-") || tokens.is(i, "+") || tokens.is(i, "(") || tokens.is(i, ")");
        if (!literal && !sign) {
            return false;
        }
        value = value || literal;
    }
    return value;
}

std::string literal_of(const std::string& query) {
    Connection connection = scratch();
    const Cell cell = connection.run("SELECT quote((" + query + "))").only();
    return cell.value_or("NULL");
}

std::string value_once(const std::string& expression, const std::string& about) {
    if (is_constant(expression)) {
        return expression;
    }
    const Tokens tokens{expression};
    if (tokens.size() == 1) { // CURRENT_TIME, CURRENT_DATE, CURRENT_TIMESTAMP
        return literal_of("SELECT " + expression);
    }
    require_deterministic(expression, {}, about);
    return expression;
}

// SQLite itself refuses to index what may vary; date functions only when they meet 'now'.
void require_deterministic(const std::string& expression, const std::vector<std::string>& columns,
                           const std::string& about) {
    if (is_constant(expression)) {
        return;
    }
    const Tokens tokens{expression};
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (tokens.at(i).kind == Token::Kind::string && same_name(tokens.name(i), "now")) {
            throw varies(expression, about, "it uses 'now'");
        }
    }
    std::vector<std::string> names;
    for (const std::string& column : columns) {
        names.push_back(identifier(column));
    }
    Connection connection = scratch();
    connection.run("CREATE TABLE t(" + (names.empty() ? std::string{"a"} : joined(names, ", ")) + ")");
    try {
        connection.run("CREATE INDEX turntable_probe ON t((" + expression + "))");
    } catch (const DatabaseError& error) {
        const std::string message = error.what();
        if (message.find("prohibited") != std::string::npos) {
            throw varies(expression, about, message);
        }
        throw Error{ErrorKind::usage, "bad_expression", about + " (" + expression + "): " + message};
    }
}

bool mentions(const std::string& expression, const std::string& column) {
    const Tokens tokens{expression};
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const Token::Kind kind = tokens.at(i).kind;
        if ((kind == Token::Kind::word || kind == Token::Kind::quoted_name) &&
            same_name(tokens.name(i), column)) {
            return true;
        }
    }
    return false;
}

} // namespace turntable::sqlite
