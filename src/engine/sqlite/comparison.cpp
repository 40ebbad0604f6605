#include "comparison.hpp"

#include <algorithm>

#include "names.hpp"
#include "sums.hpp"

namespace turntable::sqlite {
namespace {

constexpr std::size_t listed_keys_max = 500; // per statement

KeyTerms collated_log_terms(const Detail& detail) {
    KeyTerms out = log_terms(detail.key.size(), "");
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i].sql += " COLLATE " + identifier(detail.key[i].collation);
        out[i].descending = detail.key[i].descending;
    }
    return out;
}

Rows number(const Cell& cell) {
    return cell ? std::stoll(*cell) : 0;
}

// Values that look alike and differ in storage class say so.
Cell shown(const Cell& value, const Cell& type, const Cell& other, const Cell& other_type) {
    return value && value == other && type != other_type ? Cell{type.value_or("") + " " + *value} : value;
}

} // namespace

std::vector<KeyScope> scopes_of(const Flow& flow, const Detail& detail, const std::string& lower,
                                const std::string& upper) {
    const auto source = ranges_of(flow.from_terms(""), lower, upper);
    const auto shadow = ranges_of(flow.to_terms("t"), lower, upper);
    const auto log = ranges_of(collated_log_terms(detail), lower, upper);
    std::vector<KeyScope> out;
    for (std::size_t i = 0; i < source.size(); ++i) {
        out.push_back({source[i].where, shadow[i].where, log[i].where, source[i].arguments});
    }
    return out;
}

std::vector<KeyScope> scopes_of(const Flow& flow, const Detail& detail,
                                const std::vector<std::string>& keys) {
    std::vector<KeyScope> out;
    const std::size_t width = flow.from_key.size();
    for (std::size_t begin = 0; begin < keys.size(); begin += listed_keys_max) {
        KeyScope scope;
        std::vector<std::string> tuples;
        for (std::size_t i = begin; i < std::min(begin + listed_keys_max, keys.size()); ++i) {
            std::string marks = "?";
            for (std::size_t k = 1; k < width; ++k) {
                marks += ", ?";
            }
            tuples.push_back("(" + marks + ")");
            const std::vector<Value> values = decode_key(keys[i]);
            scope.arguments.insert(scope.arguments.end(), values.begin(), values.end());
        }
        const std::string list = " IN (VALUES " + joined(tuples, ", ") + ")";
        scope.source = key_tuple(flow.from_terms("")) + list;
        scope.shadow = key_tuple(flow.to_terms("t")) + list;
        scope.log = key_tuple(collated_log_terms(detail)) + list;
        out.push_back(std::move(scope));
    }
    return out;
}

Comparison::Comparison(Session& session, const Blueprint& blueprint, const Flow& flow, int differences_max)
    : session_(session), blueprint_(blueprint), flow_(flow), differences_max_(differences_max) {
    result_.sums.resize(blueprint.conversions.size());
}

void Comparison::add(const KeyScope& scope) {
    const std::int64_t before = result_.difference_count;
    list_pending(scope);
    count(scope);
    sum(scope);
    if (result_.difference_count > before) {
        list_unequal(scope);
        list_extra(scope);
    }
}

VerifiedChunk Comparison::result() const {
    return result_;
}

int Comparison::room() const {
    return std::max(0, differences_max_ - static_cast<int>(result_.differences.size()));
}

// f: mapped source rows as the shadow would store them; t: their counterparts.
std::string Comparison::joined_rows(const KeyScope& scope) const {
    std::vector<std::string> parts;
    const KeyTerms key = flow_.from_terms("");
    for (std::size_t i = 0; i < key.size(); ++i) {
        parts.push_back(key[i].sql + " AS k" + std::to_string(i));
    }
    for (std::size_t i = 0; i < flow_.columns.size(); ++i) {
        parts.push_back(flow_.columns[i].image + " AS i" + std::to_string(i));
    }
    return "(SELECT " + joined(parts, ", ") + " FROM " + identifier(flow_.from) + " WHERE " + scope.source +
           " AND " + key_tuple(key) + " NOT IN " + pending_keys(flow_) + ") f LEFT JOIN " +
           identifier(flow_.to) + " t ON " + keys_equal(flow_.to_terms("t"), log_terms(key.size(), "f"));
}

std::string Comparison::same_row() const {
    std::vector<ImagePair> pairs;
    for (std::size_t i = 0; i < flow_.columns.size(); ++i) {
        if (flow_.columns[i].compared) {
            pairs.push_back({"f.i" + std::to_string(i), column_of("t", flow_.columns[i].to)});
        }
    }
    return all_same(pairs);
}

