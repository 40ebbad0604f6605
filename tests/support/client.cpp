#include "support/client.hpp"

namespace turntable::test {

std::string to_string(Flavor flavor) {
    switch (flavor) {
    case Flavor::sqlite:
        return "sqlite";
    case Flavor::postgres:
        return "postgresql";
    case Flavor::mariadb:
        return "mariadb";
    case Flavor::mysql:
        return "mysql";
    }
    return {};
}

std::string Client::cell(const std::string& sql) {
    const Answer answer = query(sql);
    if (answer.rows.size() != 1 || answer.rows[0].empty() || !answer.rows[0][0]) {
        throw ClientError{"cell",
                          "not one value but " + std::to_string(answer.rows.size()) + " rows: " + sql};
    }
    return *answer.rows[0][0];
}

std::int64_t Client::number(const std::string& sql) {
    return std::stoll(cell(sql));
}

std::unique_ptr<Client> connect(Flavor flavor, const std::string& url) {
    switch (flavor) {
    case Flavor::sqlite:
        return connect_sqlite(url.substr(url.find(':') + 1));
    case Flavor::postgres:
        return connect_postgres(url);
    case Flavor::mariadb:
    case Flavor::mysql:
        return connect_mysql(url);
    }
    return nullptr;
}

} // namespace turntable::test
