#pragma once
// The commands on versioned migrations (docs/migrations.md). Each returns the exit code.

#include "cli/invocation.hpp"
#include "turntable/engine.hpp"

namespace turntable::cli {

[[nodiscard]] int run_migrate_command(const Invocation& invocation);
[[nodiscard]] int plan_migrations(const Invocation& invocation);
// Part of `finalize --due`: tables that drop_table set aside and whose time is over.
void purge_set_aside(const Invocation& invocation, Engine& engine);

} // namespace turntable::cli
