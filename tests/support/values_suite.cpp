#include "support/values_suite.hpp"

#include <algorithm>
#include <functional>
#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/text_values.hpp"
#include "turntable/value_rules.hpp"

namespace turntable::test {
namespace {

Conversion asked_for(const std::string& rule, const std::map<std::string, std::string>& extra) {
    Conversion asked;
    asked.column = UnitsClient::column();
    asked.rule = rule;
    asked.extra = extra;
    asked.into = "made";
    return asked;
}

// Every loaded row: the class, the value, and what the inverse makes of the value.
struct SeenRow {
    std::string value_class;
    Cell value, back;
};

std::vector<SeenRow> seen(UnitsClient& client, Conversion asked, const std::string& type) {
    const ConversionPlan strict = client.compile(asked, type);
    asked.overflow = BadValuePolicy::null;
    if (asked.rule != "timestamp") {
        asked.overflow = BadValuePolicy::fail;
        asked.extra["malformed"] = "null";
    }
    const ConversionPlan plan = client.compile(asked, type);
    const auto flag = [](const std::string& condition, const char* name) {
        return condition.empty() ? std::string{"''"}
                                 : fmt::format("CASE WHEN {} THEN '{}' ELSE '' END", condition, name);
    };
    std::vector<SeenRow> out;
    for (const auto& row : client.rows(
             fmt::format("SELECT {}, {}, {} FROM (SELECT id, {} AS made, {} FROM conv_values) a ORDER BY id",
                         flag(strict.is_rejected, "rejected"), client.as_text("made"),
                         plan.inverse_sql ? client.as_text(*plan.inverse_sql) : "NULL", plan.forward_sql,
                         client.quoted_column()))) {
        out.push_back({row[0].value_or("NULL"), row[1], row[2]});
    }
    const auto outside = client.rows(
        fmt::format("SELECT {} FROM conv_values ORDER BY id", flag(strict.is_out_of_range, "out_of_range")));
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i].value_class += outside.at(i)[0].value_or("NULL");
    }
    return out;
}

// expected: what the value must look like by the reference; nullopt: it is of the class `otherwise`.
using Expected = std::function<std::optional<std::string>(const std::string& text)>;

void compare(UnitsClient& client, const Conversion& asked, const std::string& type,
             const std::vector<std::string>& texts, const Expected& expected, const std::string& otherwise,
             const std::function<std::string(const std::string&)>& image) {
    client.load(type, texts);
    const auto rows = seen(client, asked, type);
    ASSERT_EQ(rows.size(), texts.size());
    note_compared(asked.rule, rows.size());
    int shown = 0;
    std::size_t good = 0;
    for (std::size_t i = 0; i < rows.size() && shown < 20; ++i) {
        const auto wanted = expected(texts[i]);
        const bool right = wanted ? rows[i].value_class.empty() && rows[i].value && rows[i].back &&
                                        image(*rows[i].value) == *wanted
                                  : rows[i].value_class == otherwise && !rows[i].value;
        good += wanted ? 1 : 0;
        if (!right) {
            ++shown;
            ADD_FAILURE() << asked.rule << " of '" << texts[i] << "': class '" << rows[i].value_class
                          << "', value " << rows[i].value.value_or("NULL") << ", back "
                          << rows[i].back.value_or("NULL") << "; wanted " << wanted.value_or(otherwise);
        }
    }
    EXPECT_GT(good, texts.size() / 10) << "too few good values to prove anything";
    EXPECT_LT(good, texts.size()) << "no bad value to prove anything";
}

