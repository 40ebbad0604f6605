// The rules of a whole request that need no server.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "change/parse.hpp"
#include "turntable/conversion_rules.hpp"
#include "turntable/error.hpp"

namespace turntable::change {
namespace {

std::vector<const Conversion*> all_conversions(const ChangeRequest& request) {
    std::vector<const Conversion*> all;
    for (const Conversion& conversion : request.conversions) {
        all.push_back(&conversion);
    }
    for (const Operation& operation : request.operations) {
        const auto* const change = std::get_if<ChangeColumn>(&operation);
        if (change != nullptr && change->convert) {
            all.push_back(&*change->convert);
        }
    }
    return all;
}

bool is_renamed(const ChangeRequest& request, const std::string& column) {
    return std::any_of(request.operations.begin(), request.operations.end(), [&](const Operation& operation) {
        const auto* const rename = std::get_if<RenameColumn>(&operation);
        return rename != nullptr && rename->column == column && rename->to != column;
    });
}

// An unchanged application would go on writing 17.08 into what are cents now, and the database would
// store 17.
void check_same_name(const ChangeRequest& request, const Conversion& asked) {
    const ConversionRule* const rule = find_conversion_rule(asked.rule);
    const bool renamed = (asked.into && *asked.into != asked.column) || is_renamed(request, asked.column);
    if (rule == nullptr || !rule->changes_unit || renamed || asked.same_name_accepted) {
        return;
    }
    Error error{
        ErrorKind::refused, "same_name",
        fmt::format("column {} would keep its name while its unit changes ({}): an application that does not "
                    "know would store wrong amounts without an error",
                    asked.column, asked.rule)};
    error.next(fmt::format("give the column a new name with into={0}_{1}, or say same_name=accept",
                           asked.column, asked.rule == "cents" ? "cents" : "units"));
    throw error;
}

} // namespace

void combine(ChangeRequest& request, ChangeRequest more) {
    if (request.table.name.empty()) {
        request.table = more.table;
    } else if (!more.table.name.empty() && !(request.table == more.table)) {
        throw Error{ErrorKind::usage, "table_mismatch",
                    fmt::format("the change file is about table {}, the command about {}",
                                more.table.display(), request.table.display())};
    }
    const auto append = [](auto& to, auto& from) {
        to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
    };
    append(request.alter_clauses, more.alter_clauses);
    append(request.conversions, more.conversions);
    append(request.operations, more.operations);
}

void lower_fills(ChangeRequest& request) {
    const auto lowered = [](const Conversion& fill) {
        check_conversion(fill);
        const auto value = fill.extra.find("default");
        return SetNotNull{fill.column, fill.expr,
                          value == fill.extra.end() ? std::nullopt : std::optional{value->second}};
    };
    for (const Conversion& conversion : request.conversions) {
        if (conversion.rule == "fill") {
            request.operations.emplace_back(lowered(conversion));
        }
    }
    std::erase_if(request.conversions, [](const Conversion& one) { return one.rule == "fill"; });
    for (Operation& operation : request.operations) {
        const auto* const change = std::get_if<ChangeColumn>(&operation);
        if (change != nullptr && change->convert && change->convert->rule == "fill") {
            throw Error{ErrorKind::usage, "bad_conversion",
                        fmt::format("column {}: fill changes no type; it is the operation set_not_null with "
                                    "fill and default",
                                    change->column)};
        }
    }
}

void check_request(const ChangeRequest& request) {
    if (request.table.name.empty()) {
        throw Error{ErrorKind::usage, "no_table", "no table is named"};
    }
    if (request.alter_clauses.empty() && request.conversions.empty() && request.operations.empty()) {
        throw Error{ErrorKind::usage, "no_change",
                    "no change is asked for: use --alter, --convert or --change"};
    }
    std::set<std::string> columns;
    for (const Conversion* const conversion : all_conversions(request)) {
        check_conversion(*conversion);
        if (!columns.insert(conversion->column).second) {
            throw Error{ErrorKind::usage, "bad_conversion",
                        fmt::format("column {} has two conversions", conversion->column)};
        }
        check_same_name(request, *conversion);
    }
}

} // namespace turntable::change
