// index: what was deferred is built after the copy. SQLite holds the write lock for a whole CREATE INDEX, so
// the planner defers only what fits the stall budget.
#include "detail.hpp"
#include "objects.hpp"
#include "parts.hpp"

namespace turntable::sqlite {
namespace {

class SqliteIndexer final : public Indexer {
  public:
    [[nodiscard]] std::vector<Statement> steps(const Blueprint& blueprint) const override {
        std::vector<Statement> out;
        const Detail detail = detail_of(blueprint);
        for (const Parked& index : detail.shadow_indexes) {
            if (!detail.indexes_first) {
                out.push_back(
                    {index.parked_sql, {}, "builds index " + index.name + " on the shadow", Blocks::writers});
            }
        }
        return out;
    }

    void build(Session& session, const Blueprint& blueprint, std::size_t n) const override {
        const Parked index = detail_of(blueprint).shadow_indexes.at(n);
        Transaction transaction{session, TxMode::write};
        ensure(session, {"index", index.parked_name, index.parked_sql});
        transaction.commit();
    }

    [[nodiscard]] std::optional<double> progress(Session&, const Blueprint&) const override {
        return std::nullopt; // SQLite tells nobody how far a statement is
    }
};

} // namespace

std::unique_ptr<Indexer> make_indexer() {
    return std::make_unique<SqliteIndexer>();
}

} // namespace turntable::sqlite
