#include "run/ledger.hpp"

#include <charconv>

#include <fmt/core.h>

namespace turntable::run {
namespace {

std::int64_t integer(const Cell& cell) {
    std::int64_t value = 0;
    if (cell) {
        std::from_chars(cell->data(), cell->data() + cell->size(), value);
    }
    return value;
}

Chunk chunk_from(const std::vector<Cell>& row) {
    return {integer(row[0]), row[1].value_or(""), row[2].value_or(""), 0};
}

} // namespace

std::vector<Chunk> JournalLedger::unfinished(Session& session, std::int64_t pass) {
    const auto found =
        session.run(fmt::format("SELECT chunk_no, lower_bound, upper_bound FROM {} WHERE job_id = ? "
                                "AND pass_no = ? AND copied = 0 ORDER BY chunk_no",
                                table_),
                    {job_, pass});
    std::vector<Chunk> chunks;
    for (const auto& row : found.rows) {
        chunks.push_back(chunk_from(row));
    }
    return chunks;
}

std::optional<Chunk> JournalLedger::last(Session& session, std::int64_t pass) {
    const auto found =
        session.run(fmt::format("SELECT chunk_no, lower_bound, upper_bound FROM {} WHERE job_id = ? "
                                "AND pass_no = ? ORDER BY chunk_no DESC LIMIT 1",
                                table_),
                    {job_, pass});
    return found.rows.empty() ? std::nullopt : std::optional{chunk_from(found.rows.front())};
}

phase::Ledger::Totals JournalLedger::totals(Session& session, std::int64_t pass) {
    const auto found =
        session.run(fmt::format("SELECT COALESCE(SUM(row_count), 0), COALESCE(SUM(logged_count), 0) "
                                "FROM {} WHERE job_id = ? AND pass_no = ? AND copied = 1",
                                table_),
                    {job_, pass});
    return {integer(found.rows.at(0).at(0)), integer(found.rows.at(0).at(1))};
}

void JournalLedger::plan(Session& session, std::int64_t pass, const Chunk& chunk) {
    session.run(
        fmt::format("INSERT INTO {} (job_id, pass_no, chunk_no, lower_bound, upper_bound, copied, row_count, "
                    "logged_count) VALUES (?, ?, ?, ?, ?, 0, 0, 0)",
                    table_),
        {job_, pass, chunk.number, chunk.lower, chunk.upper});
}

void JournalLedger::finish(Session& session, std::int64_t pass, const Chunk& chunk,
                           const CopiedChunk& copied) {
    const auto marked =
        session.run(fmt::format("UPDATE {} SET copied = 1, row_count = ?, logged_count = ? WHERE "
                                "job_id = ? AND pass_no = ? AND chunk_no = ? AND copied = 0",
                                table_),
                    {copied.rows, copied.logged, job_, pass, chunk.number});
    if (marked.affected == 1) {
        return;
    }
    // Single-writer engines plan and copy in one transaction. Elsewhere this fails on the primary key: a
    // chunk that was copied already must never be copied twice.
    session.run(
        fmt::format("INSERT INTO {} (job_id, pass_no, chunk_no, lower_bound, upper_bound, copied, row_count, "
                    "logged_count) VALUES (?, ?, ?, ?, ?, 1, ?, ?)",
                    table_),
        {job_, pass, chunk.number, chunk.lower, chunk.upper, copied.rows, copied.logged});
}

void JournalLedger::forget(Session& session, std::int64_t pass) {
    session.run(fmt::format("DELETE FROM {} WHERE job_id = ? AND pass_no <= ?", table_), {job_, pass});
}

} // namespace turntable::run
