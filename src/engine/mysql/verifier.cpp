#include "verifier.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "quote.hpp"
#include "verify_sql.hpp"

namespace turntable::mysql {
namespace {

// What one verification reads: the same part of both sides.
struct Part {
    std::string from, to;
    bool to_is_known = true; // false: the to-side's rows of this part cannot be told by their keys
};

std::vector<KeyTexts> keys_of(const ResultSet& result) {
    std::vector<KeyTexts> keys;
    for (const auto& row : result.rows) {
        KeyTexts& texts = keys.emplace_back();
        for (const Cell& cell : row) {
            texts.push_back(cell.value_or(""));
        }
    }
    return keys;
}

KeyTexts first_texts(const std::vector<Cell>& row, std::size_t count) {
    KeyTexts texts;
    for (std::size_t i = 0; i < count; ++i) {
        texts.push_back(row.at(i).value_or(""));
    }
    return texts;
}

class Comparison {
  public:
    Comparison(Session& session, const Blueprint& blueprint)
        : session_(session),
          blueprint_(blueprint),
          detail_(detail_of(blueprint)),
          route_(make_route(blueprint, detail_, Direction::forward)),
          sql_(blueprint_, detail_, route_) {}

    [[nodiscard]] const Detail& detail() const { return detail_; }
    [[nodiscard]] const VerifySql& sql() const { return sql_; }

    // Keys of the log within the condition; they are left out on both sides.
    void leave_out_pending(const std::string& log_condition, Part& part, VerifiedChunk& verified) {
        const std::vector<KeyTexts> pending = keys_of(session_.run(sql_.pending(log_condition)));
        if (pending.empty()) {
            return;
        }
        part.from += " AND NOT (" + key_in(route_.from_key, pending, from_alias) + ")";
        part.to += " AND NOT (" + sql_.to_keys(pending) + ")";
        for (const KeyTexts& key : pending) {
            verified.pending.push_back(encode_key(key));
        }
    }

    void run(const Part& part, int differences_max, VerifiedChunk& verified) {
        const ResultSet compared = session_.run(sql_.compare(part.from));
        const std::vector<Cell>& row = compared.rows.at(0);
        verified.source_rows = std::stoll(row.at(0).value_or("0"));
        verified.difference_count = std::stoll(row.at(1).value_or("0"));
        verified.shadow_rows = part.to_is_known ? session_.run(sql_.count_to(part.to)).only_integer()
                                                : verified.source_rows - verified.difference_count;
        sums(part, row, verified);
        if (verified.difference_count > 0) {
            describe_differences(part, differences_max, verified);
        }
        const auto missing = std::count_if(
            verified.differences.begin(), verified.differences.end(),
            [](const Difference& difference) { return difference.kind == Difference::Kind::missing; });
        if (verified.shadow_rows > verified.source_rows - missing) {
            describe_extra(part, differences_max, verified);
        }
    }

  private:
    void sums(const Part& part, const std::vector<Cell>& compared, VerifiedChunk& verified) {
        std::size_t conserved = 0;
        std::optional<ResultSet> source;
        for (const ConversionPlan& plan : blueprint_.conversions) {
            ConversionSums& sums = verified.sums.emplace_back();
            if (!plan.conserves_sum) {
                continue;
            }
            if (!source) {
                source = session_.run(sql_.source_sums(part.from));
            }
            const auto at = [&](std::size_t i) {
                return source->rows.at(0).at(3 * conserved + i).value_or("0");
            };
            sums.source = at(0);
            sums.error = at(1);
            sums.replaced = std::stoll(at(2));
            sums.target = compared.at(2 + conserved).value_or("0");
            ++conserved;
        }
    }

    void describe_differences(const Part& part, int limit, VerifiedChunk& verified) {
        const std::size_t width = route_.from_key.size();
        for (const auto& row : session_.run(sql_.list_differences(part.from, limit)).rows) {
            Difference difference;
            difference.key = display_key(route_.from_key, first_texts(row, width));
            const bool missing = row.at(width) == "1";
            difference.kind = missing ? Difference::Kind::missing : Difference::Kind::differs;
            std::size_t at = width + 1;
            for (const RouteColumn& column : route_.columns) {
                if (!column.compared) {
                    continue;
                }
                if (missing || row.at(at) != "1") {
                    difference.columns.push_back({column.to, row.at(at + 1), row.at(at + 2)});
                }
                at += 3;
            }
            verified.differences.push_back(std::move(difference));
        }
    }

