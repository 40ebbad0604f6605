#include "migrate/sql/split.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/core.h>

#include "migrate/sql/compound.hpp"
#include "migrate/sql/lexer.hpp"

namespace turntable::migrate {
namespace {

using Kind = SqlToken::Kind;

constexpr std::string_view statement_begin = "-- turntable:statement-begin";
constexpr std::string_view statement_end = "-- turntable:statement-end";

// What the mysql client does itself. No statement begins with one of these words.
constexpr std::array mysql_commands{"source",
                                    "system",
                                    "tee",
                                    "notee",
                                    "pager",
                                    "nopager",
                                    "prompt",
                                    "rehash",
                                    "connect",
                                    "charset",
                                    "warnings",
                                    "nowarning",
                                    "go",
                                    "ego",
                                    "edit",
                                    "exit",
                                    "quit",
                                    "status",
                                    "clear",
                                    "resetconnection",
                                    "query_attributes",
                                    "ssl_session_data_print"};

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blank = " \t\r\n\f\v";
    const std::size_t first = text.find_first_not_of(blank);
    return first == std::string_view::npos ? std::string_view{}
                                           : text.substr(first, text.find_last_not_of(blank) - first + 1);
}

class Splitter {
  public:
    Splitter(std::string_view text, SqlFlavor flavor, int first_line)
        : text_(text), flavor_(flavor), lexer_(text, flavor, first_line), tracker_(flavor) {}

    std::vector<SqlPiece> split() {
        for (SqlToken token = lexer_.next(); token.kind != Kind::end; token = lexer_.next()) {
            if (token.kind == Kind::comment) {
                read_comment(token);
            } else if (!read_command(token)) {
                read(token);
            }
        }
        finish_text();
        return std::move(pieces_);
    }

  private:
    struct Content {
        SqlToken first, last;
    };

    [[nodiscard]] bool custom_delimiter() const { return lexer_.delimiter() != ";"; }

    void read_comment(const SqlToken& token) {
        if (token.text.starts_with(statement_end)) {
            throw bad_sql(token.line, fmt::format("'{}' without a begin", statement_end));
        }
        if (!token.text.starts_with(statement_begin)) {
            return;
        }
        if (content_) {
            throw bad_sql(content_->first.line,
                          "the statement that begins here has no end before the next one");
        }
        const std::string_view raw = lexer_.take_until_comment(statement_end);
        const std::string_view text = trimmed(raw);
        const auto blank = static_cast<std::size_t>(text.data() - raw.data());
        if (!text.empty()) {
            const auto breaks =
                std::count(raw.begin(), raw.begin() + static_cast<std::ptrdiff_t>(blank), '\n');
            pieces_.push_back({std::string{text}, token.line + static_cast<int>(breaks)});
        }
    }

    // DELIMITER, and commands of client programs, which are refused.
    bool read_command(const SqlToken& token) {
        if (token.is_symbol('\\')) {
            const std::string_view line = lexer_.take_line();
            throw client_command(token.line, "\\" + std::string{line.substr(0, line.find_first_of(" \t;"))});
        }
        if (is_mysql_family(flavor_)) {
            return read_mysql_command(token);
        }
        if (flavor_ == SqlFlavor::sqlite && !content_ && token.is_symbol('.')) {
            const std::string_view line = lexer_.take_line();
            throw client_command(token.line, "." + std::string{line.substr(0, line.find_first_of(" \t;"))});
        }
        return false;
    }

    bool read_mysql_command(const SqlToken& token) {
        if (token.is("delimiter")) {
            if (!content_) {
                read_delimiter(token.line);
                return true;
            }
            SqlLexer ahead = lexer_;
            const std::string_view rest = trimmed(ahead.take_line());
            if (token.line > content_->last.line && !rest.empty() &&
                rest.find_first_not_of(";/$|&!~^%#") == std::string_view::npos) {
                throw bad_sql(content_->first.line,
                              "the statement that begins here has no end before DELIMITER");
            }
        }
        if (!content_ && std::any_of(mysql_commands.begin(), mysql_commands.end(),
                                     [&](const char* command) { return token.is(command); })) {
            throw client_command(token.line, std::string{token.text});
        }
        return false;
    }

