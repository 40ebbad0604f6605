#pragma once
// A plain libpqxx connection for the conversion tests, with settings pinned over hostile ones.

#include <memory>

#include <fmt/format.h>
#include <pqxx/pqxx>

#include "conversion_sql.hpp"
#include "support/servers.hpp"
#include "support/units_suite.hpp"
#include "turntable/url.hpp"

namespace turntable::postgresql {

class ConversionClient final : public test::UnitsClient {
  public:
    explicit ConversionClient(const std::string& url_text) {
        const Url url = Url::parse(url_text);
        std::string text = fmt::format("host='{}' port={} user='{}' dbname='{}'",
                                       url.options.contains("socket") ? url.options.at("socket") : url.host,
                                       url.port, url.user, url.database);
        if (url.password) {
            text += fmt::format(" password='{}'", *url.password);
        }
        connection_ = std::make_unique<pqxx::connection>(text);
        session_ = std::make_unique<pqxx::nontransaction>(*connection_);
        for (const char* const hostile_then_pinned :
             {"SET extra_float_digits = -3", "SET DateStyle = 'SQL, DMY'", "SET TimeZone = 'Pacific/Apia'",
              "SET IntervalStyle = 'sql_standard'", "SET standard_conforming_strings = on",
              "SET extra_float_digits = 1", "SET DateStyle = 'ISO, YMD'", "SET TimeZone = 'UTC'",
              "SET IntervalStyle = 'postgres'"}) {
            session_->exec(hostile_then_pinned);
        }
    }

    void load(const std::string& type, const std::vector<std::string>& texts) override {
        session_->exec("DROP TABLE IF EXISTS conv_values, conv_units");
        session_->exec("CREATE TEMP TABLE conv_units (units bigint)");
        session_->exec(fmt::format("CREATE TEMP TABLE conv_values (id int, {} {})", quoted_column(), type));
        constexpr std::size_t batch = 5000;
        for (std::size_t first = 0; first < texts.size(); first += batch) {
            std::string sql = "INSERT INTO conv_values VALUES ";
            for (std::size_t i = first; i < std::min(first + batch, texts.size()); ++i) {
                sql += fmt::format("{}({}, {})", i == first ? "" : ",", i, session_->quote(texts[i]));
            }
            session_->exec(sql);
        }
    }

    std::vector<std::vector<Cell>> rows(const std::string& sql) override {
        const pqxx::result result = session_->exec(sql);
        std::vector<std::vector<Cell>> out;
        for (const auto& row : result) {
            auto& cells = out.emplace_back();
            for (const auto& field : row) {
                cells.push_back(field.is_null() ? Cell{} : Cell{field.c_str()});
            }
        }
        return out;
    }

    [[nodiscard]] ConversionPlan compile(const Conversion& asked, const std::string& type) override {
        return compile_conversion(asked, {asked.column, type, true, version()});
    }
    [[nodiscard]] std::string as_text(const std::string& expression) const override {
        return "(" + expression + ")::text";
    }
    [[nodiscard]] std::string quoted_column() const override { return "\"Am\"\"ou`nt\""; }
    [[nodiscard]] int version() const { return connection_->server_version(); }

  private:
    std::unique_ptr<pqxx::connection> connection_;
    std::unique_ptr<pqxx::nontransaction> session_;
};

inline std::vector<test::Server> conversion_servers() {
    std::vector<test::Server> found;
    for (const test::Server& server : test::servers()) {
        if (server.name.starts_with("pg")) {
            found.push_back(server);
        }
    }
    return found;
}

} // namespace turntable::postgresql