    void describe_extra(const Part& part, int limit, VerifiedChunk& verified) {
        for (const auto& row : session_.run(sql_.list_extra(part.to, limit)).rows) {
            Difference difference;
            difference.kind = Difference::Kind::extra;
            difference.key = display_key(route_.to_key, first_texts(row, route_.to_key.size()));
            ++verified.difference_count;
            verified.differences.push_back(std::move(difference));
        }
    }

    Session& session_;
    const Blueprint& blueprint_;
    Detail detail_;
    Route route_;
    VerifySql sql_;
};

} // namespace

std::optional<Chunk> MysqlVerifier::next_chunk(Session& session, const Blueprint& blueprint,
                                               const std::string& lower, Rows rows) const {
    const Detail detail = detail_of(blueprint);
    if (detail.source_key.empty()) {
        return std::nullopt; // a native form of a table without a key
    }
    std::string order;
    for (const KeyPart& part : detail.source_key) {
        order += (order.empty() ? "src." : ", src.") + quote_name(part.column);
    }
    const ResultSet upper = session.run(
        fmt::format("SELECT {} FROM {} AS src FORCE INDEX ({}) WHERE {} ORDER BY {} LIMIT 1 OFFSET {}",
                    key_texts_sql(detail.source_key, from_alias), quote_name(blueprint.source.name),
                    quote_name(detail.source_key_index),
                    key_after(detail.source_key, decode_key(lower), from_alias), order, rows - 1));
    Chunk chunk;
    chunk.lower = lower;
    if (!upper.rows.empty()) {
        chunk.upper = encode_key(first_texts(upper.rows[0], detail.source_key.size()));
    }
    return chunk;
}

VerifiedChunk MysqlVerifier::verify_chunk(Session& session, const Blueprint& blueprint, const Chunk& chunk,
                                          int differences_max) const {
    Comparison comparison{session, blueprint};
    const Detail& detail = comparison.detail();
    Part part;
    part.from = key_range(detail.source_key, chunk.lower, chunk.upper, from_alias);
    part.to_is_known = detail.key_order_kept;
    std::vector<KeyPart> to_key = detail.source_key;
    for (std::size_t i = 0; i < to_key.size(); ++i) {
        to_key[i].column = detail.target_key[i].column;
    }
    part.to = detail.key_order_kept ? key_range(to_key, chunk.lower, chunk.upper, to_alias) : "TRUE";
    VerifiedChunk verified;
    comparison.leave_out_pending(key_range(detail.source_key, chunk.lower, chunk.upper, log_alias), part,
                                 verified);
    comparison.run(part, differences_max, verified);
    if (!detail.key_order_kept && chunk.upper.empty()) {
        // The ranges say nothing about the shadow's order: once, at the end, it is asked for rows without a
        // source row.
        VerifiedChunk whole;
        Part all{"TRUE", "TRUE", true};
        comparison.leave_out_pending("TRUE", all, whole);
        for (const auto& row : session.run(comparison.sql().list_extra(all.to, differences_max)).rows) {
            verified.differences.push_back(
                {Difference::Kind::extra,
                 display_key(detail.target_key, first_texts(row, detail.target_key.size())),
                 {}});
            ++verified.difference_count;
        }
    }
    return verified;
}

VerifiedChunk MysqlVerifier::verify_keys(Session& session, const Blueprint& blueprint,
                                         const std::vector<std::string>& keys, int differences_max) const {
    Comparison comparison{session, blueprint};
    VerifiedChunk verified;
    std::vector<KeyTexts> texts;
    for (const std::string& key : keys) {
        texts.push_back(decode_key(key));
    }
    Part part{key_in(comparison.detail().source_key, texts, from_alias), comparison.sql().to_keys(texts),
              true};
    comparison.leave_out_pending(key_in(comparison.detail().source_key, texts, log_alias), part, verified);
    comparison.run(part, differences_max, verified);
    return verified;
}

} // namespace turntable::mysql
