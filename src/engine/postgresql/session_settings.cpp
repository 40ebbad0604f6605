#include "session_settings.hpp"

#include <string_view>

namespace turntable::postgresql {
namespace {

// Values: text of a float is its shortest decimal, dates are unambiguous, strings escape one way only.
constexpr std::string_view values = R"(
SET client_encoding = 'UTF8';
SET extra_float_digits = 1;
SET DateStyle = 'ISO, YMD';
SET IntervalStyle = 'postgres';
SET TimeZone = 'UTC';
SET bytea_output = 'hex';
SET xmloption = 'content';
SET standard_conforming_strings = on;
SET array_nulls = on;
SET transform_null_equals = off;
SET quote_all_identifiers = off;
SET search_path = pg_catalog, pg_temp;
SET row_security = off;
SET check_function_bodies = on;
SET default_table_access_method = 'heap';
SET default_tablespace = '';
SET default_transaction_isolation = 'read committed';
SET default_transaction_deferrable = off;
SET client_min_messages = error;
)";

// Time: nothing ends a session or a statement but ourselves; a forgotten lock wait ends in seconds, not
// never.
constexpr std::string_view times = R"(
SET statement_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET lock_timeout = '10s';
)";

// Plans: chunks are range scans and merge joins whatever a role prefers, and compiling them costs more than
// it gains.
constexpr std::string_view plans = R"(
SET jit = off;
SET enable_tidscan = on;
SET enable_indexscan = on;
SET enable_indexonlyscan = on;
SET enable_nestloop = on;
SET enable_mergejoin = on;
SET enable_hashjoin = on;
SET synchronize_seqscans = on;
SET max_parallel_workers_per_gather = 0;
)";

// With `replica` foreign keys and user triggers would stay silent; only a superuser may set it, and only he
// has it.
constexpr std::string_view origin_role = R"(
SELECT pg_catalog.set_config('session_replication_role', 'origin', false)
 WHERE pg_catalog.current_setting('session_replication_role') <> 'origin';
)";

std::string_view commits(SessionUse use) {
    switch (use) {
    case SessionUse::plain:
    case SessionUse::control:
        // A server that replicates synchronously keeps its own, stronger setting.
        return "SELECT pg_catalog.set_config('synchronous_commit', 'on', false)\n"
               " WHERE pg_catalog.current_setting('synchronous_commit') = 'off';\n"
               "SET default_transaction_read_only = off;\n";
    case SessionUse::copy:
        return "SET synchronous_commit = off;\nSET default_transaction_read_only = off;\n";
    case SessionUse::read:
        return "SET default_transaction_read_only = on;\n";
    }
    return {};
}

} // namespace

std::string pinning_sql(SessionUse use, int server_version) {
    std::string sql{values};
    sql += times;
    sql += plans;
    if (server_version >= 140000) {
        sql += "SET idle_session_timeout = 0;\n";
    }
    if (server_version >= 170000) {
        sql += "SET transaction_timeout = 0;\n";
    }
    sql += origin_role;
    sql += commits(use);
    return sql;
}

} // namespace turntable::postgresql
