#include "errors.hpp"

#include <array>
#include <utility>

namespace turntable::postgresql {
namespace {

using Kind = DatabaseErrorKind;

// Whole codes first, then classes (their first two characters); appendix A of the PostgreSQL manual.
constexpr std::array<std::pair<std::string_view, Kind>, 25> kinds{{
    {"40P01", Kind::transient},       // deadlock_detected
    {"55P03", Kind::lock_timeout},    // lock_not_available: lock_timeout and NOWAIT
    {"57014", Kind::cancelled},       // query_canceled, also statement_timeout
    {"57P01", Kind::lost_connection}, // admin_shutdown
    {"57P02", Kind::lost_connection}, // crash_shutdown
    {"57P03", Kind::connect_failed},  // cannot_connect_now
    {"57P05", Kind::lost_connection}, // idle_session_timeout
    {"25P03", Kind::lost_connection}, // idle_in_transaction_session_timeout
    {"25P04", Kind::lost_connection}, // transaction_timeout
    {"53300", Kind::connect_failed},  // too_many_connections
    {"53100", Kind::disk_full},        {"23505", Kind::unique_violation},
    {"23P01", Kind::unique_violation}, // exclusion_violation: likewise a clash of two rows
    {"42501", Kind::privilege},        {"25006", Kind::read_only},
    {"42P01", Kind::no_such_object},                            // table
    {"42703", Kind::no_such_object},                            // column
    {"42704", Kind::no_such_object},                            // type, constraint, …
    {"42883", Kind::no_such_object},                            // function
    {"3F000", Kind::no_such_object},                            // schema
    {"28", Kind::connect_failed},                               // invalid authorization
    {"08", Kind::lost_connection},     {"40", Kind::transient}, // serialization failure and the like
    {"22", Kind::bad_value},                                    // data exception
    {"23", Kind::bad_value},                                    // NOT NULL, CHECK, foreign key
}};

} // namespace

DatabaseErrorKind kind_of(std::string_view sqlstate) {
    for (const auto& [code, kind] : kinds) {
        if (sqlstate.starts_with(code)) {
            return kind;
        }
    }
    return Kind::permanent;
}

} // namespace turntable::postgresql
