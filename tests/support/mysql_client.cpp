#include <string>

#include <cppconn/driver.h>
#include <cppconn/exception.h>
#include <cppconn/resultset.h>
#include <cppconn/resultset_metadata.h>
#include <cppconn/statement.h>
#include <mysql_connection.h>
#include <mysql_driver.h>

#include "support/client.hpp"
#include "turntable/url.hpp"

namespace turntable::test {
namespace {

[[noreturn]] void fail(const sql::SQLException& error, const std::string& where) {
    throw ClientError{std::to_string(error.getErrorCode()), std::string{error.what()} + "\n  in: " + where};
}

sql::ConnectOptionsMap options_of(const Url& url) {
    sql::ConnectOptionsMap options;
    const auto socket = url.options.find("socket");
    if (socket != url.options.end()) {
        options["hostName"] = sql::SQLString{"unix://" + socket->second};
    } else {
        options["hostName"] =
            sql::SQLString{"tcp://" + url.host + ":" + std::to_string(url.port == 0 ? 3306 : url.port)};
    }
    options["userName"] = sql::SQLString{url.user};
    options["password"] = sql::SQLString{url.password.value_or("")};
    if (!url.database.empty()) {
        options["schema"] = sql::SQLString{url.database};
    }
    options["OPT_CHARSET_NAME"] = sql::SQLString{"utf8mb4"};
    return options;
}

class MysqlClient : public Client {
  public:
    explicit MysqlClient(const std::string& text) {
        try {
            const Url url = Url::parse(text);
            sql::ConnectOptionsMap options = options_of(url);
            connection_.reset(sql::mysql::get_driver_instance()->connect(options));
        } catch (const sql::SQLException& error) {
            fail(error, "connect");
        }
        query("SET NAMES utf8mb4");
        query("SET time_zone = '+00:00'");
    }

    Answer query(const std::string& sql) override {
        try {
            const std::unique_ptr<sql::Statement> statement{connection_->createStatement()};
            Answer answer;
            if (statement->execute(sql)) {
                const std::unique_ptr<sql::ResultSet> result{statement->getResultSet()};
                read(*result, answer);
            } else {
                answer.affected = static_cast<std::int64_t>(statement->getUpdateCount());
            }
            return answer;
        } catch (const sql::SQLException& error) {
            fail(error, sql);
        }
    }

  private:
    static void read(sql::ResultSet& result, Answer& answer) {
        const unsigned columns = result.getMetaData()->getColumnCount();
        for (unsigned c = 1; c <= columns; ++c) {
            answer.columns.emplace_back(result.getMetaData()->getColumnLabel(c).asStdString());
        }
        while (result.next()) {
            std::vector<Image>& row = answer.rows.emplace_back();
            for (unsigned c = 1; c <= columns; ++c) {
                const std::string value = result.getString(c).asStdString();
                row.push_back(result.wasNull() ? Image{} : Image{value});
            }
        }
    }

    std::unique_ptr<sql::Connection> connection_;
};

} // namespace

std::unique_ptr<Client> connect_mysql(const std::string& url) {
    return std::make_unique<MysqlClient>(url);
}

} // namespace turntable::test
