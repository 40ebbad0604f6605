#pragma once
// The parts of the engine, one per phase; each lives in the file of its name.

#include <memory>
#include <string>

#include "turntable/engine.hpp"

namespace turntable::sqlite {

[[nodiscard]] std::unique_ptr<JournalDialect> make_journal_dialect();
[[nodiscard]] std::unique_ptr<Planner> make_planner(const std::string& path);
[[nodiscard]] std::unique_ptr<Prober> make_prober();
[[nodiscard]] std::unique_ptr<Preparer> make_preparer();
[[nodiscard]] std::unique_ptr<Copier> make_copier();
[[nodiscard]] std::unique_ptr<Indexer> make_indexer();
[[nodiscard]] std::unique_ptr<Replayer> make_replayer();
[[nodiscard]] std::unique_ptr<Verifier> make_verifier();
[[nodiscard]] std::unique_ptr<Swapper> make_swapper();
[[nodiscard]] std::unique_ptr<Retirer> make_retirer();
[[nodiscard]] std::unique_ptr<SchemaDialect> make_schema_dialect();
[[nodiscard]] std::unique_ptr<NativeRunner> make_native_runner();

} // namespace turntable::sqlite