// Without a policy the copy stops at a bad value, with a sentence that shows it.
void expect_stops(UnitsClient& client, const Conversion& asked, const std::string& type,
                  const std::string& text) {
    client.load(type, {text});
    const ConversionPlan plan = client.compile(asked, type);
    try {
        (void)client.rows(fmt::format("INSERT INTO conv_units SELECT length({}) FROM conv_values",
                                      client.as_text(plan.forward_sql)));
        ADD_FAILURE() << asked.rule << " accepted '" << text << "'";
    } catch (const std::exception& error) {
        EXPECT_NE(std::string{error.what()}.find(text), std::string::npos) << error.what();
    }
    EXPECT_EQ(client.rows("SELECT count(*) FROM conv_units")[0][0], "0");
}

std::string same(const std::string& text) {
    return text;
}

// One character of some of the texts becomes another one.
std::vector<std::string> spoilt(std::vector<std::string> texts, std::size_t count, std::mt19937_64& random) {
    const std::string letters = "0123456789-./ :TZabcf'\\\"%_";
    const std::size_t originals = texts.size();
    for (std::size_t i = 0; i < count; ++i) {
        std::string text = texts[random() % originals];
        if (!text.empty()) {
            text[random() % text.size()] = letters[random() % letters.size()];
        }
        texts.push_back(text);
    }
    return texts;
}

} // namespace

