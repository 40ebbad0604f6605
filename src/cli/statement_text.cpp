#include "cli/statement_text.hpp"

#include <optional>

#include <fmt/core.h>

namespace turntable::cli {
namespace {

std::string quoted(const std::string& text) {
    std::string out = "'";
    for (const char c : text) {
        out += c == '\'' ? "''" : std::string(1, c);
    }
    return out + "'";
}

std::string indented(const std::string& text, const std::string& indent) {
    std::string out = indent;
    for (const char c : text) {
        out += c;
        if (c == '\n') {
            out += indent;
        }
    }
    return out;
}

std::string without_trailing_space(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) {
        text.pop_back();
    }
    return text;
}

std::string arguments_text(const std::vector<Value>& arguments) {
    std::string out;
    for (const Value& argument : arguments) {
        out += (out.empty() ? "" : ", ") + argument_text(argument);
    }
    return out;
}

} // namespace

std::string argument_text(const Value& value) {
    if (const auto* integer = std::get_if<std::int64_t>(&value)) {
        return std::to_string(*integer);
    }
    if (const auto* real = std::get_if<double>(&value)) {
        return fmt::format("{}", *real);
    }
    if (const auto* text = std::get_if<std::string>(&value)) {
        return quoted(*text);
    }
    if (const auto* blob = std::get_if<Blob>(&value)) {
        std::string out = "x'";
        for (const char c : blob->bytes) {
            out += fmt::format("{:02x}", static_cast<unsigned char>(c));
        }
        return out + "'";
    }
    return "NULL";
}

std::string statements_text(const std::vector<PlannedStatement>& script) {
    std::string out;
    std::optional<Phase> phase;
    int number = 0;
    for (const auto& [in_phase, statement] : script) {
        if (phase != in_phase) {
            phase = in_phase;
            out += fmt::format("  {}\n", to_string(in_phase));
        }
        out += fmt::format("  {:>3}. {} ({})\n", ++number, statement.purpose, to_string(statement.blocks));
        out += indented(without_trailing_space(statement.sql), "         ") + "\n";
        if (!statement.arguments.empty()) {
            out += fmt::format("         with {}\n", arguments_text(statement.arguments));
        }
    }
    return out;
}

} // namespace turntable::cli
