#include "run/side_table.hpp"

#include <algorithm>

#include <fmt/core.h>

namespace turntable::run {
namespace {

constexpr std::size_t values_per_statement = 200;

} // namespace

// As people write it: the name needs no quotes.
std::string JournalSideTable::name() const {
    std::string name = dialect_.table("quarantine");
    std::erase_if(name, [](char c) { return c == '"' || c == '`'; });
    return name;
}

void JournalSideTable::create(Session& session) {
    session.run(fmt::format(
        "CREATE TABLE IF NOT EXISTS {0} (job_id {1} NOT NULL, chunk_no {2} NOT NULL, value_no {2} NOT NULL, "
        "source_table {3} NOT NULL, column_name {3} NOT NULL, row_key {3} NOT NULL, original {3}, "
        "reason {3} NOT NULL, fixed {3}, PRIMARY KEY (job_id, chunk_no, value_no)){4}",
        name(), dialect_.key_text_type(), dialect_.integer_type(), dialect_.text_type(),
        dialect_.table_options()));
}

void JournalSideTable::keep(Session& session, std::int64_t chunk,
                            const std::vector<phase::SetAsideValue>& values) {
    for (std::size_t first = 0; first < values.size(); first += values_per_statement) {
        const std::size_t end = std::min(first + values_per_statement, values.size());
        std::string rows;
        std::vector<Value> arguments;
        for (std::size_t i = first; i < end; ++i) {
            const phase::SetAsideValue& value = values[i];
            rows += rows.empty() ? "(?, ?, ?, ?, ?, ?, ?, ?)" : ", (?, ?, ?, ?, ?, ?, ?, ?)";
            const std::vector<Value> row{job_,
                                         chunk,
                                         static_cast<std::int64_t>(i),
                                         source_.display(),
                                         value.column,
                                         value.key,
                                         value.original ? Value{*value.original} : Value{},
                                         value.reason};
            arguments.insert(arguments.end(), row.begin(), row.end());
        }
        session.run(fmt::format("INSERT INTO {} (job_id, chunk_no, value_no, source_table, column_name, "
                                "row_key, original, reason) VALUES {}",
                                name(), rows),
                    arguments);
    }
}

void JournalSideTable::forget_from(Session& session, std::int64_t chunk) {
    session.run(fmt::format("DELETE FROM {} WHERE job_id = ? AND chunk_no >= ?", name()), {job_, chunk});
}

} // namespace turntable::run
