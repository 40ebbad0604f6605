#include "connection.hpp"

#include <charconv>
#include <cmath>
#include <filesystem>

#include "errors.hpp"

namespace turntable::sqlite {
namespace {

struct Finalizer {
    void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
};
using Prepared = std::unique_ptr<sqlite3_stmt, Finalizer>;

Prepared prepare(sqlite3* connection, const std::string& sql) {
    sqlite3_stmt* raw = nullptr;
    const char* tail = nullptr;
    // SQLITE_SCHEMA: the schema changed while the statement was compiled, and again at SQLite's own second
    // try. Nothing has run yet; what its message says of the schema may not be so.
    constexpr int tries_max = 1000;
    int code = SQLITE_SCHEMA;
    for (int tries = 0; code == SQLITE_SCHEMA && tries < tries_max; ++tries) {
        code = sqlite3_prepare_v2(connection, sql.c_str(), static_cast<int>(sql.size() + 1), &raw, &tail);
    }
    if (code != SQLITE_OK) {
        throw last_error(connection, sql);
    }
    Prepared statement{raw};
    check(statement != nullptr, "an empty statement");
    check(std::string_view{tail}.find_first_not_of(" \t\r\n;") == std::string_view::npos,
          "more than one statement");
    return statement;
}

int bind_one(sqlite3_stmt* statement, int index, const Value& value) {
    if (const auto* integer = std::get_if<std::int64_t>(&value)) {
        return sqlite3_bind_int64(statement, index, *integer);
    }
    if (const auto* real = std::get_if<double>(&value)) {
        return sqlite3_bind_double(statement, index, *real);
    }
    if (const auto* text = std::get_if<std::string>(&value)) {
        return sqlite3_bind_text64(statement, index, text->data(), text->size(), SQLITE_STATIC, SQLITE_UTF8);
    }
    if (const auto* blob = std::get_if<Blob>(&value)) {
        // A null pointer would bind NULL, and an empty blob is not NULL.
        const char* const data = blob->bytes.empty() ? "" : blob->bytes.data();
        return sqlite3_bind_blob64(statement, index, data, blob->bytes.size(), SQLITE_STATIC);
    }
    return sqlite3_bind_null(statement, index);
}

Cell read_cell(sqlite3_stmt* statement, int column) {
    switch (sqlite3_column_type(statement, column)) {
    case SQLITE_NULL:
        return std::nullopt;
    case SQLITE_INTEGER:
        return std::to_string(sqlite3_column_int64(statement, column));
    case SQLITE_FLOAT:
        return shortest(sqlite3_column_double(statement, column));
    default: { // TEXT and BLOB: the bytes as they are
        const void* const bytes = sqlite3_column_blob(statement, column);
        const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
        return bytes == nullptr ? std::string{} : std::string{static_cast<const char*>(bytes), size};
    }
    }
}

Cell read_text_cell(sqlite3_stmt* statement, int column) {
    // In a UTF-16 database the text must be asked for as UTF-8 before its bytes are counted.
    if (sqlite3_column_type(statement, column) == SQLITE_TEXT) {
        (void)sqlite3_column_text(statement, column);
    }
    return read_cell(statement, column);
}

} // namespace

std::string shortest(double value) {
    if (std::isinf(value)) {
        return value < 0 ? "-Inf" : "Inf";
    }
    char text[40];
    const auto end = std::to_chars(std::begin(text), std::end(text), value).ptr;
    std::string out{std::begin(text), end};
    if (out.find_first_of(".en") == std::string::npos) {
        out += ".0";
    }
    return out;
}

Connection Connection::open(const std::string& path, int flags) {
    sqlite3* raw = nullptr;
    const int code = sqlite3_open_v2(path.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX, nullptr);
    Connection connection{raw};
    if (code != SQLITE_OK) {
        const std::string message = raw == nullptr ? "out of memory"
                                    : std::filesystem::exists(path)
                                        ? sqlite3_errmsg(raw)
                                        : "there is none, and none is made; `sqlite3 FILE VACUUM` makes one";
        throw DatabaseError{DatabaseErrorKind::connect_failed, std::to_string(code),
                            "cannot open the database file '" + path + "': " + message};
    }
    sqlite3_extended_result_codes(raw, 1);
    return connection;
}

Connection Connection::open_file(const std::string& path) {
    // Some builds of the library take a name that begins so for a URI with options of its own.
    return open(path.starts_with("file:") ? "./" + path : path, SQLITE_OPEN_READWRITE);
}

Connection Connection::open_memory() {
    return open(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY);
}

ResultSet Connection::run(const std::string& sql, const std::vector<Value>& arguments) {
    sqlite3* const connection = handle();
    const Prepared statement = prepare(connection, sql);
    check(static_cast<std::size_t>(sqlite3_bind_parameter_count(statement.get())) == arguments.size(),
          "placeholders and arguments differ in number");
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (bind_one(statement.get(), static_cast<int>(i + 1), arguments[i]) != SQLITE_OK) {
            throw last_error(connection, sql);
        }
    }
    ResultSet result;
    const int width = sqlite3_column_count(statement.get());
    for (int i = 0; i < width; ++i) {
        result.columns.emplace_back(sqlite3_column_name(statement.get(), i));
    }
    const std::int64_t before = sqlite3_total_changes64(connection);
    int code = sqlite3_step(statement.get());
    for (; code == SQLITE_ROW; code = sqlite3_step(statement.get())) {
        std::vector<Cell>& row = result.rows.emplace_back();
        row.reserve(static_cast<std::size_t>(width));
        for (int i = 0; i < width; ++i) {
            row.push_back(read_text_cell(statement.get(), i));
        }
    }
    if (code != SQLITE_DONE) {
        throw last_error(connection, sql);
    }
    // sqlite3_changes() keeps the count of an earlier statement where this one changed nothing.
    result.affected = sqlite3_total_changes64(connection) == before ? 0 : sqlite3_changes64(connection);
    return result;
}

} // namespace turntable::sqlite
