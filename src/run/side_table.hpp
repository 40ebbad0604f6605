#pragma once
// The journal's table `quarantine`: created when the first value is kept, by the first job that needs it.

#include "phase/workshop.hpp"
#include "run/journal.hpp"

namespace turntable::run {

class JournalSideTable final : public phase::SideTable {
  public:
    JournalSideTable(const JournalDialect& dialect, TableName source, std::string job)
        : dialect_(dialect), source_(std::move(source)), job_(std::move(job)) {}

    void create(Session& session) override;
    void keep(Session& session, std::int64_t chunk, const std::vector<phase::SetAsideValue>& values) override;
    void forget_from(Session& session, std::int64_t chunk) override;
    [[nodiscard]] std::string name() const override;

  private:
    const JournalDialect& dialect_;
    TableName source_;
    std::string job_;
};

} // namespace turntable::run