    [[nodiscard]] Error client_command(int line, const std::string& command) const {
        const std::string_view client = flavor_ == SqlFlavor::postgresql ? "psql"
                                        : flavor_ == SqlFlavor::sqlite   ? "the sqlite3 shell"
                                                                         : "the mysql client";
        return bad_sql(line, fmt::format("{} is a command of {}, no SQL", command, client));
    }

    void read_delimiter(int line) {
        const std::string_view words = trimmed(lexer_.take_line());
        if (words.empty() || words.find_first_of(" \t\\'\"`()") != std::string_view::npos ||
            words.starts_with("--") || words.starts_with("#") || words.starts_with("/*")) {
            throw bad_sql(line, fmt::format("DELIMITER '{}': one word without quotes, backslashes and "
                                            "parentheses, that begins no comment, is expected",
                                            words));
        }
        lexer_.set_delimiter(std::string{words});
    }

    void read(const SqlToken& token) {
        if (token.kind == Kind::delimiter && ends_statement(token)) {
            finish();
            return;
        }
        if (custom_delimiter() && token.is_symbol(';') && !tracker_.has_body() &&
            !lexer_.in_executable_comment() && parentheses_.empty()) {
            finish();
            return;
        }
        refuse_copy(token);
        read_parenthesis(token);
        if (token.kind != Kind::open_comment && token.kind != Kind::close_comment) {
            tracker_.feed(token, lexer_);
        }
        content_ = Content{content_ ? content_->first : token, token};
    }

    [[nodiscard]] bool ends_statement(const SqlToken& token) const {
        if (!custom_delimiter() && tracker_.inside()) {
            return false;
        }
        if (!parentheses_.empty()) {
            if (flavor_ == SqlFlavor::postgresql) { // CREATE RULE … DO (a; b)
                return false;
            }
            throw bad_sql(parentheses_.back(), "the parenthesis that opens here has no end");
        }
        if (lexer_.in_executable_comment()) {
            throw bad_sql(token.line, "a statement ends inside an executable comment");
        }
        return true;
    }

    // Its rows follow in the client's stream.
    void refuse_copy(const SqlToken& token) const {
        if (flavor_ == SqlFlavor::postgresql && content_ && content_->first.is("copy") &&
            content_->last.is("from") && token.is("stdin")) {
            throw bad_sql(token.line, "COPY … FROM STDIN takes its rows from a client, no SQL");
        }
    }

    void read_parenthesis(const SqlToken& token) {
        if (token.is_symbol('(')) {
            parentheses_.push_back(token.line);
        } else if (token.is_symbol(')')) {
            if (parentheses_.empty()) {
                throw bad_sql(token.line, "a parenthesis closes here that was never opened");
            }
            parentheses_.pop_back();
        }
    }

    void finish() {
        if (content_) {
            const std::size_t begin = content_->first.begin;
            std::string_view text = text_.substr(begin, content_->last.end - begin);
            if (content_->last.is_symbol(';')) { // before a delimiter of the user's own
                text = trimmed(text.substr(0, text.size() - 1));
            }
            if (!text.empty()) {
                pieces_.push_back({std::string{text}, content_->first.line});
            }
        }
        content_.reset();
        tracker_ = CompoundTracker{flavor_};
    }

    void finish_text() {
        if (!parentheses_.empty()) {
            throw bad_sql(parentheses_.back(), "the parenthesis that opens here has no end");
        }
        if (!custom_delimiter() && tracker_.inside()) {
            throw bad_sql(tracker_.open_line(), "the body or block that begins here has no end");
        }
        finish();
    }

    std::string_view text_;
    SqlFlavor flavor_;
    SqlLexer lexer_;
    CompoundTracker tracker_;
    std::optional<Content> content_; // of the statement being read
    std::vector<int> parentheses_;   // lines of those that are open
    std::vector<SqlPiece> pieces_;
};

} // namespace

std::vector<SqlPiece> split_sql(std::string_view text, SqlFlavor flavor, int first_line) {
    return Splitter{text, flavor, first_line}.split();
}

} // namespace turntable::migrate
