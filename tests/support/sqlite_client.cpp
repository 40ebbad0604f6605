#include <array>
#include <charconv>
#include <string>

#include <sqlite3.h>

#include "support/client.hpp"

namespace turntable::test {
namespace {

// An application waits this long for the one write lock before it gives up; that would be an error of the
// tool.
constexpr int busy_timeout_ms = 20'000;

std::string hex(const std::string& bytes) {
    static constexpr std::array<char, 17> digits{"0123456789abcdef"};
    std::string text;
    for (const char byte : bytes) {
        const auto value = static_cast<unsigned char>(byte);
        text += digits[value >> 4U];
        text += digits[value & 15U];
    }
    return text;
}

// The shortest decimal that reads back; SQLite's own text keeps 15 digits only.
std::string shortest(double value) {
    std::array<char, 64> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
    return {buffer.data(), end};
}

class SqliteClient : public Client {
  public:
    explicit SqliteClient(const std::string& path) {
        const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI;
        const int result = sqlite3_open_v2(path.c_str(), &db_, flags, nullptr);
        if (result != SQLITE_OK) {
            const std::string message = sqlite3_errmsg(db_);
            sqlite3_close(db_);
            throw ClientError{std::to_string(result), message};
        }
        sqlite3_extended_result_codes(db_, 1);
        sqlite3_busy_timeout(db_, busy_timeout_ms);
        query("PRAGMA foreign_keys = ON");
    }
    ~SqliteClient() override { sqlite3_close(db_); }
    SqliteClient(const SqliteClient&) = delete;
    SqliteClient& operator=(const SqliteClient&) = delete;

    Answer query(const std::string& sql) override { return run(sql, &SqliteClient::plain); }
    Answer images(const std::string& sql) override { return run(sql, &SqliteClient::typed); }

  private:
    using Read = Image (*)(sqlite3_stmt*, int);

    Answer run(const std::string& sql, Read read) {
        sqlite3_stmt* raw = nullptr;
        check(sqlite3_prepare_v2(db_, sql.c_str(), static_cast<int>(sql.size()), &raw, nullptr), sql);
        const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement{raw, &sqlite3_finalize};
        Answer answer;
        // The first step notices a changed schema and prepares anew; only then are the columns the present
        // ones.
        int result = sqlite3_step(raw);
        const int count = sqlite3_column_count(raw);
        for (int i = 0; i < count; ++i) {
            answer.columns.emplace_back(sqlite3_column_name(raw, i));
        }
        for (; result == SQLITE_ROW; result = sqlite3_step(raw)) {
            std::vector<Image>& row = answer.rows.emplace_back();
            for (int i = 0; i < count; ++i) {
                row.push_back(read(raw, i));
            }
        }
        if (result != SQLITE_DONE) {
            check(sqlite3_extended_errcode(db_), sql);
        }
        answer.affected = sqlite3_changes(db_);
        return answer;
    }

    static Image plain(sqlite3_stmt* row, int column) {
        switch (sqlite3_column_type(row, column)) {
        case SQLITE_NULL:
            return std::nullopt;
        case SQLITE_FLOAT:
            return shortest(sqlite3_column_double(row, column));
        default:
            break;
        }
        const void* const data = sqlite3_column_blob(row, column);
        const auto size = static_cast<std::size_t>(sqlite3_column_bytes(row, column));
        return data == nullptr ? std::string{} : std::string{static_cast<const char*>(data), size};
    }

    static Image typed(sqlite3_stmt* row, int column) {
        const int type = sqlite3_column_type(row, column);
        const Image value = plain(row, column);
        switch (type) {
        case SQLITE_INTEGER:
            return "i:" + *value;
        case SQLITE_FLOAT:
            return "r:" + *value;
        case SQLITE_TEXT:
            return "t:" + *value;
        case SQLITE_BLOB:
            return "b:" + hex(*value);
        default:
            return std::nullopt;
        }
    }

    void check(int result, const std::string& sql) {
        if (result != SQLITE_OK) {
            throw ClientError{std::to_string(result), std::string{sqlite3_errmsg(db_)} + "\n  in: " + sql};
        }
    }

    sqlite3* db_ = nullptr;
};

} // namespace

std::unique_ptr<Client> connect_sqlite(const std::string& path) {
    return std::make_unique<SqliteClient>(path);
}

} // namespace turntable::test
