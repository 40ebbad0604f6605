#pragma once
// A plain connection to a database in memory for the conversion tests, with the program's functions.

#include <memory>
#include <stdexcept>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "conversion_sql.hpp"
#include "support/units_suite.hpp"

namespace turntable::sqlite {

class ConversionClient final : public test::UnitsClient {
  public:
    ConversionClient() {
        sqlite3* opened = nullptr;
        EXPECT_EQ(sqlite3_open(":memory:", &opened), SQLITE_OK);
        connection_.reset(opened);
        register_functions(opened);
    }

    // SQLite's own reading of decimal text is not exact in the last bit, so reals are bound by their bits.
    void load(const std::string& type, const std::vector<std::string>& texts) override {
        (void)rows("DROP TABLE IF EXISTS conv_values");
        (void)rows("DROP TABLE IF EXISTS conv_units");
        (void)rows("CREATE TABLE conv_units (units INTEGER)");
        (void)rows(
            fmt::format("CREATE TABLE conv_values (id INTEGER PRIMARY KEY, {} {})", quoted_column(), type));
        sqlite3_stmt* insert = nullptr;
        EXPECT_EQ(sqlite3_prepare_v2(connection_.get(), "INSERT INTO conv_values VALUES (?, ?)", -1, &insert,
                                     nullptr),
                  SQLITE_OK);
        (void)rows("BEGIN");
        for (std::size_t i = 0; i < texts.size(); ++i) {
            sqlite3_bind_int64(insert, 1, static_cast<sqlite3_int64>(i));
            if (type == "REAL") {
                sqlite3_bind_double(insert, 2, std::strtod(texts[i].c_str(), nullptr));
            } else {
                sqlite3_bind_text(insert, 2, texts[i].data(), static_cast<int>(texts[i].size()),
                                  SQLITE_TRANSIENT);
            }
            EXPECT_EQ(sqlite3_step(insert), SQLITE_DONE);
            sqlite3_reset(insert);
        }
        (void)rows("COMMIT");
        sqlite3_finalize(insert);
    }

    std::vector<std::vector<Cell>> rows(const std::string& sql) override {
        std::vector<std::vector<Cell>> out;
        sqlite3_stmt* statement = nullptr;
        if (sqlite3_prepare_v2(connection_.get(), sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) {
            throw std::runtime_error{sqlite3_errmsg(connection_.get())};
        }
        int code = SQLITE_DONE;
        while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
            auto& cells = out.emplace_back();
            for (int column = 0; column < sqlite3_column_count(statement); ++column) {
                const auto* const text =
                    reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
                cells.push_back(text == nullptr ? Cell{} : Cell{text});
            }
        }
        const std::string message = sqlite3_errmsg(connection_.get());
        sqlite3_finalize(statement);
        if (code != SQLITE_DONE) {
            last_code_ = code;
            throw std::runtime_error{message};
        }
        return out;
    }

    [[nodiscard]] ConversionPlan compile(const Conversion& asked, const std::string& type) override {
        return compile_conversion(asked, {asked.column, type, true});
    }
    [[nodiscard]] std::string as_text(const std::string& expression) const override {
        return "CAST(" + expression + " AS TEXT)";
    }
    [[nodiscard]] std::string quoted_column() const override { return "\"Am\"\"ou`nt\""; }
    [[nodiscard]] int last_code() const { return last_code_; }

  private:
    struct Close {
        void operator()(sqlite3* connection) const { sqlite3_close(connection); }
    };
    std::unique_ptr<sqlite3, Close> connection_;
    int last_code_ = SQLITE_OK;
};

} // namespace turntable::sqlite
