#pragma once
// The conversions that give a value another form and keep its meaning: timestamp, epoch, date, boolean, enum,
// lookup, uuid, json, charset, collation. Their parameters as data, and what they make of one value: SQLite
// computes with these functions, and the SQL of every other engine is tested against them.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "turntable/blueprint.hpp"
#include "turntable/change.hpp"

namespace turntable {

// Digits after the second of unit=s, ms or us: 0, 3, 6.
[[nodiscard]] int epoch_places(const Conversion& conversion);
// Inclusive limits in that unit. The years 1 to 9999, which every engine's dates have in common.
struct EpochLimits {
    std::int64_t min, max;
};
[[nodiscard]] EpochLimits epoch_limits(int places);

// "YYYY-MM-DD" with as many decimals of the second as the unit has: "2026-11-25 17:08:00.250".
// nullopt: outside of epoch_limits.
[[nodiscard]] std::optional<std::string> moment_of_epoch(std::int64_t value, int places);
// The way back, for YYYY-MM-DD, a blank or T, HH:MM:SS, and up to six decimals. nullopt: of another form, no
// such day or time, or finer than the unit.
[[nodiscard]] std::optional<std::int64_t> epoch_of_moment(std::string_view text, int places);

// format=: YYYY, MM and DD once each, in any order, anything but letters and digits between them.
struct DatePicture {
    std::string text;                         // "DD.MM.YYYY"
    std::size_t year = 0, month = 0, day = 0; // where they begin
};
[[nodiscard]] std::optional<DatePicture> date_picture(std::string_view format);
[[nodiscard]] DatePicture date_picture(const Conversion& conversion); // default: YYYY-MM-DD
// YYYY-MM-DD of a text that has exactly the picture's form and is a day of the years 1 to 9999.
[[nodiscard]] std::optional<std::string> date_in_text(std::string_view text, const DatePicture& picture);
// The text of a date written YYYY-MM-DD. nullopt: it is none.
[[nodiscard]] std::optional<std::string> text_of_date(std::string_view date, const DatePicture& picture);

// Lower case, of 8-4-4-4-12 hexadecimal digits in any case. nullopt: of another form.
[[nodiscard]] std::optional<std::string> canonical_uuid(std::string_view text);

// What text becomes what text. boolean: the words of true and false; enum: every value itself; lookup: map=.
struct ValueMap {
    std::vector<std::pair<std::string, std::string>> pairs;
    // No two values become one, so that there is a way back.
    [[nodiscard]] bool has_inverse() const;
};
// words: of true and false where the conversion names none.
[[nodiscard]] ValueMap value_map(const Conversion& conversion,
                                 const std::array<std::string, 2>& words = {"true", "false"});

// to= of charset and collation: the name, which the server knows.
[[nodiscard]] std::string wanted_name(const Conversion& conversion);
// to=binary: the collation that tells all strings apart by their bytes, whatever an engine calls it.
constexpr std::string_view binary_collation = "binary";

// The plan of a rule of this family, by what an engine writes for each; nullopt: a rule of another family.
template <typename Sql>
[[nodiscard]] std::optional<ConversionPlan> plan_by_rule(Sql& sql, const std::string& rule) {
    if (rule == "timestamp") {
        return sql.timestamp();
    }
    if (rule == "epoch") {
        return sql.epoch();
    }
    if (rule == "date") {
        return sql.date();
    }
    if (rule == "uuid") {
        return sql.uuid();
    }
    if (rule == "json") {
        return sql.json();
    }
    if (rule == "charset") {
        return sql.charset();
    }
    if (rule == "collation") {
        return sql.collation();
    }
    if (rule == "boolean" || rule == "enum" || rule == "lookup") {
        return sql.map();
    }
    return rule == "fill" ? std::optional<ConversionPlan>{sql.fill()} : std::nullopt;
}

} // namespace turntable
