// copy: key ranges of the source, each one INSERT … SELECT inside this process.
#include <nlohmann/json.hpp>

#include "copy_range.hpp"
#include "names.hpp"
#include "parts.hpp"
#include "source_check.hpp"

namespace turntable::sqlite {
namespace {

// The origin is the last key when the capture was in place: later rows are in the log.
std::string origin_text(const std::string& last) {
    return nlohmann::json{{"last", last}}.dump();
}

std::string last_of(const std::string& origin) {
    return nlohmann::json::parse(origin).at("last").get<std::string>();
}

std::string last_key(Session& session, const Flow& flow) {
    KeyTerms reversed = flow.from_terms("");
    for (KeyTerm& term : reversed) {
        term.descending = !term.descending;
    }
    const auto rows = session
                          .run("SELECT " + key_cells(reversed) + " FROM " + identifier(flow.from) +
                               " ORDER BY " + key_order(reversed) + " LIMIT 1")
                          .rows;
    return rows.empty() ? "" : encode_key(rows.front(), 0, reversed.size());
}

class SqliteCopier final : public Copier {
  public:
    [[nodiscard]] std::string origin(Session& session, const Blueprint& blueprint) const override {
        const Detail detail = detail_of(blueprint);
        const Transaction snapshot{session, TxMode::snapshot};
        return origin_text(last_key(session, flow_of(blueprint, detail, Direction::forward)));
    }

    [[nodiscard]] std::optional<Chunk> next_chunk(Session& session, const Blueprint& blueprint,
                                                  const std::string& origin, const std::string& lower,
                                                  Rows rows) const override {
        const std::string last = last_of(origin);
        if (last.empty() || lower == last) {
            return std::nullopt;
        }
        const Flow flow = flow_of(blueprint, detail_of(blueprint), Direction::forward);
        const std::string upper =
            key_after(query_of(session), flow.from, flow.from_terms(""), lower, last, rows);
        // Rows up to `last` may have been deleted since: the range is then empty and the copy ends with it.
        return upper.empty() ? std::nullopt : std::optional{Chunk{0, lower, upper}};
    }

    [[nodiscard]] std::variant<CopiedChunk, DriftReport> copy_chunk(Session& session,
                                                                    const Blueprint& blueprint,
                                                                    const std::string& origin,
                                                                    const Chunk& chunk) const override {
        DriftReport drift = check_source(session, blueprint, origin);
        if (drift.drift != Drift::none) {
            return drift;
        }
        const Flow flow = flow_of(blueprint, detail_of(blueprint), Direction::forward);
        return copy_range(session, flow, chunk.lower, chunk.upper);
    }

    [[nodiscard]] DriftReport check_source(Session& session, const Blueprint& blueprint,
                                           const std::string&) const override {
        return source_drift(session, blueprint, detail_of(blueprint));
    }

    void empty_shadow(Session& session, const Blueprint& blueprint) const override {
        session.run("DELETE FROM " + identifier(blueprint.shadow_name));
    }
};

} // namespace

std::unique_ptr<Copier> make_copier() {
    return std::make_unique<SqliteCopier>();
}

} // namespace turntable::sqlite
