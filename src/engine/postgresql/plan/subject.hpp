#pragma once
// The table that is to be changed, found as the user's own session would find it, and what the server and our
// role are.

#include <string>

#include "plan/read_table.hpp"
#include "turntable/change.hpp"
#include "turntable/session.hpp"

namespace turntable::postgresql {

struct Subject {
    Oid oid = 0;
    std::string schema, name, owner; // unquoted
    std::string user_path;           // search_path of a session of this role without our pinning
    int server_version = 0;
    Oid database_oid = 0;
    std::string role;
    bool superuser = false, owns = false, bypasses_row_security = false;
    bool may_create_schema = false; // in this database
    bool our_schema_exists = false, may_create_in_our_schema = false;
    bool may_create_in_its_schema = false;
    [[nodiscard]] std::string sql() const;
};

// Throws Error{usage, "unknown_table"}.
[[nodiscard]] Subject find_subject(Session& session, const TableName& table);

} // namespace turntable::postgresql
