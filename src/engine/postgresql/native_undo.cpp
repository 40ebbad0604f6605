#include "native_undo.hpp"

#include "locks.hpp"
#include "plan/read_table.hpp"

namespace turntable::postgresql {
namespace {

CatalogImage image_now(Session& session, const Detail& detail) {
    const Transaction reading{session, TxMode::snapshot};
    return image_of(read_table(session, detail.source_oid));
}

std::string definition_in(const CatalogImage& image, const std::string& subject) {
    const auto found = image.find(subject);
    return found == image.end() ? "" : found->second;
}

bool took_effect(const NativeStep& step, const CatalogImage& before, const CatalogImage& now) {
    if (step.subject.empty()) {
        return !step.expected.empty() && as_expected(step.expected, now);
    }
    const std::string is = definition_in(now, step.subject);
    return is != definition_in(before, step.subject) && is.starts_with(step.made);
}

} // namespace

bool as_expected(const CatalogImage& expected, const CatalogImage& image) {
    for (const auto& [subject, definition] : expected) {
        const auto found = image.find(subject);
        const bool same = definition.empty() ? found == image.end() || found->second.empty()
                                             : found != image.end() && found->second == definition;
        if (!same) {
            return false;
        }
    }
    return true;
}

void without_lock_timeout(Session& session, const std::function<void()>& work) {
    const Cell timeout = session.run("SELECT current_setting('lock_timeout')").only();
    session.run("SET lock_timeout = 0");
    const auto restore = [&] {
        session.run("SELECT set_config('lock_timeout', $1, false)", {timeout.value_or("0")});
    };
    try {
        work();
    } catch (const DatabaseError&) {
        if (session.usable()) {
            restore();
        }
        throw;
    }
    restore();
}

LockOutcome undo_native(Session& session, const Detail& detail, const LockBudget& budget) {
    for (auto step = detail.native.rbegin(); step != detail.native.rend(); ++step) {
        if (step->inverse_sql.empty() ||
            !took_effect(*step, detail.image_before, image_now(session, detail))) {
            continue;
        }
        if (!step->in_transaction) {
            without_lock_timeout(session, [&] { session.run(step->inverse_sql); });
            continue;
        }
        LockOutcome outcome =
            locked_transaction(session, detail.names.source, TableLock::access_exclusive, budget.lock_timeout,
                               [&] { session.run(step->inverse_sql); });
        if (!outcome.granted) {
            return outcome;
        }
    }
    return {.granted = true, .blockers = {}, .held = Millis{0}};
}

} // namespace turntable::postgresql
