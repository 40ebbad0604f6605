// The JSON of plans; its keys are a contract (docs/commands.md).
#include "cli/json_text.hpp"
#include "cli/render_plan.hpp"
#include "turntable/error.hpp"

namespace turntable::cli {
namespace {

std::string_view blocks_word(Blocks blocks) {
    switch (blocks) {
    case Blocks::nobody:
        return "nobody";
    case Blocks::copied_rows:
        return "copied_rows";
    case Blocks::writers_briefly:
        return "writers_briefly";
    case Blocks::everyone_briefly:
        return "everyone_briefly";
    case Blocks::writers:
        return "writers";
    case Blocks::everyone:
        return "everyone";
    }
    check(false, "unknown Blocks");
    return {};
}

Json argument_json(const Value& value) {
    if (const auto* integer = std::get_if<std::int64_t>(&value)) {
        return *integer;
    }
    if (const auto* real = std::get_if<double>(&value)) {
        return *real;
    }
    if (const auto* text = std::get_if<std::string>(&value)) {
        return *text;
    }
    if (const auto* blob = std::get_if<Blob>(&value)) {
        return Json{{"bytes", blob->bytes.size()}};
    }
    return nullptr;
}

Json statements_json(const std::vector<PlannedStatement>& script) {
    Json list = Json::array();
    for (const auto& [phase, statement] : script) {
        Json arguments = Json::array();
        for (const Value& value : statement.arguments) {
            arguments.push_back(argument_json(value));
        }
        list.push_back({{"phase", to_string(phase)},
                        {"purpose", statement.purpose},
                        {"blocks", blocks_word(statement.blocks)},
                        {"sql", statement.sql},
                        {"arguments", arguments}});
    }
    return list;
}

Json conversions_json(const std::vector<ConversionPlan>& conversions) {
    Json list = Json::array();
    for (const ConversionPlan& conversion : conversions) {
        list.push_back({{"column", conversion.source_column},
                        {"type", conversion.source_type},
                        {"rule", conversion.asked.rule},
                        {"target_column", conversion.target_column},
                        {"target_type", conversion.target_type},
                        {"sql", conversion.forward_sql},
                        {"inverse_sql", optional_json(conversion.inverse_sql)}});
    }
    return list;
}

Json estimate_json(const Estimate& estimate) {
    return {{"rows", estimate.rows},
            {"table_bytes", estimate.table_bytes},
            {"index_bytes", estimate.index_bytes},
            {"disk_needed", estimate.disk_needed},
            {"disk_free", optional_json(estimate.disk_free)},
            {"seconds", estimate.expected.count()}};
}

Json script_object(const JobScript& job) {
    return {{"job", job.job}, {"statements", statements_json(job.script)}};
}

} // namespace

std::string plan_json(const Blueprint& blueprint) {
    return dumped({{"table", blueprint.source.display()},
                   {"engine", blueprint.engine},
                   {"state", "planned"},
                   {"strategy", to_string(blueprint.strategy)},
                   {"strategy_reason", blueprint.strategy_reason},
                   {"revert", to_string(blueprint.revert)},
                   {"revert_reason", blueprint.revert_reason},
                   {"estimate", estimate_json(blueprint.estimate)},
                   {"conversions", conversions_json(blueprint.conversions)},
                   {"dropped_columns", blueprint.dropped_columns},
                   {"statements", statements_json(blueprint.script)},
                   {"notes", blueprint.notes}});
}

std::string script_json(const JobScript& job) {
    return dumped(script_object(job));
}

std::string scripts_json(const std::vector<JobScript>& jobs) {
    Json list = Json::array();
    for (const JobScript& job : jobs) {
        list.push_back(script_object(job));
    }
    return dumped(list);
}

} // namespace turntable::cli
