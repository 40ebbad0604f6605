#pragma once
// A plain Connector/C++ connection for the conversion tests, with settings pinned over hostile ones. Values
// come as text over the text protocol.

#include <map>
#include <memory>

#include <cppconn/connection.h>
#include <cppconn/driver.h>
#include <cppconn/exception.h>
#include <cppconn/resultset.h>
#include <cppconn/resultset_metadata.h>
#include <cppconn/statement.h>
#include <fmt/format.h>

#include "conversion_sql.hpp"
#include "support/servers.hpp"
#include "support/units_suite.hpp"
#include "turntable/url.hpp"

namespace turntable::mysql {

class ConversionClient final : public test::UnitsClient {
  public:
    explicit ConversionClient(const test::Server& server) : mariadb_(server.name == "mariadb") {
        const Url url = Url::parse(server.url);
        connection_.reset(get_driver_instance()->connect(
            sql::SQLString{fmt::format("tcp://{}:{}", url.host, url.port)}, sql::SQLString{url.user},
            sql::SQLString{url.password.value_or("")}));
        statement_.reset(connection_->createStatement());
        for (const char* const hostile_then_pinned :
             {"SET SESSION sql_mode = ''", "SET SESSION div_precision_increment = 0",
              "SET SESSION time_zone = '+05:45'",
              "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'",
              "SET SESSION div_precision_increment = 4", "SET SESSION time_zone = '+00:00'",
              "SET NAMES utf8mb4", "CREATE DATABASE IF NOT EXISTS turntable_conversions",
              "USE turntable_conversions"}) {
            statement_->execute(hostile_then_pinned);
        }
    }

    void load(const std::string& type, const std::vector<std::string>& texts) override {
        statement_->execute("DROP TABLE IF EXISTS conv_values");
        statement_->execute("DROP TABLE IF EXISTS conv_units");
        statement_->execute("CREATE TABLE conv_units (units bigint)");
        statement_->execute(
            fmt::format("CREATE TABLE conv_values (id int PRIMARY KEY, {} {}) CHARACTER SET utf8mb4",
                        quoted_column(), type));
        constexpr std::size_t batch = 5000;
        for (std::size_t first = 0; first < texts.size(); first += batch) {
            std::string sql = "INSERT INTO conv_values VALUES ";
            for (std::size_t i = first; i < std::min(first + batch, texts.size()); ++i) {
                sql += fmt::format("{}({}, {})", i == first ? "" : ",", i, quoted_text(texts[i]));
            }
            statement_->execute(sql);
        }
    }

    std::vector<std::vector<Cell>> rows(const std::string& sql) override {
        std::vector<std::vector<Cell>> out;
        if (!statement_->execute(sql)) {
            return out;
        }
        const std::unique_ptr<sql::ResultSet> result{statement_->getResultSet()};
        const unsigned columns = result->getMetaData()->getColumnCount();
        while (result->next()) {
            auto& cells = out.emplace_back();
            for (unsigned column = 1; column <= columns; ++column) {
                cells.push_back(result->isNull(column) ? Cell{}
                                                       : Cell{result->getString(column).asStdString()});
            }
        }
        return out;
    }

    [[nodiscard]] ConversionPlan compile(const Conversion& asked, const std::string& type) override {
        return compile_conversion(asked, {asked.column, type, true, mariadb_});
    }
    [[nodiscard]] std::string as_text(const std::string& expression) const override {
        return "CAST(" + expression + " AS CHAR)";
    }
    [[nodiscard]] std::string quoted_column() const override { return "`Am\"ou``nt`"; }

  private:
    static std::string quoted_text(const std::string& text) {
        std::string out{"'"};
        for (const char c : text) {
            out += c == '\'' || c == '\\' ? std::string{'\\', c} : std::string{c};
        }
        return out + "'";
    }

    bool mariadb_;
    std::unique_ptr<sql::Connection> connection_;
    std::unique_ptr<sql::Statement> statement_;
};

inline std::vector<test::Server> conversion_servers() {
    std::vector<test::Server> found;
    for (const test::Server& server : test::servers()) {
        if (server.name == "mysql" || server.name == "mariadb") {
            found.push_back(server);
        }
    }
    return found;
}

} // namespace turntable::mysql