void Comparison::sum(const KeyScope& scope) {
    const std::string source = " FROM " + identifier(flow_.from) + " WHERE " + scope.source + " AND " +
                               key_tuple(flow_.from_terms("")) + " NOT IN " + pending_keys(flow_);
    const std::string shadow = " FROM " + identifier(flow_.to) + " t WHERE " + scope.shadow + " AND " +
                               key_tuple(flow_.to_terms("t")) + " NOT IN " + pending_keys(flow_);
    for (std::size_t i = 0; i < result_.sums.size(); ++i) {
        const ConversionPlan& plan = blueprint_.conversions[i];
        if (!plan.conserves_sum) {
            continue;
        }
        const auto expected =
            session_
                .run("SELECT " + plan.sum_source_sql + ", " + plan.sum_error_sql + ", " +
                         (plan.is_replaced.empty() ? "0" : "coalesce(sum(" + plan.is_replaced + "), 0)") +
                         source,
                     scope.arguments)
                .rows.at(0);
        const auto found =
            session_
                .run("SELECT " + integer_sum(column_of("t", plan.target_column)) + shadow, scope.arguments)
                .rows.at(0);
        ConversionSums& sums = result_.sums[i];
        sums.source = decimal_sum(sums.source, expected[0].value_or("0"));
        sums.error = decimal_sum(sums.error, expected[1].value_or("0"));
        sums.replaced += std::stoll(expected[2].value_or("0"));
        sums.target = decimal_sum(sums.target, read_integer_sum(found[0], found[1]));
    }
}

void Comparison::count(const KeyScope& scope) {
    const std::string present = flow_.to_terms("t").front().sql + " IS NOT NULL";
    const auto row = session_
                         .run("SELECT count(*), coalesce(sum(" + present + "), 0), coalesce(sum(" + present +
                                  " AND NOT " + same_row() + "), 0) FROM " + joined_rows(scope),
                              scope.arguments)
                         .rows.at(0);
    const Rows shadow =
        session_
            .run("SELECT count(*) FROM " + identifier(flow_.to) + " t WHERE " + scope.shadow + " AND " +
                     key_tuple(flow_.to_terms("t")) + " NOT IN " + pending_keys(flow_),
                 scope.arguments)
            .only_integer();
    const Rows source = number(row[0]);
    const Rows matched = number(row[1]);
    result_.source_rows += source;
    result_.shadow_rows += shadow;
    result_.difference_count += (source - matched) + number(row[2]) + (shadow - matched);
}

void Comparison::list_pending(const KeyScope& scope) {
    const KeyTerms terms = log_terms(flow_.from_key.size(), "");
    for (const auto& row : session_
                               .run("SELECT DISTINCT " + key_cells(terms) + " FROM " + identifier(flow_.log) +
                                        " WHERE " + scope.log + " AND k0 IS NOT NULL",
                                    scope.arguments)
                               .rows) {
        result_.pending.push_back(encode_key(row, 0, terms.size()));
    }
}

void Comparison::list_unequal(const KeyScope& scope) {
    const std::size_t width = flow_.from_key.size();
    std::string columns =
        key_cells(log_terms(width, "f")) + ", " + flow_.to_terms("t").front().sql + " IS NULL";
    for (std::size_t i = 0; i < flow_.columns.size(); ++i) {
        const std::string image = "f.i" + std::to_string(i);
        const std::string target = column_of("t", flow_.columns[i].to);
        columns += ", turntable_same(" + image + ", " + target + "), turntable_show(" + image + "), typeof(" +
                   image + "), turntable_show(" + target + "), typeof(" + target + ")";
    }
    std::vector<Value> arguments = scope.arguments;
    arguments.emplace_back(std::int64_t{room()});
    const auto rows =
        session_
            .run("SELECT " + columns + " FROM " + joined_rows(scope) + " WHERE " +
                     flow_.to_terms("t").front().sql + " IS NULL OR NOT " + same_row() + " LIMIT ?",
                 arguments)
            .rows;
    for (const auto& row : rows) {
        Difference difference;
        difference.key = shown_key(flow_.from_key, encode_key(row, 0, width));
        const bool missing = row[2 * width] == "1";
        difference.kind = missing ? Difference::Kind::missing : Difference::Kind::differs;
        for (std::size_t i = 0; i < flow_.columns.size() && !missing; ++i) {
            const Cell* const cells = &row[2 * width + 1 + 5 * i];
            if (cells[0] != "1" && flow_.columns[i].compared) {
                difference.columns.push_back({flow_.columns[i].to,
                                              shown(cells[1], cells[2], cells[3], cells[4]),
                                              shown(cells[3], cells[4], cells[1], cells[2])});
            }
        }
        result_.differences.push_back(std::move(difference));
    }
}

void Comparison::list_extra(const KeyScope& scope) {
    const KeyTerms terms = flow_.to_terms("t");
    std::vector<Value> arguments = scope.arguments;
    arguments.emplace_back(std::int64_t{room()});
    const auto rows =
        session_
            .run("SELECT " + key_cells(terms) + " FROM " + identifier(flow_.to) + " t WHERE " + scope.shadow +
                     " AND " + key_tuple(terms) + " NOT IN " + pending_keys(flow_) +
                     " AND NOT EXISTS (SELECT 1 FROM " + identifier(flow_.from) + " f WHERE " +
                     keys_equal(flow_.from_terms("f"), terms) + ") LIMIT ?",
                 arguments)
            .rows;
    for (const auto& row : rows) {
        result_.differences.push_back(
            {Difference::Kind::extra, shown_key(flow_.to_key, encode_key(row, 0, terms.size())), {}});
    }
}

} // namespace turntable::sqlite
