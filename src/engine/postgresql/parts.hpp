#pragma once
// The parts of the PostgreSQL engine, each in a file of its own name; engine.cpp puts them together.

#include <memory>
#include <vector>

#include "turntable/engine.hpp"

namespace turntable::postgresql {

[[nodiscard]] std::unique_ptr<Planner> make_planner();            // planner.cpp
[[nodiscard]] std::unique_ptr<NativeRunner> make_native_runner(); // native_runner.cpp
[[nodiscard]] std::unique_ptr<Prober> make_prober();
[[nodiscard]] std::unique_ptr<Preparer> make_preparer();
[[nodiscard]] std::unique_ptr<Copier> make_copier();
[[nodiscard]] std::unique_ptr<Indexer> make_indexer();
[[nodiscard]] std::unique_ptr<Replayer> make_replayer();
[[nodiscard]] std::unique_ptr<Verifier> make_verifier();
[[nodiscard]] std::unique_ptr<Swapper> make_swapper();
[[nodiscard]] std::unique_ptr<Retirer> make_retirer();
[[nodiscard]] std::unique_ptr<SchemaDialect> make_schema_dialect();
// own_sessions: the application_name of this process's sessions, read at each call.
[[nodiscard]] std::unique_ptr<JournalDialect> make_journal_dialect(const std::string& own_sessions);
[[nodiscard]] std::vector<std::unique_ptr<Sensor>> make_sensors(const Settings& settings);

// Refuses servers that can never work; engine.hpp, Engine::check_server.
void check_server(Session& session);

} // namespace turntable::postgresql
