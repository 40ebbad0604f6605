#include "scratch.hpp"

#include <fmt/format.h>

#include "check_names.hpp"
#include "create_text.hpp"
#include "errors.hpp"
#include "quote.hpp"

namespace turntable::mysql {
namespace {

// Not supported for this operation, in several wordings; and a locking level that it would need.
bool refuses_algorithm(const DatabaseError& error) {
    return error.native() == "1845" || error.native() == "1846" || error.native() == "1221" ||
           error.native() == "4092";
}

} // namespace

Scratch::Scratch(Session& session, const Table& source, std::string name)
    : session_(session),
      source_(source),
      name_(std::move(name)),
      lock_(("turntable-plan:" + source.schema + "." + source.name).substr(0, 60)) {
    if (session_.run("SELECT GET_LOCK(?, 5)", {lock_}).only() != "1") {
        throw Error{ErrorKind::busy, "planning",
                    "another turntable is planning a change of '" + source.name + "'"};
    }
    refuse_rows(name_);
    refuse_rows(parent_name());
}

// Left by a planning that was killed, if it is empty; nobody plans this table now.
void Scratch::refuse_rows(const std::string& table) {
    if (!table_exists(session_, source_.schema, table)) {
        return;
    }
    if (!session_.run("SELECT 1 FROM " + quote_name(table) + " LIMIT 1").rows.empty()) {
        throw Error{ErrorKind::refused, "foreign_object",
                    "a table '" + table + "' exists already and is not empty"};
    }
    has_parent_ = has_parent_ || table == parent_name();
}

Scratch::~Scratch() {
    drop();
}

void Scratch::drop() noexcept {
    try {
        session_.run("DROP TABLE IF EXISTS " + quote_name(name_));
        if (has_parent_) {
            session_.run("DROP TABLE IF EXISTS " + quote_name(parent_name()));
        }
        session_.run("DO RELEASE_LOCK(?)", {lock_});
    } catch (...) { // the connection is gone: the next planning removes the empty clone
        return;
    }
}

void Scratch::renew() {
    session_.run("DROP TABLE IF EXISTS " + quote_name(name_));
    session_.run(fmt::format("CREATE TABLE {} LIKE {}", quote_name(name_), quote_name(source_.name)));
    const std::string clone = create_text(session_, source_.schema, name_);
    checks_ = check_names(source_.create_text, clone);
    const std::string now = normalised(clone, source_.name),
                      then = normalised(source_.create_text, source_.name);
    lost_ = now == then ? "" : "the clone is\n" + now + "and the table is\n" + then;
}

void Scratch::renew_parent(const std::string& schema, const std::string& table) {
    has_parent_ = true;
    session_.run("DROP TABLE IF EXISTS " + quote_name(parent_name()));
    session_.run(fmt::format("CREATE TABLE {} LIKE {}.{}", quote_name(parent_name()), quote_name(schema),
                             quote_name(table)));
}

Error Scratch::refused_by_server(const std::string& clauses, const DatabaseError& error) const {
    std::string reason = error.what();
    std::string check_in_the_way;
    for (const auto& [of_source, of_clone] : checks_) {
        if (const auto at = reason.find("'" + of_clone + "'"); at != std::string::npos) {
            reason.replace(at + 1, of_clone.size(), of_source);
            check_in_the_way = of_source;
        }
    }
    Error refused{ErrorKind::usage, error.native() == "1054" ? "unknown_column" : "alter_refused",
                  "the server refuses \"" + clauses + "\" on an empty table of the same shape: " + reason};
    // 3959: a CHECK is over a column that goes or gets another name
    if (error.native() == "3959" && !check_in_the_way.empty()) {
        refused.next("take it out in the same change, with --alter 'DROP CHECK " + check_in_the_way +
                     "', and add one that speaks of the new column");
    }
    return refused;
}

bool Scratch::try_alter(const std::string& clauses, const std::string& suffix) {
    try {
        session_.run(fmt::format("ALTER TABLE {} {}{}", quote_name(name_), with_check_names(clauses, checks_),
                                 suffix));
        return true;
    } catch (const DatabaseError& error) {
        if (refuses_algorithm(error)) {
            return false;
        }
        if (is_connection_loss(std::stoi(error.native())) || error.kind() == DatabaseErrorKind::privilege) {
            throw;
        }
        throw refused_by_server(clauses, error);
    }
}

void Scratch::alter(const std::string& clauses) {
    check(try_alter(clauses, ""), "an ALTER without an algorithm refused for its algorithm");
}

void Scratch::rehearse_trigger() {
    const std::string trigger = quote_name(name_ + "_del");
    try {
        session_.run(fmt::format("CREATE TRIGGER {} AFTER DELETE ON {} FOR EACH ROW BEGIN END", trigger,
                                 quote_name(name_)));
    } catch (const DatabaseError& error) {
        if (error.native() == error_binlog_create_routine_needs_super) {
            throw Error{ErrorKind::connection, "log_bin_trust_function_creators",
                        std::string{"with the binary log on, this account may not create triggers: "} +
                            error.what()}
                .next("SET GLOBAL log_bin_trust_function_creators = 1, or give the account SUPER");
        }
        if (error.kind() == DatabaseErrorKind::privilege) {
            throw Error{ErrorKind::connection, "trigger_privilege",
                        std::string{"this account may not create triggers: "} + error.what()}
                .next("GRANT TRIGGER ON " + source_.schema + ".* TO this account");
        }
        throw;
    }
    session_.run("DROP TRIGGER " + trigger);
}

Table Scratch::read() const {
    return read_table(session_, source_.schema, name_);
}

} // namespace turntable::mysql
