#pragma once
// The terminal, if there is one. The only place that asks a person anything.

#include <optional>
#include <string>

namespace turntable::cli {

enum class Stream { input, output, errors };
[[nodiscard]] bool is_terminal(Stream stream);
// A person can be asked: stdin and stderr are terminals.
[[nodiscard]] bool can_ask();
// Columns of the terminal on stderr; 80 if it does not tell.
[[nodiscard]] int terminal_columns();

enum class Answer { yes, no };
// Asks on stderr; everything but y and yes is no.
[[nodiscard]] Answer ask(const std::string& question);
// Asks on stderr and reads without echo; nullopt at the end of input.
[[nodiscard]] std::optional<std::string> ask_password(const std::string& prompt);

} // namespace turntable::cli
