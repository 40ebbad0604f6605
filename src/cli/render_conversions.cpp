#include "cli/render_conversions.hpp"

#include <optional>
#include <set>
#include <vector>

#include <fmt/core.h>

#include "change/parse.hpp"
#include "cli/json_text.hpp"
#include "turntable/blueprint.hpp"
#include "turntable/conversion_rules.hpp"
#include "turntable/engines.hpp"
#include "turntable/error.hpp"

namespace turntable::cli {
namespace {

// What one database makes of a rule's example.
struct Explained {
    std::string_view scheme;
    std::optional<ConversionPlan> plan;
    std::string refusal; // where there is no plan
};

std::vector<Explained> explained(const ConversionRule& rule) {
    const Conversion example = change::parse_conversion(rule.example);
    std::vector<Explained> out;
    std::set<std::string_view> seen;
    for (const EngineFactory& factory : engine_factories()) {
        // postgres:// is postgresql:// by another name, mariadb:// is a server of its own.
        if (!seen.insert(factory.scheme == "mariadb" ? factory.scheme : factory.engine).second) {
            continue;
        }
        Explained& one = out.emplace_back(
            Explained{factory.scheme == "mariadb" ? factory.scheme : factory.engine, std::nullopt, ""});
        try {
            one.plan = factory.explain(one.scheme, example, rule.sample);
        } catch (const Error& error) {
            one.refusal = error.what();
        }
    }
    return out;
}

std::string rule_block(const ConversionRule& rule) {
    std::string out = fmt::format("{}\n  from      {}\n  to        {}\n  takes     {}\n  way back  {}\n"
                                  "  example   --convert {}\n",
                                  rule.name, rule.from, rule.to, rule.parameters, rule.inverse, rule.example);
    for (const Explained& one : explained(rule)) {
        if (!one.plan) {
            out += fmt::format("  {}: {}\n", one.scheme, one.refusal);
            continue;
        }
        out += fmt::format("  {}: {} -> {}\n      {}\n", one.scheme, one.plan->source_type,
                           one.plan->target_type, one.plan->forward_sql);
        out += one.plan->inverse_sql ? fmt::format("      back {}\n", *one.plan->inverse_sql) : "";
    }
    return out;
}

} // namespace

std::string conversions_text() {
    std::string out;
    for (const ConversionRule& rule : conversion_rules()) {
        out += (out.empty() ? "" : "\n") + rule_block(rule);
    }
    return out;
}

std::string conversions_json() {
    Json list = Json::array();
    for (const ConversionRule& rule : conversion_rules()) {
        Json engines = Json::object();
        for (const Explained& one : explained(rule)) {
            engines[std::string{one.scheme}] =
                one.plan ? Json{{"source_type", one.plan->source_type},
                                {"target_type", one.plan->target_type},
                                {"sql", one.plan->forward_sql},
                                {"inverse_sql", optional_json(one.plan->inverse_sql)}}
                         : Json{{"refused", one.refusal}};
        }
        list.push_back({{"rule", rule.name},
                        {"from", rule.from},
                        {"to", rule.to},
                        {"parameters", rule.parameters},
                        {"way_back", rule.inverse},
                        {"example", rule.example},
                        {"changes_unit", rule.changes_unit},
                        {"engines", engines}});
    }
    return dumped(list);
}

} // namespace turntable::cli
