#include "flow.hpp"

#include <algorithm>

#include "names.hpp"

namespace turntable::sqlite {
namespace {

std::string stored(const std::string& affinity, const std::string& expression) {
    return "turntable_stored(" + text_literal(affinity) + ", " + expression + ")";
}

std::string affinity_in(const std::map<std::string, std::string>& affinities, const std::string& column) {
    const auto found = affinities.find(column);
    check(found != affinities.end(), "a column without an affinity");
    return found->second;
}

// Is the value stored on the other side as it is?
bool is_verbatim(const MappedColumn& column, const Detail& detail) {
    return column.source && column.forward_sql == identifier(*column.source) &&
           affinity_in(detail.source_affinity, *column.source) ==
               affinity_in(detail.target_affinity, column.target);
}

FlowColumn forward_column(const MappedColumn& column, const Detail& detail) {
    FlowColumn out;
    out.to = column.target;
    out.value = column.forward_sql;
    out.image = is_verbatim(column, detail)
                    ? column.forward_sql
                    : stored(affinity_in(detail.target_affinity, column.target), column.forward_sql);
    out.compared = column.compared;
    return out;
}

// How a source column comes back; nullopt: it cannot.
std::optional<FlowColumn> back_column(const MappedColumn& column, const Detail& detail) {
    FlowColumn out;
    out.to = *column.source;
    out.compared = column.compared;
    if (is_verbatim(column, detail)) {
        out.value = identifier(column.target);
        out.image = out.value;
        return out;
    }
    if (!column.inverse_sql) {
        return std::nullopt;
    }
    out.value = *column.inverse_sql;
    out.image = stored(affinity_in(detail.source_affinity, *column.source), out.value);
    out.forward_image = stored(affinity_in(detail.target_affinity, column.target), column.forward_sql);
    out.forward_column = column.target;
    return out;
}

// A source column may feed two targets; the one that keeps the value unchanged brings it back.
const MappedColumn* way_back(const Blueprint& blueprint, const Detail& detail, const std::string& source) {
    const MappedColumn* best = nullptr;
    for (const MappedColumn& column : blueprint.columns) {
        if (column.source == source && (best == nullptr || is_verbatim(column, detail))) {
            best = &column;
        }
    }
    return best;
}

KeyTerms terms_of(const std::vector<std::string>& columns, const std::vector<bool>& descending,
                  const std::string& alias) {
    KeyTerms out;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        out.push_back({alias.empty() ? identifier(columns[i]) : column_of(alias, columns[i]), descending[i]});
    }
    return out;
}

Flow forward_flow(const Blueprint& blueprint, const Detail& detail) {
    Flow out;
    out.from = blueprint.source.name;
    out.to = blueprint.shadow_name;
    out.log = blueprint.log_name;
    for (const MappedColumn& column : blueprint.columns) {
        out.columns.push_back(forward_column(column, detail));
    }
    for (const KeyPart& part : detail.key) {
        out.from_key.push_back(part.source);
        out.to_key.push_back(part.target);
    }
    return out;
}

Flow back_flow(const Blueprint& blueprint, const Detail& detail) {
    Flow out;
    out.from = blueprint.source.name;
    out.to = blueprint.old_name;
    out.log = blueprint.reverse_log_name;
    out.carried = detail.carried_source;
    for (const auto& [source, affinity] : detail.source_affinity) {
        const MappedColumn* const mapped = way_back(blueprint, detail, source);
        if (mapped == nullptr) {
            continue; // dropped: already in carried_source; or generated
        }
        if (auto column = back_column(*mapped, detail)) {
            out.columns.push_back(std::move(*column));
        } else {
            out.carried.push_back(source);
        }
    }
    for (const KeyPart& part : detail.key) {
        out.from_key.push_back(part.target);
        out.to_key.push_back(part.source);
    }
    return out;
}

} // namespace

KeyTerms Flow::from_terms(const std::string& alias) const {
    return terms_of(from_key, key_descending, alias);
}

KeyTerms Flow::to_terms(const std::string& alias) const {
    return terms_of(to_key, key_descending, alias);
}

Flow flow_of(const Blueprint& blueprint, const Detail& detail, Direction direction) {
    Flow out =
        direction == Direction::forward ? forward_flow(blueprint, detail) : back_flow(blueprint, detail);
    for (const KeyPart& part : detail.key) {
        out.key_descending.push_back(part.descending);
    }
    return out;
}

KeyTerms log_terms(std::size_t key_columns, const std::string& alias) {
    KeyTerms out;
    for (std::size_t i = 0; i < key_columns; ++i) {
        const std::string column = "k" + std::to_string(i);
        out.push_back({alias.empty() ? column : alias + "." + column, false});
    }
    return out;
}

std::string pending_keys(const Flow& flow) {
    // Without the condition a NULL in the log, which no trigger of ours writes, would make every NOT IN
    // unknown.
    return "(SELECT " + key_list(log_terms(flow.from_key.size(), "")) + " FROM " + identifier(flow.log) +
           " WHERE k0 IS NOT NULL)";
}

std::string keys_equal(const KeyTerms& left, const KeyTerms& right) {
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < left.size(); ++i) {
        parts.push_back(left[i].sql + " = " + right[i].sql);
    }
    return joined(parts, " AND ");
}

std::string all_same(const std::vector<ImagePair>& pairs) {
    // The library takes at most 127 arguments per call in its stock configuration, some builds 100.
    constexpr std::size_t pairs_max = 45;
    std::vector<std::string> calls;
    for (std::size_t begin = 0; begin < pairs.size(); begin += pairs_max) {
        std::vector<std::string> arguments;
        for (std::size_t i = begin; i < std::min(begin + pairs_max, pairs.size()); ++i) {
            arguments.push_back(pairs[i].left + ", " + pairs[i].right);
        }
        calls.push_back("turntable_same(" + joined(arguments, ", ") + ")");
    }
    return calls.empty() ? "1" : "(" + joined(calls, " AND ") + ")";
}

} // namespace turntable::sqlite
