#include "plan/sql_tokens.hpp"

#include <memory>

#include <fmt/core.h>
#include <pg_query.h>

#include "plan/quoting.hpp"
#include "turntable/error.hpp"

namespace turntable::postgresql {
namespace {

[[noreturn]] void bad_sql(const PgQueryError& error, const std::string& sql, const std::string& about) {
    const std::size_t at = error.cursorpos > 0 ? static_cast<std::size_t>(error.cursorpos - 1) : 0;
    throw Error{ErrorKind::usage, "bad_sql",
                fmt::format("{} is not understood: {} (near \"{}\")", about, error.message,
                            at < sql.size() ? cut(std::string_view{sql}.substr(at), 40) : "")};
}

// The two messages of the scan result: ScanResult{tokens = 2}, ScanToken{start = 1, end = 2, token = 4};
// protobuf's wire format, read directly since nothing else here needs a protobuf library.
class Wire {
  public:
    Wire(const char* data, std::size_t size) : at_(data), end_(data + size) {}
    [[nodiscard]] bool more() const { return at_ != end_; }

    [[nodiscard]] std::uint64_t varint() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            check(at_ != end_, "the parser's answer ends within a number");
            const auto byte = static_cast<unsigned char>(*at_++);
            value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
            if ((byte & 0x80U) == 0) {
                break;
            }
        }
        return value;
    }
    [[nodiscard]] Wire message() {
        const std::uint64_t size = varint();
        check(size <= static_cast<std::uint64_t>(end_ - at_), "the parser's answer ends within a message");
        Wire inner{at_, size};
        at_ += size;
        return inner;
    }
    void skip(std::uint64_t kind) {
        if (kind == 2) {
            (void)message();
        } else {
            check(kind == 0, "the parser's answer holds an unknown field");
            (void)varint();
        }
    }

  private:
    const char* at_;
    const char* end_;
};

Token token_of(Wire message) {
    Token token;
    while (message.more()) {
        const std::uint64_t tag = message.varint();
        switch (tag) {
        case 1U << 3U:
            token.start = message.varint();
            break;
        case 2U << 3U:
            token.end = message.varint();
            break;
        case 4U << 3U:
            token.code = static_cast<int>(message.varint());
            break;
        default:
            message.skip(tag & 7U);
        }
    }
    return token;
}

std::size_t name_bytes(const std::string& token) {
    if (!token.starts_with('"')) {
        return token.size();
    }
    std::size_t bytes = token.size() - 2;
    for (std::size_t at = token.find("\"\"", 1); at != std::string::npos && at + 2 < token.size();
         at = token.find("\"\"", at + 2)) {
        --bytes;
    }
    return bytes;
}

} // namespace

std::vector<Token> tokens_of(const std::string& sql, const std::string& about) {
    const PgQueryScanResult result = pg_query_scan(sql.c_str());
    const std::unique_ptr<const PgQueryScanResult, void (*)(const PgQueryScanResult*)> guard{
        &result, [](const PgQueryScanResult* done) { pg_query_free_scan_result(*done); }};
    if (result.error != nullptr) {
        bad_sql(*result.error, sql, about);
    }
    std::vector<Token> tokens;
    Wire wire{result.pbuf.data, result.pbuf.len};
    while (wire.more()) {
        const std::uint64_t tag = wire.varint();
        if (tag == ((2U << 3U) | 2U)) {
            tokens.push_back(token_of(wire.message()));
        } else {
            wire.skip(tag & 7U);
        }
    }
    return tokens;
}

std::string parse_tree_of(const std::string& sql, const std::string& about) {
    const PgQueryParseResult result = pg_query_parse(sql.c_str());
    const std::unique_ptr<const PgQueryParseResult, void (*)(const PgQueryParseResult*)> guard{
        &result, [](const PgQueryParseResult* done) { pg_query_free_parse_result(*done); }};
    if (result.error != nullptr) {
        bad_sql(*result.error, sql, about);
    }
    return result.parse_tree;
}

std::string without_comments(const std::string& sql, const std::string& about) {
    std::string out = sql;
    for (const Token& token : tokens_of(sql, about)) {
        if (token.code == token_sql_comment || token.code == token_c_comment) {
            out.replace(token.start, token.end - token.start, token.end - token.start, ' ');
        }
    }
    return out;
}

void refuse_long_names(const std::string& sql, const std::vector<Token>& tokens) {
    for (const Token& token : tokens) {
        const std::string name = sql.substr(token.start, token.end - token.start);
        if (token.code == token_identifier && name_bytes(name) > name_bytes_max) {
            throw Error{ErrorKind::usage, "name_too_long",
                        fmt::format("the name {} is longer than {} bytes; the server would cut it", name,
                                    name_bytes_max)};
        }
    }
}

} // namespace turntable::postgresql
