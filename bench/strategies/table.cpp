#include "table.hpp"

namespace turntable::bench {

std::unique_ptr<Table> make_table(std::string_view engine) {
    if (engine == "postgresql") {
        return make_postgresql_table();
    }
    if (engine == "sqlite") {
        return make_sqlite_table();
    }
    if (engine == "mysql" || engine == "mariadb") {
        return make_mysql_table();
    }
    throw Error{ErrorKind::usage, "unknown_engine",
                "there is no bench for the engine " + std::string{engine}};
}

void run_all(Session& session, const std::vector<std::string>& statements) {
    for (const std::string& statement : statements) {
        session.run(statement);
    }
}

} // namespace turntable::bench
