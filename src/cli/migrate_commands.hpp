#pragma once
// The commands on versioned migrations (docs/migrations.md). Each returns the exit code.

#include <functional>
#include <string>

#include "cli/desk.hpp"
#include "cli/invocation.hpp"
#include "migrate/env.hpp"

namespace turntable::cli {

[[nodiscard]] int run_migrate_command(const Invocation& invocation);
[[nodiscard]] int plan_migrations(const Invocation& invocation);
// What the commands of other files share with them.
[[nodiscard]] std::string migrations_folder(const Invocation& invocation);
// The same call on the database of --scratch.
[[nodiscard]] Invocation on_scratch(const Invocation& invocation);
[[nodiscard]] std::string only_migrate_word(const Invocation& invocation, const char* what);
void with_migrations(const Invocation& invocation, const Desk& desk,
                     const std::function<void(const migrate::Env&)>& work);
// Part of `finalize --due`: tables that drop_table set aside and whose time is over.
void purge_set_aside(const Invocation& invocation, Engine& engine);

} // namespace turntable::cli
