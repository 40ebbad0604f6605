#pragma once
// The ledger of the copy, in the journal's table `chunk`.

#include "phase/workshop.hpp"
#include "run/journal.hpp"

namespace turntable::run {

class JournalLedger final : public phase::Ledger {
  public:
    JournalLedger(const JournalDialect& dialect, std::string job)
        : table_(dialect.table("chunk")), job_(std::move(job)) {}

    [[nodiscard]] std::vector<Chunk> unfinished(Session& session, std::int64_t pass) override;
    [[nodiscard]] std::optional<Chunk> last(Session& session, std::int64_t pass) override;
    [[nodiscard]] Totals totals(Session& session, std::int64_t pass) override;
    void plan(Session& session, std::int64_t pass, const Chunk& chunk) override;
    void finish(Session& session, std::int64_t pass, const Chunk& chunk, const CopiedChunk& copied) override;
    void forget(Session& session, std::int64_t pass) override;

  private:
    std::string table_;
    std::string job_;
};

} // namespace turntable::run
