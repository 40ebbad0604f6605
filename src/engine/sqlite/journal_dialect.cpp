// Where the journal lives: tables _turntable_* in the file itself.
#include "names.hpp"
#include "parts.hpp"

namespace turntable::sqlite {
namespace {

class SqliteJournal final : public JournalDialect {
  public:
    [[nodiscard]] std::string table(std::string_view name) const override {
        return identifier("_turntable_" + std::string{name});
    }
    [[nodiscard]] std::string_view integer_type() const override { return "INTEGER"; }
    [[nodiscard]] std::string_view text_type() const override { return "TEXT"; }
    [[nodiscard]] std::string_view key_text_type() const override { return "TEXT"; }
    [[nodiscard]] std::vector<std::string> prologue() const override { return {}; }
    [[nodiscard]] std::string table_options() const override { return {}; }
    // BEGIN IMMEDIATE keeps every other writer out: a plain read inside it fences.
    [[nodiscard]] std::string_view share_lock() const override { return {}; }

    [[nodiscard]] bool exists(Session& session) const override {
        return session
                   .run("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = '_turntable_job'")
                   .only_integer() > 0;
    }

    // A dead process holds no lock, and a stalled one cannot be ended from here: its next BEGIN IMMEDIATE is
    // fenced.
    void end_orphans(Session&, const std::string&) const override {}
};

} // namespace

std::unique_ptr<JournalDialect> make_journal_dialect() {
    return std::make_unique<SqliteJournal>();
}

} // namespace turntable::sqlite
