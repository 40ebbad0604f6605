// What makes a server unusable for any change, found before anything is touched.
#include "parts.hpp"

namespace turntable::postgresql {

// A transaction pooler is found when a session is opened (pqxx_session.cpp): no setting may leak through it.
void check_server(Session& session) {
    const ResultSet found = session.run("SELECT pg_catalog.current_setting('server_version_num')::int < "
                                        "120000, pg_catalog.pg_is_in_recovery(),"
                                        " pg_catalog.current_setting('server_version')");
    const std::vector<Cell>& row = found.rows.at(0);
    if (row[0] == "t") {
        throw Error{ErrorKind::refused, "server_too_old",
                    "the server is PostgreSQL " + row[2].value_or("") + "; 12 or newer is needed"};
    }
    if (row[1] == "t") {
        throw Error{ErrorKind::refused, "read_only_server", "the server is a standby and takes no writes"}
            .next("connect to the primary");
    }
}

} // namespace turntable::postgresql
