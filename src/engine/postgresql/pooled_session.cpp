#include "pooled_session.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "turntable/error.hpp"

namespace turntable::postgresql {
namespace {

// Lower case, without comments at its beginning, blanks made one.
std::string beginning_of(const std::string& sql) {
    std::size_t at = 0;
    while (at < sql.size()) {
        if (std::isspace(static_cast<unsigned char>(sql[at])) != 0) {
            ++at;
        } else if (sql.compare(at, 2, "--") == 0) {
            at = std::min(sql.find('\n', at), sql.size());
        } else if (sql.compare(at, 2, "/*") == 0) {
            at = std::min(sql.find("*/", at), sql.size() - 2) + 2;
        } else {
            break;
        }
    }
    std::string out;
    for (const char c : sql.substr(at)) {
        const bool blank = std::isspace(static_cast<unsigned char>(c)) != 0;
        if (!blank) {
            out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        } else if (!out.empty() && out.back() != ' ') {
            out += ' ';
        }
    }
    return out;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
}

} // namespace

std::string local_settings(std::string pins) {
    pins.insert(0, "\n");
    replace_all(pins, "\nSET ", "\nSET LOCAL ");
    replace_all(pins, ", false)", ", true)");
    return pins;
}

std::string session_state_of(const std::string& sql) {
    const std::string text = beginning_of(sql);
    constexpr std::array harmless{"set local ", "set transaction ", "set constraints "};
    const auto begins = [&text](const char* word) { return text.starts_with(word); };
    if (begins("set ") && std::ranges::none_of(harmless, begins)) {
        return "SET without LOCAL";
    }
    constexpr std::array words{
        "reset ",          "prepare ", "deallocate ", "listen ",           "unlisten ",
        "load ",           "discard ", "create temp", "create local temp", "create global temp",
        "select into temp"};
    if (const auto* const found = std::ranges::find_if(words, begins); found != words.end()) {
        return std::string{*found};
    }
    for (const char* const lock : {"pg_advisory_lock", "pg_try_advisory_lock", "with hold"}) {
        if (text.find(lock) != std::string::npos) {
            return lock;
        }
    }
    return {};
}

PooledSession::PooledSession(std::unique_ptr<Session> inner, const std::string& pins)
    : inner_(std::move(inner)), pins_(local_settings(pins)) {}

bool PooledSession::keep_setting(const std::string& sql) {
    const std::string text = beginning_of(sql);
    const bool reset = text.starts_with("reset ");
    if (!reset && (!text.starts_with("set ") || text.starts_with("set local "))) {
        return false;
    }
    const std::size_t from = reset ? 6 : 4;
    const std::string name = text.substr(from, text.find_first_of(" =", from) - from);
    std::erase_if(settings_, [&name](const auto& known) { return known.first == name; });
    settings_.emplace_back(name, reset ? "SET LOCAL " + name + " TO DEFAULT"
                                       : "SET LOCAL " + sql.substr(sql.find_first_of("Ss") + 4));
    return true;
}

ResultSet PooledSession::run(const Statement& statement) {
    if (!in_transaction_ && keep_setting(statement.sql)) {
        return {};
    }
    if (const std::string state = session_state_of(statement.sql); !state.empty()) {
        throw Error{ErrorKind::refused, "session_state",
                    "a statement would leave something in a session (" + state +
                        "), and the connection goes through a pooler in transaction mode: " + statement.sql}
            .next("connect to PostgreSQL itself, or leave it out");
    }
    if (in_transaction_) {
        return inner_->run(statement);
    }
    Transaction transaction{*this, TxMode::write};
    ResultSet result = inner_->run(statement);
    transaction.commit();
    return result;
}

void PooledSession::begin(TxMode mode) {
    inner_->begin(mode);
    in_transaction_ = true;
    std::string sql = pins_;
    for (const auto& [name, setting] : settings_) {
        sql += setting + ";\n";
    }
    try {
        inner_->run(sql);
    } catch (...) {
        rollback();
        throw;
    }
}

void PooledSession::commit() {
    in_transaction_ = false;
    inner_->commit();
}

void PooledSession::rollback() noexcept {
    in_transaction_ = false;
    inner_->rollback();
}

} // namespace turntable::postgresql