void expect_dates(UnitsClient& client, const ValueTypes& types) {
    std::mt19937_64 random{20261125};
    for (const std::string format : {"YYYY-MM-DD", "DD.MM.YYYY", "MM/DD/YYYY", "YYYYMMDD"}) {
        const DatePicture picture = date_picture(format).value();
        std::vector<std::string> texts;
        for (const char* const iso : {"0001-01-01", "9999-12-31", "1900-02-28", "2000-02-29", "2024-02-29",
                                      "1582-10-10", "0999-06-30"}) {
            texts.push_back(text_of_date(iso, picture).value());
        }
        for (std::size_t i = 0; i < deep(1'500); ++i) { // days that exist, and some that do not
            std::string text = format;
            text.replace(picture.year, 4, fmt::format("{:04}", random() % 3000));
            text.replace(picture.month, 2, fmt::format("{:02}", random() % 14));
            text.replace(picture.day, 2, fmt::format("{:02}", random() % 33));
            texts.push_back(text);
        }
        texts = spoilt(texts, deep(1'000), random);
        for (const char* const odd :
             {"", " ", "today", "infinity", "2026-02-29", "1900-02-29", "0000-01-01", "2026-1-1",
              " 2026-01-01", "2026-01-01 ", "2026-01-01\n", "01.01.2026\n", "２０２６-01-01",
              "2026-01-01T00:00", "-026-01-01", "+026-01-01", "NULL"}) {
            texts.emplace_back(odd);
        }
        const Conversion asked = asked_for("date", {{"format", format}});
        compare(
            client, asked, types.text, texts,
            [&](const std::string& text) { return date_in_text(text, picture); }, "rejected", same);
        // The way back gives the very text.
        const auto rows = seen(client, asked, types.text);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (rows[i].back) {
                ASSERT_EQ(*rows[i].back, texts[i]);
            }
        }
    }
}

void expect_bad_values_stop(UnitsClient& client, const ValueTypes& types) {
    expect_stops(client, asked_for("date", {}), types.text, "2026-02-30");
    expect_stops(client, asked_for("date", {}), types.text, "tomorrow");
    expect_stops(client, asked_for("uuid", {}), types.text, "no-uuid");
    expect_stops(client, asked_for("boolean", {}), types.text, "maybe");
    expect_stops(client, asked_for("boolean", {}), types.integer, "17");
    Conversion lookup = asked_for("lookup", {{"map", "a:1"}});
    lookup.type = "int32";
    expect_stops(client, lookup, types.text, "b");
    Conversion moment = asked_for("timestamp", {{"unit", "s"}});
    moment.type = "timestamp";
    expect_stops(client, moment, types.integer, "253402300800");
}

void expect_moments(UnitsClient& client, const ValueTypes& types) {
    std::mt19937_64 random{17};
    for (const auto& [unit, places] : {std::pair{"s", 0}, {"ms", 3}, {"us", 6}}) {
        std::int64_t factor = 1;
        for (int i = 0; i < places; ++i) {
            factor *= 10;
        }
        const std::int64_t first = types.first_second * factor;
        const std::int64_t last = epoch_limits(places).max;
        std::vector<std::int64_t> values{
            0,     1,         -1,   factor,   -factor,       factor - 1, 1 - factor,
            first, first - 1, last, last + 1, INT64_MIN + 1, INT64_MAX,  1764090480 * factor};
        for (std::size_t i = 0; i < deep(2'000); ++i) {
            values.push_back(first +
                             static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(last - first)));
        }
        std::vector<std::string> texts;
        for (const std::int64_t value : values) {
            texts.push_back(std::to_string(value));
        }
        Conversion asked = asked_for("timestamp", {{"unit", unit}});
        asked.type = "timestamp";
        const int unit_places = places;
        const auto image = [&](const std::string& moment) {
            const auto back = epoch_of_moment(moment.substr(0, moment.find('+')), unit_places);
            return back ? std::to_string(*back) : "no moment: " + moment;
        };
        compare(
            client, asked, types.integer, texts,
            [&](const std::string& text) -> std::optional<std::string> {
                const std::int64_t value = std::stoll(text);
                return value >= first && value <= last ? std::optional{text} : std::nullopt;
            },
            "out_of_range", image);
        const auto rows = seen(client, asked, types.integer);
        for (std::size_t i = 0; i < rows.size(); ++i) { // epoch is its inverse
            if (rows[i].back) {
                ASSERT_EQ(*rows[i].back, texts[i]) << unit;
            }
        }
    }
}

void expect_uuids(UnitsClient& client, const ValueTypes& types) {
    std::mt19937_64 random{4};
    std::vector<std::string> texts{"00000000-0000-0000-0000-000000000000",
                                   "FFFFFFFF-ffff-FFFF-ffff-FFFFFFFFFFFF"};
    for (std::size_t i = 0; i < deep(500); ++i) {
        const std::uint64_t a = random();
        const std::uint64_t b = random();
        std::string text = fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", a >> 32U, a >> 16U & 0xFFFFU,
                                       a & 0xFFFFU, b >> 48U, b & 0xFFFFFFFFFFFFU);
        if (i % 2 == 0) {
            std::transform(text.begin(), text.end(), text.begin(), ::toupper);
        }
        texts.push_back(text);
    }
    texts = spoilt(texts, deep(1'000), random);
    for (const char* const odd :
         {"", "{00000000-0000-0000-0000-000000000000}", "00000000000000000000000000000000",
          "00000000-0000-0000-0000-00000000000", "00000000-0000-0000-0000-000000000000 ",
          "00000000-0000-0000-0000-000000000000\n", "g0000000-0000-0000-0000-000000000000"}) {
        texts.emplace_back(odd);
    }
    const Conversion asked = asked_for("uuid", {});
    client.load(types.text, texts);
    const auto rows = seen(client, asked, types.text);
    ASSERT_EQ(rows.size(), texts.size());
    note_compared(asked.rule, rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto wanted = canonical_uuid(texts[i]);
        ASSERT_EQ(rows[i].value_class, wanted ? "" : "rejected") << texts[i];
        ASSERT_EQ(rows[i].back, wanted) << texts[i];
    }
}

void expect_maps(UnitsClient& client, const ValueTypes& types) {
    const std::vector<std::string> texts{"yes", "no",   "YES",     "yes ", " yes",  "",   "y",
                                         "1",   "it's", "a;b:c\\", "ÿes",  "yes\n", "no", "yes"};
    Conversion lookup = asked_for("lookup", {{"map", "yes:1;no:-2;it's:3;a\\;b\\:c\\\\:4;:5"}});
    lookup.type = "int32";
    const ValueMap map = value_map(lookup);
    const auto in_map = [&](const std::string& text) -> std::optional<std::string> {
        for (const auto& [from, to] : map.pairs) {
            if (from == text) {
                return to;
            }
        }
        return std::nullopt;
    };
    ASSERT_EQ(in_map("a;b:c\\"), "4");
    compare(client, lookup, types.text, texts, in_map, "rejected", same);
    const auto rows = seen(client, lookup, types.text);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        EXPECT_EQ(rows[i].back, in_map(texts[i]) ? Cell{texts[i]} : Cell{}) << texts[i];
    }
    const auto truth = [](const std::string& text) {
        return text == "true" || text == "t" || text == "1" ? "1" : "0";
    };
    compare(
        client, asked_for("boolean", {{"true", "yes"}, {"false", "no"}}), types.text, texts,
        [](const std::string& text) -> std::optional<std::string> {
            return text == "yes"  ? std::optional<std::string>{"1"}
                   : text == "no" ? std::optional<std::string>{"0"}
                                  : std::nullopt;
        },
        "rejected", truth);
    compare(
        client, asked_for("boolean", {}), types.integer, {"0", "1", "2", "-1", "1"},
        [](const std::string& text) -> std::optional<std::string> {
            return text == "1" || text == "0" ? std::optional{text} : std::nullopt;
        },
        "rejected", truth);
    // Two values become one: there is no way back.
    Conversion merged = asked_for("lookup", {{"map", "yes:1;no:1"}});
    merged.type = "int32";
    EXPECT_FALSE(client.compile(merged, types.text).inverse_sql);
}

namespace {

std::string json_words(JsonClass json) {
    return json == JsonClass::exact ? "" : json == JsonClass::rejected ? "rejected" : "out_of_range";
}

bool same_document(const std::string& a, const Cell& b, bool to_the_byte) {
    if (!b || to_the_byte) {
        return b == a;
    }
    const auto before = nlohmann::json::parse(a, nullptr, false);
    const auto after = nlohmann::json::parse(*b, nullptr, false);
    return before.is_discarded() || before == after; // it knows no number beyond the doubles
}

} // namespace

void expect_json(UnitsClient& client, const ValueTypes& types, const JsonDialect& dialect, bool keeps_text) {
    const auto texts = json_texts(deep(1'000));
    const Conversion asked = asked_for("json", {});
    client.load(types.text, texts);
    const auto rows = seen(client, asked, types.text);
    ASSERT_EQ(rows.size(), texts.size());
    int shown = 0;
    std::map<std::string, int> classes;
    for (std::size_t i = 0; i < rows.size() && shown < 20; ++i) {
        const std::string wanted = json_words(json_class(texts[i], dialect));
        ++classes[wanted];
        const bool right = rows[i].value_class == wanted &&
                           (wanted.empty() ? same_document(texts[i], rows[i].value, keeps_text) &&
                                                 same_document(texts[i], rows[i].back, keeps_text)
                                           : !rows[i].value);
        if (!right) {
            ++shown;
            ADD_FAILURE() << "json of '" << texts[i].substr(0, 200) << "': class '" << rows[i].value_class
                          << "', wanted '" << wanted << "', value "
                          << rows[i].value.value_or("NULL").substr(0, 200) << ", back "
                          << rows[i].back.value_or("NULL").substr(0, 200);
        }
    }
    EXPECT_GT(classes[""], static_cast<int>(texts.size() / 8));
    EXPECT_GT(classes["rejected"], static_cast<int>(texts.size() / 8));
    EXPECT_EQ(classes["out_of_range"] > 0, dialect.numbers_as_doubles);
    client.load(types.text, {"{a: 1}"});
    EXPECT_ANY_THROW(
        (void)client.rows(fmt::format("INSERT INTO conv_units SELECT length({}) FROM conv_values",
                                      client.as_text(client.compile(asked, types.text).forward_sql))));
}

} // namespace turntable::test
