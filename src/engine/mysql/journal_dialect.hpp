#pragma once
// Where the journal is kept: tables `_turntable_*` in the same database.

#include "session_registry.hpp"
#include "turntable/engine.hpp"

namespace turntable::mysql {

class MysqlJournalDialect final : public JournalDialect {
  public:
    explicit MysqlJournalDialect(const SessionRegistry& own) : own_(own) {}

    [[nodiscard]] std::string table(std::string_view name) const override;
    [[nodiscard]] std::string_view integer_type() const override { return "BIGINT"; }
    [[nodiscard]] std::string_view text_type() const override {
        return "LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";
    }
    [[nodiscard]] std::string_view key_text_type() const override {
        return "VARCHAR(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";
    }
    [[nodiscard]] std::vector<std::string> prologue() const override { return {}; }
    [[nodiscard]] std::string table_options() const override {
        return " ENGINE = InnoDB ROW_FORMAT = DYNAMIC";
    }
    [[nodiscard]] std::string_view share_lock() const override { return " LOCK IN SHARE MODE"; }
    [[nodiscard]] bool exists(Session& session) const override;
    void end_orphans(Session& session, const std::string& job) const override;

  private:
    [[nodiscard]] bool end_those_found(Session& session, const std::string& job) const;

    const SessionRegistry& own_;
};

} // namespace turntable::mysql
