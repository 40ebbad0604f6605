#include "conversion_default.hpp"

#include <fmt/format.h>

#include "quote.hpp"
#include "turntable/error.hpp"

namespace turntable::mysql {
namespace {

Error refused(const Column& column, const std::string& why) {
    return Error{ErrorKind::refused, "default_not_converted",
                 fmt::format("the default {} of column {} {}", *column.default_text, column.name, why)}
        .next("drop the default first, and set the new one after the change");
}

} // namespace

// MariaDB says defaults as SQL, MySQL as values, with a word in EXTRA where it is none.
std::string constant_default(const Column& column, ServerKind kind) {
    const std::string& text = *column.default_text;
    if (kind == ServerKind::mysql) {
        return column.extra.find("DEFAULT_GENERATED") == std::string::npos ? quote_text(text) : "";
    }
    const bool number = text.find_first_not_of("0123456789.-+eE") == std::string::npos;
    return number ? quote_text(text) : text.starts_with('\'') && text.ends_with('\'') ? text : "";
}

std::string converted_default(Session& session, const Column& column, const ConversionPlan& plan,
                              ServerKind kind) {
    if (!column.default_text || plan.asked.rule == "fill") { // fill has its own
        return "";
    }
    const std::string constant = constant_default(column, kind);
    if (constant.empty()) {
        throw refused(column, "is not a constant, so it cannot be converted");
    }
    if (plan.target_type.starts_with("binary") || (plan.target_type == "json" && kind == ServerKind::mysql)) {
        throw refused(column, "cannot be written as a default of " + plan.target_type);
    }
    Cell value;
    try {
        value = session
                    .run(fmt::format("SELECT CAST(({}) AS CHAR) FROM (SELECT {} AS {}) AS _tt_default",
                                     plan.forward_sql, constant, quote_name(column.name)))
                    .only();
    } catch (const DatabaseError& error) {
        throw refused(column, "cannot be converted alone: " + std::string{error.what()});
    }
    if (!value) {
        throw refused(column, "is a value that the conversion does not take");
    }
    return " DEFAULT " + quote_text(*value);
}

} // namespace turntable::mysql
