// instant changes: ALTER TABLE forms that only touch the catalogue.
#include "detail.hpp"
#include "locked.hpp"
#include "parts.hpp"

namespace turntable::sqlite {
namespace {

std::vector<Statement> native_statements(const Blueprint& blueprint) {
    std::vector<Statement> out;
    for (const PlannedStatement& planned : blueprint.script) {
        if (planned.phase == Phase::native) {
            out.push_back(planned.statement);
        }
    }
    return out;
}

// The definition that statement n leaves behind; before the first one it is the source's.
bool reached(Session& session, const Blueprint& blueprint, const Detail& detail, std::size_t n) {
    const auto sql = object_sql(query_of(session), "table", blueprint.source.name);
    for (std::size_t later = n; later < detail.native_after.size(); ++later) {
        if (sql == detail.native_after[later].sql) {
            return true;
        }
    }
    return false;
}

class SqliteNativeRunner final : public NativeRunner {
  public:
    [[nodiscard]] bool done(Session& session, const Blueprint& blueprint, std::size_t n) const override {
        return reached(session, blueprint, detail_of(blueprint), n);
    }

    [[nodiscard]] LockOutcome run(Session& session, const Blueprint& blueprint, std::size_t n,
                                  const LockBudget& budget) const override {
        const Detail detail = detail_of(blueprint);
        return with_write_lock(session, budget, [&] {
            if (!reached(session, blueprint, detail, n)) {
                session.run(native_statements(blueprint).at(n));
            }
        });
    }
};

} // namespace

std::unique_ptr<NativeRunner> make_native_runner() {
    return std::make_unique<SqliteNativeRunner>();
}

} // namespace turntable::sqlite
