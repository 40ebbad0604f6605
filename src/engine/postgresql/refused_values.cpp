#include "refused_values.hpp"

#include <fmt/core.h>

#include "key_chunks.hpp"
#include "sql_text.hpp"

namespace turntable::postgresql {
namespace {

class Search {
  public:
    Search(Session& session, const Detail& detail, const EvaluatedValue& value, int examples_max)
        : session_(session),
          detail_(detail),
          value_(value),
          key_(source_names(detail)),
          examples_max_(examples_max) {
        found_.rule = "value";
        found_.subject = value.subject;
    }

    RuleProbe run(const Chunk& chunk) {
        within(chunk.lower, chunk.upper);
        return std::move(found_);
    }

  private:
    void within(const std::string& lower, const std::string& upper) {
        if (found_.violations >= examples_max_) {
            return;
        }
        const auto refused = refusal_of(session_, [&] {
            session_.run(over_range(fmt::format("count({})", value_.forward_sql), lower, upper));
        });
        if (!refused) {
            return;
        }
        const Rows rows = session_.run(over_range("count(*)", lower, upper)).only_integer();
        if (rows == 1) {
            add(lower, upper, *refused);
            return;
        }
        const auto half = next_key_range(session_, detail_, detail_.names.source, lower, rows / 2);
        check(half && !half->upper.empty() && half->upper != lower, "a range of rows has no middle");
        within(lower, half->upper);
        within(half->upper, upper);
    }

    void add(const std::string& lower, const std::string& upper, const std::string& message) {
        const ResultSet row = session_.run(
            over_range(fmt::format("{}, {}", joined(key_, ", "), value_.shown_sql), lower, upper));
        const std::vector<Cell>& cells = row.rows.at(0);
        found_.examples.push_back({found_.rule, shown(key_, key_of(cells, key_.size())),
                                   fmt::format("{} ({})", cells.back().value_or("NULL"), message)});
        ++found_.violations;
    }

    [[nodiscard]] Statement over_range(const std::string& columns, const std::string& lower,
                                       const std::string& upper) const {
        std::vector<Value> arguments;
        const std::string range = key_range(detail_, Side::source, key_, lower, upper, arguments);
        return {fmt::format("SELECT {} FROM {}{}", columns, detail_.names.source,
                            range.empty() ? "" : " WHERE " + range),
                arguments, "find the rows whose value cannot be computed", Blocks::nobody};
    }

    Session& session_;
    const Detail& detail_;
    const EvaluatedValue& value_;
    std::vector<std::string> key_;
    int examples_max_;
    RuleProbe found_;
};

// A function of the user's raises what it likes.
bool refuses_a_value(DatabaseErrorKind kind) {
    return kind == DatabaseErrorKind::bad_value || kind == DatabaseErrorKind::permanent;
}

} // namespace

std::optional<std::string> refusal_of(Session& session, const std::function<void()>& trial) {
    session.run("SAVEPOINT turntable_trial");
    try {
        trial();
        session.run("RELEASE SAVEPOINT turntable_trial");
        return std::nullopt;
    } catch (const DatabaseError& error) {
        if (!refuses_a_value(error.kind())) {
            throw;
        }
        session.run("ROLLBACK TO SAVEPOINT turntable_trial");
        return error.what();
    }
}

RuleProbe refused_values(Session& session, const Detail& detail, const EvaluatedValue& value,
                         const Chunk& chunk, int examples_max) {
    return Search{session, detail, value, examples_max}.run(chunk);
}

} // namespace turntable::postgresql
