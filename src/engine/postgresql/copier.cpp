// Moves ranges of the source into the shadow, which has no index yet: by physical blocks with the X0 filter,
// or by ranges of the key on servers that cannot scan a range of blocks (before PostgreSQL 14).
#include <algorithm>
#include <charconv>

#include <fmt/core.h>

#include "job_state.hpp"
#include "key_chunks.hpp"
#include "parts.hpp"
#include "source_guard.hpp"
#include "sql_text.hpp"

namespace turntable::postgresql {
namespace {

std::int64_t block_of(const std::string& bound) {
    std::int64_t block = 0;
    if (!bound.empty()) {
        const auto parsed = std::from_chars(bound.data(), bound.data() + bound.size(), block);
        check(parsed.ec == std::errc{} && block >= 0, "a block number bounds the chunk");
    }
    return block;
}

std::string insert_select(const Blueprint& blueprint, const Detail& detail) {
    std::vector<std::string> columns;
    std::vector<std::string> values;
    for (std::size_t i = 0; i < blueprint.columns.size(); ++i) {
        if (detail.columns[i].inserted) {
            columns.push_back(detail.columns[i].target);
            values.push_back(blueprint.columns[i].forward_sql);
        }
    }
    return fmt::format("INSERT INTO {} ({}){} SELECT {} FROM {}", detail.names.shadow, joined(columns, ", "),
                       detail.overriding_system_value ? " OVERRIDING SYSTEM VALUE" : "", joined(values, ", "),
                       detail.names.source);
}

// The row versions whose inserting transaction is older than X0; the keys of the others go to the log. Every
// copied version was alive when X0 was read, so the shadow is unique wherever the source is, whatever moved
// meanwhile.
std::string older_than_x0(const Blueprint& blueprint, const Detail& detail, const Origin& origin) {
    return fmt::format("(pg_catalog.age(xmin) > (SELECT pg_catalog.age('{}'::xid)) OR {}({}))",
                       static_cast<std::uint32_t>(origin.x0 & 0xffffffff),
                       job_objects(blueprint, detail).queue, joined(source_names(detail), ", "));
}

std::string in_blocks(const Origin& origin, const Chunk& chunk) {
    const std::int64_t lower = block_of(chunk.lower);
    const std::int64_t upper = chunk.upper.empty() ? origin.blocks : block_of(chunk.upper);
    check(lower < upper, "an empty chunk");
    return fmt::format("ctid >= '({},0)'::tid AND ctid < '({},0)'::tid", lower, upper);
}

class PostgresqlCopier final : public Copier {
  public:
    [[nodiscard]] std::string origin(Session& session, const Blueprint& blueprint) const override {
        return to_json(read_origin(session, blueprint, detail_of(blueprint)));
    }

    [[nodiscard]] std::optional<Chunk> next_chunk(Session& session, const Blueprint& blueprint,
                                                  const std::string& origin, const std::string& lower,
                                                  Rows rows) const override {
        const Detail detail = detail_of(blueprint);
        const Origin from = origin_from_json(origin);
        return from.by_blocks ? next_blocks(blueprint, from, lower, rows)
                              : next_key_range(session, detail, detail.names.source, lower, rows);
    }

    [[nodiscard]] std::variant<CopiedChunk, DriftReport> copy_chunk(Session& session,
                                                                    const Blueprint& blueprint,
                                                                    const std::string& origin,
                                                                    const Chunk& chunk) const override {
        const Detail detail = detail_of(blueprint);
        const Origin from = origin_from_json(origin);
        use_job_settings(session, detail);
        if (DriftReport report = lock_and_check(session, detail, from); report.drift != Drift::none) {
            return report;
        }
        std::vector<Value> arguments;
        const std::string range = from.by_blocks ? in_blocks(from, chunk)
                                                 : key_range(detail, Side::source, source_names(detail),
                                                             chunk.lower, chunk.upper, arguments);
        session.run("SELECT pg_catalog.set_config('turntable.queued', '0', true)");
        const ResultSet copied = session.run(
            Statement{fmt::format("{} WHERE {}{}{}", insert_select(blueprint, detail), range,
                                  range.empty() ? "" : " AND ", older_than_x0(blueprint, detail, from)),
                      arguments, "copy a chunk", Blocks::nobody});
        const ResultSet queued = session.run("SELECT pg_catalog.current_setting('turntable.queued')::bigint");
        return CopiedChunk{.rows = copied.affected, .logged = queued.only_integer()};
    }

    [[nodiscard]] DriftReport check_source(Session& session, const Blueprint& blueprint,
                                           const std::string& origin) const override {
        return check_against(session, detail_of(blueprint), origin_from_json(origin));
    }

    void empty_shadow(Session& session, const Blueprint& blueprint) const override;

  private:
    // Rows per block as the catalogue knows it; a table never analysed is assumed to hold rows of 100 bytes.
    static std::optional<Chunk> next_blocks(const Blueprint& blueprint, const Origin& origin,
                                            const std::string& lower, Rows rows) {
        const std::int64_t first = block_of(lower);
        if (first >= origin.blocks) {
            return std::nullopt;
        }
        const Rows per_block =
            blueprint.estimate.rows > 0 ? std::max<Rows>(blueprint.estimate.rows / origin.blocks, 1) : 80;
        const std::int64_t last =
            std::min(first + std::max<std::int64_t>(rows / per_block, 1), origin.blocks);
        return Chunk{.number = 0, .lower = lower, .upper = std::to_string(last)};
    }
};

// Indexes that an earlier round built go too: the copy fills a bare heap, and nothing is unique until it is
// complete.
void PostgresqlCopier::empty_shadow(Session& session, const Blueprint& blueprint) const {
    const Detail detail = detail_of(blueprint);
    const std::string shadow = literal(detail.names.shadow) + "::regclass";
    const ResultSet constraints = session.run(
        "SELECT pg_catalog.quote_ident(conname) FROM pg_catalog.pg_constraint WHERE conrelid = " + shadow +
        " AND contype IN ('p', 'u', 'x')");
    for (const auto& row : constraints.rows) {
        session.run(
            fmt::format("ALTER TABLE {} DROP CONSTRAINT {}", detail.names.shadow, row[0].value_or("")));
    }
    const ResultSet indexes =
        session.run("SELECT indexrelid::regclass::text FROM pg_catalog.pg_index WHERE indrelid = " + shadow);
    for (const auto& row : indexes.rows) {
        session.run("DROP INDEX " + row[0].value_or(""));
    }
    session.run("TRUNCATE " + detail.names.shadow);
}

} // namespace

std::unique_ptr<Copier> make_copier() {
    return std::make_unique<PostgresqlCopier>();
}

} // namespace turntable::postgresql
