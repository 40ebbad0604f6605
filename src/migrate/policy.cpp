#include "migrate/policy.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "migrate/checksum.hpp"
#include "migrate/lint/view.hpp"
#include "turntable/error.hpp"

namespace turntable::migrate {
namespace {

bool destroys(ActionKind kind) {
    switch (kind) {
    case ActionKind::drop_table:
    case ActionKind::drop_column:
    case ActionKind::drop_schema:
    case ActionKind::drop_partition:
    case ActionKind::truncate:
        return true;
    default:
        return false;
    }
}

// A fill of set_not_null writes rows, too; what only fills a new column does not.
bool writes_rows(const SqlAction& action) {
    const bool fills = action.kind == ActionKind::set_not_null && action.where;
    return fills || (is_data_change(action.kind) && action.kind != ActionKind::truncate);
}

bool cannot_be_told(const lint::Step& step) {
    return !step.error.empty() || std::ranges::any_of(step.actions, [](const SqlAction& action) {
        return action.kind == ActionKind::opaque;
    });
}

bool is_approved(const Policy& policy, const MigrationFile& file) {
    return std::ranges::any_of(policy.approved, [&file](const std::string& version) {
        return version.size() >= version_prefix_min && file.version.starts_with(version);
    });
}

class Judge {
  public:
    Judge(const Policy& policy, const MigrationFile& file) : policy_(policy), file_(file) {}

    void look_at(const lint::Step& step) const {
        if (cannot_be_told(step)) {
            refuse_opaque(step);
        }
        for (const SqlAction& action : step.actions) {
            if (destroys(action.kind) && !policy_.allows("destructive")) {
                throw refusal("destructive_here", step,
                              "it drops or empties something, and that is not allowed")
                    .next(fmt::format("allow = [\"destructive\", …] in [env.{}] lets it pass", policy_.env));
            }
            if (writes_rows(action)) {
                refuse_data(step);
            }
        }
    }

  private:
    [[nodiscard]] Error refusal(const char* code, const lint::Step& step, const std::string& what) const {
        return Error{
            ErrorKind::refused, code,
            fmt::format("{}, line {}: {} in the environment {}", file_.path, step.line, what, policy_.env)};
    }
    // Where everything is allowed, nobody has to know what a statement does.
    void refuse_opaque(const lint::Step& step) const {
        const bool matters = !policy_.allows("destructive") || policy_.data_ops != DataOps::allow;
        if (matters && !policy_.allows("opaque")) {
            throw refusal("opaque_here", step,
                          "what this statement does cannot be told, and that is not allowed")
                .next(fmt::format("write it as an operation; or allow = [\"opaque\", …] in [env.{}]",
                                  policy_.env));
        }
    }
    void refuse_data(const lint::Step& step) const {
        if (policy_.data_ops == DataOps::forbid) {
            throw refusal("data_ops_here", step, "it changes rows, and data operations are forbidden");
        }
        if (policy_.data_ops == DataOps::approve && !is_approved(policy_, file_)) {
            throw refusal("data_ops_here", step, "it changes rows, and somebody has to approve that")
                .next("after a look at it: turntable up --approve " + file_.version);
        }
    }

    const Policy& policy_;
    const MigrationFile& file_;
};

void refuse_unproven(const Predecessor& before, const Policy& policy, const MigrationFile& file) {
    const auto found = before.applied.find(file.version);
    const bool other = found != before.applied.end() && found->second != checksum(file.text);
    if (found == before.applied.end() || other) {
        throw Error{ErrorKind::refused, "not_applied_before",
                    fmt::format("{} is {} in the environment {}, which goes before {}", file.name(),
                                other ? "applied with another text" : "not applied", before.env, policy.env)}
            .next(fmt::format("turntable -e {} up", before.env));
    }
}

} // namespace

const std::set<std::string>& policy_words() {
    static const std::set<std::string> words{"base", "destructive", "lossy", "opaque", "out-of-order"};
    return words;
}

void refuse_by_policy(const Policy& policy, const MigrationFile& file, SqlFlavor flavor) {
    if (policy.env.empty()) {
        return;
    }
    if (policy.predecessor) {
        refuse_unproven(*policy.predecessor, policy, file);
    }
    const Judge judge{policy, file};
    for (const lint::Step& step : lint::view_of(file, flavor).up) {
        judge.look_at(step);
    }
}

void refuse_word(const Policy& policy, const std::string& word) {
    if (!policy.allows(word)) {
        throw Error{ErrorKind::refused, "not_allowed_here",
                    fmt::format("--allow {} is not allowed in the environment {}", word, policy.env)}
            .next(fmt::format("allow = [\"{}\", …] in [env.{}] lets it pass", word, policy.env));
    }
}

} // namespace turntable::migrate
