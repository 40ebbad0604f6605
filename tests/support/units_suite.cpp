#include "support/units_suite.hpp"

#include <algorithm>
#include <map>
#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "turntable/conversion_rules.hpp"

namespace turntable::test {
namespace {

// The bits of a float survive: as many digits as any needs, read back by correct rounding.
template <typename Float>
UnitsCase binary_case(const std::string& type, const std::vector<Float>& values) {
    UnitsCase made{type, {}, {}};
    for (const Float value : values) {
        made.texts.push_back(fmt::format("{:.17g}", value));
        made.decimals.push_back(shortest_decimal(value));
    }
    return made;
}

// One row per value: the classes that claim it, joined by '+', and the result.
std::vector<std::vector<Cell>> classified(UnitsClient& client, const ConversionPlan& classes,
                                          const ConversionPlan& forward) {
    const auto flag = [](const std::string& expression, const char* name) {
        return expression.empty() ? std::string{"''"}
                                  : fmt::format("CASE WHEN {} THEN '{}' ELSE '' END", expression, name);
    };
    return client.rows(fmt::format(
        "SELECT {}, {}, {}, {}, {} FROM conv_values ORDER BY id", flag(classes.is_rounded, "rounded"),
        flag(classes.is_not_finite, "not_finite"), flag(classes.is_out_of_range, "out_of_range"),
        flag(classes.is_rejected, "rejected"), client.as_text(forward.forward_sql)));
}

std::string class_of(const std::vector<Cell>& row) {
    std::string name;
    for (std::size_t i = 0; i < 4; ++i) {
        name += row[i].value_or("NULL");
    }
    return name.empty() ? "exact" : name;
}

} // namespace

UnitsCase double_case(const std::string& type, const std::vector<double>& values) {
    return binary_case(type, values);
}
UnitsCase float_case(const std::string& type, const std::vector<float>& values) {
    return binary_case(type, values);
}

UnitsCase decimal_case(const std::string& type, const std::vector<std::string>& values) {
    UnitsCase made{type, values, {}};
    for (const std::string& value : values) {
        made.decimals.push_back(Decimal::parse(value).value());
    }
    return made;
}

void note_compared(const std::string& what, std::size_t values) {
    static std::map<std::string, std::size_t> counts;
    static std::string counted_test;
    const testing::TestInfo& now = *testing::UnitTest::GetInstance()->current_test_info();
    if (const std::string test = std::string{now.test_suite_name()} + now.name(); test != counted_test) {
        counts.clear();
        counted_test = test;
    }
    counts[what] += values;
    testing::Test::RecordProperty("compared " + what, std::to_string(counts[what]));
}

Conversion units_asked(int scale, Rounding rounding) {
    Conversion asked;
    asked.column = UnitsClient::column();
    asked.rule = "minor_units";
    asked.scale = scale;
    asked.round = rounding;
    asked.inexact = rounding == Rounding::exact_only ? InexactPolicy::fail : InexactPolicy::accept;
    asked.nan = asked.overflow = BadValuePolicy::null;
    asked.extra["malformed"] = "null";
    asked.into = "units";
    return asked;
}

namespace {

void compare(UnitsClient& client, const UnitsCase& values, const Conversion& asked, std::int64_t limit) {
    const Rounding rounding = asked.round.value();
    const int scale = asked.scale.value_or(0);
    Conversion total = asked;
    if (rounding ==
        Rounding::exact_only) { // it refuses rows below the unit, so only its classes can be asked of all
        total.round = Rounding::down;
        total.inexact = InexactPolicy::accept;
    }
    const auto rows =
        classified(client, client.compile(asked, values.type), client.compile(total, values.type));
    ASSERT_EQ(rows.size(), values.decimals.size());
    note_compared(asked.rule + " of " + values.type + ", " + std::string{to_string(rounding)}, rows.size());
    int shown = 0;
    for (std::size_t i = 0; i < rows.size() && shown < 20; ++i) {
        const ExpectedUnits expected = expected_units(values.decimals[i], scale, rounding, limit);
        const std::string value_class = class_of(rows[i]);
        const std::string units = rows[i][4].value_or("");
        if (value_class != expected.value_class || units != expected.units) {
            ++shown;
            ADD_FAILURE() << values.type << " " << values.texts[i] << " scale " << scale << " "
                          << to_string(rounding) << ": " << value_class << " " << units << ", not "
                          << expected.value_class << " " << expected.units;
        }
    }
}

} // namespace

void expect_reference(UnitsClient& client, const UnitsCase& values, int scale, Rounding rounding,
                      const std::optional<std::string>& target, std::int64_t limit) {
    Conversion asked = units_asked(scale, rounding);
    asked.type = target;
    compare(client, values, asked, limit);
}

void expect_integer(UnitsClient& client, const UnitsCase& values, Rounding rounding, const std::string& type,
                    std::int64_t limit) {
    Conversion asked = units_asked(0, rounding);
    asked.rule = "integer";
    asked.scale.reset();
    asked.type = type;
    compare(client, values, asked, limit);
}

void expect_decimal(UnitsClient& client, const UnitsCase& values, int precision, int places,
                    Rounding rounding) {
    Conversion asked = units_asked(0, rounding);
    asked.rule = "decimal";
    asked.scale.reset();
    asked.type = fmt::format("decimal({},{})", precision, places);
    const ConversionPlan plan = client.compile(asked, values.type);
    const auto rows = classified(client, plan, plan);
    ASSERT_EQ(rows.size(), values.decimals.size());
    note_compared("decimal of " + values.type + ", " + std::string{to_string(rounding)}, rows.size());
    Decimal source;
    Decimal target;
    const Decimal limit = Decimal{1}.scaled(precision);
    int shown = 0;
    for (std::size_t i = 0; i < rows.size() && shown < 20; ++i) {
        const Decimal exact = values.decimals[i].scaled(places);
        const Decimal units = exact.rounded(rounding).value();
        const bool fits = units.absolute() < limit;
        const std::string value_class = !fits ? "out_of_range" : exact.is_integer() ? "exact" : "rounded";
        const auto value = rows[i][4] ? Decimal::parse(*rows[i][4]) : std::nullopt;
        if (fits) {
            source = source + values.decimals[i];
            target = target + units.scaled(-places);
        }
        if (class_of(rows[i]) != value_class ||
            (fits ? value != units.scaled(-places) : rows[i][4].has_value())) {
            ++shown;
            ADD_FAILURE() << values.type << " " << values.texts[i] << " to " << *asked.type << ": "
                          << class_of(rows[i]) << " " << rows[i][4].value_or("NULL") << ", not "
                          << value_class << " " << units.scaled(-places).to_string();
        }
    }
    const auto sums =
        client.rows(fmt::format("SELECT {}, {} FROM conv_values", client.as_text(plan.sum_source_sql),
                                client.as_text(plan.sum_error_sql)));
    EXPECT_EQ(plan.scale, 0);
    EXPECT_EQ(Decimal::parse(sums[0][0].value()), source);
    EXPECT_EQ(Decimal::parse(sums[0][1].value()), target - source);
}

void expect_major_units(UnitsClient& client, const std::string& type) {
    Conversion asked;
    asked.column = UnitsClient::column();
    asked.rule = "from_minor_units";
    asked.type = "decimal(12,3)";
    asked.into = "major";
    client.load(type, {"0", "-1", "1708", "99999999999", "100000000000"});
    const ConversionPlan strict = client.compile(asked, type);
    EXPECT_THROW(
        (void)client.rows("INSERT INTO conv_units SELECT " + strict.forward_sql + " FROM conv_values"),
        std::exception);
    asked.overflow = BadValuePolicy::null;
    const ConversionPlan plan = client.compile(asked, type);
    const auto rows = classified(client, plan, plan);
    const std::vector<std::pair<std::string, std::string>> expected{{"exact", "0"},
                                                                    {"exact", "-0.01"},
                                                                    {"exact", "17.08"},
                                                                    {"exact", "999999999.99"},
                                                                    {"out_of_range", ""}};
    for (std::size_t i = 0; i < expected.size(); ++i) {
        EXPECT_EQ(class_of(rows[i]), expected[i].first) << i;
        EXPECT_EQ(rows[i][4] ? Decimal::parse(*rows[i][4])->to_string() : "", expected[i].second) << i;
    }
    const auto back = client.rows(
        fmt::format("SELECT {} FROM (SELECT id, {} AS major FROM conv_values) a WHERE id < 4 ORDER BY id",
                    client.as_text(*plan.inverse_sql), plan.forward_sql));
    EXPECT_EQ(back[2][0], "1708");
    EXPECT_EQ(back[3][0], "99999999999");
    const auto sums =
        client.rows(fmt::format("SELECT {}, {} FROM conv_values", client.as_text(plan.sum_source_sql),
                                client.as_text(plan.sum_error_sql)));
    EXPECT_EQ(plan.scale, -2);
    EXPECT_EQ(Decimal::parse(sums[0][0].value()), Decimal{100000001706});
    EXPECT_EQ(Decimal::parse(sums[0][1].value()), Decimal{});
}

void expect_rejected(UnitsClient& client, const std::string& type, const std::vector<std::string>& texts) {
    client.load(type, texts);
    const ConversionPlan plan = client.compile(units_asked(2, Rounding::half_up), type);
    const auto rows = classified(client, plan, plan);
    ASSERT_EQ(rows.size(), texts.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        EXPECT_EQ(class_of(rows[i]), "rejected") << "'" << texts[i] << "'";
        EXPECT_FALSE(rows[i][4]) << "'" << texts[i] << "'";
    }
}

void expect_numbers_in_text(UnitsClient& client, const std::string& type) {
    std::mt19937_64 random{20261125};
    const std::string letters = "0123456789+-.,eE \t\n_'\"\\%xX/";
    std::vector<std::string> texts = malformed_numbers();
    for (std::string text : hard_decimals(deep(3'000))) {
        texts.push_back(" +" + text + "\n");
        for (std::size_t i = random() % 3; i > 0; --i) { // none, one or two characters become others
            text[random() % text.size()] = letters[random() % letters.size()];
        }
        texts.push_back(std::move(text));
    }
    client.load(type, texts);
    const ConversionPlan plan = client.compile(units_asked(2, Rounding::half_even), type);
    const auto rows = classified(client, plan, plan);
    ASSERT_EQ(rows.size(), texts.size());
    note_compared("minor_units of numbers in " + type, rows.size());
    int shown = 0;
    std::size_t rejected = 0;
    for (std::size_t i = 0; i < rows.size() && shown < 20; ++i) {
        const auto number = number_in_text(texts[i]);
        const ExpectedUnits expected =
            number ? expected_units(*number, 2, Rounding::half_even) : ExpectedUnits{"rejected", "", {}};
        rejected += number ? 0 : 1;
        if (class_of(rows[i]) != expected.value_class || rows[i][4].value_or("") != expected.units) {
            ++shown;
            ADD_FAILURE() << type << " '" << texts[i] << "': " << class_of(rows[i]) << " "
                          << rows[i][4].value_or("NULL") << ", not " << expected.value_class << " "
                          << expected.units;
        }
    }
    EXPECT_GT(rejected, texts.size() / 20);
    const std::size_t all_bad = malformed_numbers().size();
    EXPECT_LT(rejected - all_bad, (texts.size() - all_bad) / 2);
}

void expect_conserved(UnitsClient& client, const UnitsCase& values, Rounding rounding) {
    client.load(values.type, values.texts);
    const ConversionPlan plan = client.compile(units_asked(2, rounding), values.type);
    EXPECT_TRUE(plan.conserves_sum);
    EXPECT_EQ(plan.scale, 2);
    const auto rows =
        client.rows(fmt::format("SELECT {}, {}, {} FROM conv_values", client.as_text(plan.sum_source_sql),
                                client.as_text(plan.sum_error_sql), client.as_text(plan.largest_error_sql)));
    Decimal source;
    Decimal error;
    Decimal largest;
    Decimal target;
    for (const Decimal& value : values.decimals) {
        const ExpectedUnits expected = expected_units(value, 2, rounding);
        if (expected.value_class == "out_of_range") {
            continue;
        }
        const Decimal units = *Decimal::parse(expected.units);
        source = source + value;
        target = target + units;
        error = error + (units - expected.exact);
        largest = std::max(largest, (units - expected.exact).absolute());
    }
    note_compared("sums of " + values.type, values.decimals.size());
    EXPECT_EQ(*Decimal::parse(rows[0][0].value()), source) << values.type;
    EXPECT_EQ(*Decimal::parse(rows[0][1].value()), error) << values.type;
    EXPECT_EQ(*Decimal::parse(rows[0][2].value()), largest) << values.type;
    EXPECT_EQ(target, source.scaled(2) + error) << values.type;
}

void expect_way_back(UnitsClient& client, const UnitsCase& values, int scale, const std::string& same_image) {
    client.load(values.type, values.texts);
    const ConversionPlan plan = client.compile(units_asked(scale, Rounding::half_even), values.type);
    const auto rows = client.rows(fmt::format(
        "SELECT count(*), coalesce(sum(CASE WHEN {} THEN 0 ELSE 1 END), 0) FROM (SELECT was, {} AS back FROM "
        "(SELECT {} AS was, {} AS units FROM conv_values WHERE NOT ({}) AND NOT ({})) a) b",
        same_image, *plan.inverse_sql, client.quoted_column(), plan.forward_sql, plan.is_rounded,
        plan.is_out_of_range));
    note_compared("way back of " + values.type, std::stoul(rows[0][0].value()));
    EXPECT_GT(std::stol(rows[0][0].value()), 200) << values.type;
    EXPECT_EQ(rows[0][1], "0") << values.type << " scale " << scale;
}

void expect_refused(UnitsClient& client, const Conversion& asked, const std::string& type,
                    const std::string& text, const std::string& reason) {
    client.load(type, {text});
    const ConversionPlan plan = client.compile(asked, type);
    try {
        (void)client.rows("INSERT INTO conv_units SELECT " + plan.forward_sql + " FROM conv_values");
        ADD_FAILURE() << type << " " << text << " was accepted";
    } catch (const std::exception& error) {
        EXPECT_NE(std::string{error.what()}.find(reason), std::string::npos) << error.what();
        EXPECT_NE(std::string{error.what()}.find(text), std::string::npos) << error.what();
    }
    EXPECT_EQ(client.rows("SELECT count(*) FROM conv_units")[0][0], "0");
}

} // namespace turntable::test
