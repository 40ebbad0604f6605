#pragma once
// The commands of the program: names, words, which options they take, and the sentence that describes them.

#include <span>
#include <string_view>

#include "cli/invocation.hpp"

namespace turntable::cli {

// Groups of options that a command may take, besides the global ones.
enum class OptionGroup : unsigned {
    change = 1U << 0U,   // --alter, --convert, --change
    settings = 1U << 1U, // how the job runs
    execute = 1U << 2U,  // --execute, --yes
    dry_run = 1U << 3U,
    due = 1U << 4U,
    folder = 1U << 5U,      // --dir
    migrating = 1U << 6U,   // --allow, --lock-wait
    forward = 1U << 7U,     // --phase, --ack
    new_file = 1U << 8U,    // --sql
    checking = 1U << 9U,    // --check, --expect
    sum = 1U << 10U,        // --write-sum
    reason = 1U << 11U,     // --reason
    repairing = 1U << 12U,  // --accept, --statement-done, --statement-not-done
    releasing = 1U << 13U,  // --release
    scratch = 1U << 14U,    // --scratch
    probe = 1U << 20U,      // --probe
    written = 1U << 24U,    // --from-diff, --fix
    drifting = 1U << 25U,   // --record
    importing = 1U << 26U,  // --from, --table, --as-baseline
    rehearsing = 1U << 27U, // --from
    lint = 1U << 21U,       // --engine, --git-base, --fail-on
};

struct CommandSpec {
    Command command;
    std::string_view name;
    std::string_view words; // shown in the usage line: "TABLE"
    unsigned groups;        // OptionGroup bits
    std::string_view purpose;
};

[[nodiscard]] std::span<const CommandSpec> command_table();
[[nodiscard]] const CommandSpec* find_command(std::string_view name);
[[nodiscard]] constexpr bool has_group(const CommandSpec& spec, OptionGroup group) {
    return (spec.groups & static_cast<unsigned>(group)) != 0;
}

} // namespace turntable::cli
