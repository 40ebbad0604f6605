#pragma once
// Tables as migrations make and read them, on MySQL and MariaDB.

#include "turntable/schema.hpp"

namespace turntable::mysql {

class MysqlSchema final : public SchemaDialect {
  public:
    [[nodiscard]] bool transactional() const override { return false; }
    [[nodiscard]] bool foreign_keys_apart() const override { return true; }
    [[nodiscard]] bool commits_implicitly(std::string_view sql) const override;
    [[nodiscard]] std::vector<std::string>
    user_settings(Millis lock_timeout, std::optional<Millis> statement_timeout) const override;
    [[nodiscard]] std::string integrity_query() const override { return {}; }
    [[nodiscard]] std::string quoted(std::string_view name) const override;
    [[nodiscard]] std::string quoted(const TableName& name) const override;
    [[nodiscard]] std::string current_view() const override { return "turntable_current"; }
    [[nodiscard]] std::vector<Statement> create_table(const NewTable& table) const override;
    [[nodiscard]] Statement rename_table(const TableName& table, const std::string& to) const override;
    [[nodiscard]] SetAside set_aside(Session& session, const TableName& table,
                                     const std::string& new_name) const override;
    [[nodiscard]] std::optional<TableDescription> describe(Session& session,
                                                           const TableName& table) const override;
    [[nodiscard]] std::vector<SchemaObject> objects(Session& session) const override;
    [[nodiscard]] std::vector<SchemaPart> dump(Session& session) const override;
};

} // namespace turntable::mysql
