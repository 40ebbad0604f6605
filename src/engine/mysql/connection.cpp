#include "connection.hpp"

#include <cppconn/connection.h>
#include <cppconn/exception.h>
#include <cppconn/resultset.h>
#include <cppconn/resultset_metadata.h>
#include <cppconn/statement.h>
#include <mysql_driver.h>

#include <fstream>
#include <utility>

#include "options.hpp"
#include "turntable/error.hpp"

namespace turntable::mysql {
namespace {

NativeError native(const sql::SQLException& error) {
    // The connector declares getSQLState() on a copy's std::string; message() is what().
    return {error.getErrorCode(), error.getSQLState(), error.what()};
}

// The library says "No such file or directory", and not of which file.
void check_files(const ConnectionOptions& wanted) {
    for (const auto& [option, path] : {std::pair{"ssl_ca", &wanted.ssl_ca},
                                       {"ssl_cert", &wanted.ssl_cert},
                                       {"ssl_key", &wanted.ssl_key}}) {
        if (!path->empty() && !std::ifstream{*path}) {
            throw Error{ErrorKind::connection, "unreadable_file",
                        std::string{"the file of "} + option + ", '" + *path + "', cannot be read"};
        }
    }
}

sql::ConnectOptionsMap connect_options(const Url& url) {
    const ConnectionOptions wanted = connection_options(url);
    check_files(wanted);
    sql::ConnectOptionsMap map;
    map["hostName"] =
        sql::SQLString{wanted.socket.empty() ? "tcp://" + wanted.host : "unix://" + wanted.socket};
    if (wanted.socket.empty()) {
        map["port"] = wanted.port;
    }
    map["userName"] = sql::SQLString{wanted.user};
    map["password"] = sql::SQLString{wanted.password};
    map["schema"] = sql::SQLString{wanted.database};
    map["OPT_CONNECT_TIMEOUT"] = wanted.connect_timeout_s;
    map["OPT_CHARSET_NAME"] = sql::SQLString{"utf8mb4"};
    if (wanted.tls != Tls::off) {
        map["sslEnforce"] = true;
    }
    if (wanted.tls == Tls::verified) {
        map["sslVerify"] = true;
    }
    if (!wanted.ssl_ca.empty()) {
        map["sslCA"] = sql::SQLString{wanted.ssl_ca};
    }
    if (!wanted.ssl_cert.empty()) {
        map["sslCert"] = sql::SQLString{wanted.ssl_cert};
        map["sslKey"] = sql::SQLString{wanted.ssl_key};
    }
    return map;
}

void read_rows(sql::ResultSet& from, ResultSet& into) {
    sql::ResultSetMetaData* const meta = from.getMetaData();
    const unsigned width = meta->getColumnCount();
    for (unsigned i = 1; i <= width; ++i) {
        into.columns.emplace_back(meta->getColumnLabel(i).asStdString());
    }
    while (from.next()) {
        std::vector<Cell>& row = into.rows.emplace_back();
        row.reserve(width);
        for (unsigned i = 1; i <= width; ++i) {
            const sql::SQLString text = from.getString(i);
            row.push_back(from.wasNull() ? Cell{} : Cell{text.asStdString()});
        }
    }
}

} // namespace

struct Connection::Library {
    std::unique_ptr<sql::Connection> connection;
    std::unique_ptr<sql::Statement> statement;
};

Connection::Connection(const Url& url) : library_(std::make_unique<Library>()) {
    try {
        sql::ConnectOptionsMap map = connect_options(url);
        library_->connection.reset(sql::mysql::get_driver_instance()->connect(map));
        library_->statement.reset(library_->connection->createStatement());
    } catch (const sql::SQLException& error) {
        throw native(error);
    }
}

Connection::~Connection() {
    try {
        library_.reset();
    } catch (const sql::SQLException&) { // closing a connection that is gone already
        library_ = nullptr;
    }
}

ResultSet Connection::execute(const std::string& sql) {
    try {
        ResultSet result;
        bool has_rows = library_->statement->execute(sql);
        while (true) {
            if (has_rows) {
                const std::unique_ptr<sql::ResultSet> rows{library_->statement->getResultSet()};
                read_rows(*rows, result);
            } else if (const auto count = library_->statement->getUpdateCount();
                       count != static_cast<std::uint64_t>(-1)) {
                result.affected = static_cast<std::int64_t>(count);
            }
            if (!library_->statement->getMoreResults()) {
                return result;
            }
            has_rows = true;
        }
    } catch (const sql::SQLException& error) {
        throw native(error);
    }
}

} // namespace turntable::mysql
