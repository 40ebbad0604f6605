#include "support.hpp"

#include <chrono>
#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

#include "turntable/url.hpp"

namespace turntable::test {

Application::Application(const std::string& path) {
    EXPECT_EQ(
        sqlite3_open_v2(path.c_str(), &connection_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr),
        SQLITE_OK);
    sqlite3_busy_timeout(connection_, 20'000);
}

std::string Application::attempt(const std::string& sql) {
    char* message = nullptr;
    const int code = sqlite3_exec(connection_, sql.c_str(), nullptr, nullptr, &message);
    std::string out = message == nullptr ? "" : message;
    sqlite3_free(message);
    if (code != SQLITE_OK && sqlite3_get_autocommit(connection_) == 0) {
        sqlite3_exec(connection_, "ROLLBACK", nullptr, nullptr, nullptr);
    }
    return code == SQLITE_OK ? "" : out.empty() ? "error" : out;
}

void Application::run(const std::string& sql) {
    EXPECT_EQ(attempt(sql), "") << sql;
}

std::string Application::query(const std::string& sql) {
    std::string out;
    const auto row = [](void* text, int columns, char** cells, char**) {
        auto& lines = *static_cast<std::string*>(text);
        lines += lines.empty() ? "" : "\n";
        for (int i = 0; i < columns; ++i) {
            lines += i == 0 ? "" : "|";
            lines += cells[i] == nullptr ? "NULL" : cells[i];
        }
        return 0;
    };
    char* message = nullptr;
    EXPECT_EQ(sqlite3_exec(connection_, sql.c_str(), row, &out, &message), SQLITE_OK)
        << sql << ": " << message;
    sqlite3_free(message);
    return out;
}

ScratchFile::ScratchFile() {
    // Memory, where there is such a file system: these tests cut connections, not the power.
    const bool memory = std::filesystem::is_directory("/dev/shm");
    const std::filesystem::path folder = memory ? "/dev/shm" : std::filesystem::temp_directory_path();
    std::string pattern = (folder / "turntable-sqlite-XXXXXX").string();
    EXPECT_NE(mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
    path_ = directory_ + "/app.db";
}

ScratchFile::~ScratchFile() {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
}

Writer::Writer(std::string path, Work work, std::chrono::microseconds pause)
    : thread_([this, path = std::move(path), work = std::move(work), pause] {
          Application application{path};
          while (!stop_) {
              work(application, count_);
              ++count_;
              std::this_thread::sleep_for(pause);
          }
      }) {}

Writer::~Writer() {
    stop_ = true;
    thread_.join();
}

void Writer::wait_for(int more) const {
    const int goal = count_ + more;
    while (count_ < goal) {
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
}

std::unique_ptr<Engine> engine_of(const std::string& path) {
    Url url;
    url.scheme = "sqlite";
    url.database = path;
    return make_engine(url);
}

ChangeRequest altering(const std::string& table, std::vector<std::string> clauses) {
    ChangeRequest request;
    request.table.name = table;
    request.alter_clauses = std::move(clauses);
    return request;
}

ChangeRequest to_cents(const std::string& table, const std::string& column, const std::string& into) {
    ChangeRequest request;
    request.table.name = table;
    Conversion conversion;
    conversion.column = column;
    conversion.rule = "cents";
    conversion.into = into;
    request.conversions.push_back(conversion);
    return request;
}

Change::Change(const std::string& path, ChangeRequest request, Settings settings)
    : Change(engine_of(path), std::move(request), std::move(settings)) {}

Change::Change(std::unique_ptr<Engine> engine, ChangeRequest request, Settings settings)
    : engine_(std::move(engine)), sessions_(engine_.get()), session_(sessions_->open(SessionUse::control)) {
    engine_->check_server(*session_);
    blueprint_ = engine_->planner().plan(*session_, request, {settings});
    blueprint_.job = "j1";
    blueprint_ = blueprint_from_json(to_json(blueprint_)); // as a resumed job would see it
}

void Change::set_sessions(SessionSource& sessions) {
    sessions_ = &sessions;
    session_ = sessions.open(SessionUse::control);
}

void Change::prepare() {
    engine_->preparer().create_objects(*session_, blueprint_);
    ASSERT_TRUE(engine_->preparer().install_capture(*session_, blueprint_, budget).granted);
    origin_ = engine_->copier().origin(*session_, blueprint_);
}

void Change::copy(Rows rows_per_chunk) {
    const Copier& copier = engine_->copier();
    std::string lower;
    while (const auto chunk = copier.next_chunk(*session_, blueprint_, origin_, lower, rows_per_chunk)) {
        Transaction transaction{*session_, TxMode::write};
        const auto copied = copier.copy_chunk(*session_, blueprint_, origin_, *chunk);
        ASSERT_TRUE(std::holds_alternative<CopiedChunk>(copied)) << std::get<DriftReport>(copied).reason;
        transaction.commit();
        lower = chunk->upper;
        if (between_chunks) {
            between_chunks();
        }
    }
}

void Change::index() {
    for (std::size_t n = 0; n < engine_->indexer().steps(blueprint_).size(); ++n) {
        engine_->indexer().build(*session_, blueprint_, n);
    }
}

Replayed Change::replay(Direction direction, int passes, Rows keys) {
    Replayed total;
    for (int i = 0; i < passes; ++i) {
        Transaction transaction{*session_, TxMode::write};
        const Replayed batch = engine_->replayer().replay_batch(*session_, blueprint_, direction, keys);
        transaction.commit();
        total.entries += batch.entries;
        total.written += batch.written;
        total.deleted += batch.deleted;
        total.clashes = batch.clashes;
        if (batch.entries == 0) {
            break;
        }
    }
    return total;
}

VerifiedChunk Change::verify(Rows rows_per_chunk) {
    const Verifier& verifier = engine_->verifier();
    VerifiedChunk total;
    std::string lower;
    while (const auto chunk = verifier.next_chunk(*session_, blueprint_, lower, rows_per_chunk)) {
        Transaction transaction{*session_, TxMode::snapshot};
        const VerifiedChunk part = verifier.verify_chunk(*session_, blueprint_, *chunk, 10);
        total.source_rows += part.source_rows;
        total.shadow_rows += part.shadow_rows;
        total.difference_count += part.difference_count;
        total.differences.insert(total.differences.end(), part.differences.begin(), part.differences.end());
        total.pending.insert(total.pending.end(), part.pending.begin(), part.pending.end());
        total.sums = part.sums;
        lower = chunk->upper;
    }
    return total;
}

SwapOutcome Change::swap(Direction direction) {
    SwapRequest request{blueprint_, origin_, direction,       budget,         false,
                        true,       recheck, [](Session&) {}, [](Session&) {}};
    return engine_->swapper().swap(*sessions_, *session_, request);
}

void Change::finalize(Direction swapped) {
    ASSERT_TRUE(engine_->retirer().remove_capture(*session_, blueprint_, swapped, budget).granted);
    while (!engine_->retirer().retire_slice(*session_, blueprint_, swapped, 1000)) {
    }
}

void Change::run() {
    prepare();
    copy();
    index();
    EXPECT_TRUE(replay().clashes.empty());
    const VerifiedChunk verified = verify();
    EXPECT_EQ(verified.difference_count, 0);
    EXPECT_EQ(verified.source_rows, verified.shadow_rows);
    recheck = verified.pending;
    SwapOutcome outcome = swap();
    for (int attempt = 0; attempt < 20 && outcome.kind == SwapOutcome::Kind::over_budget; ++attempt) {
        replay();
        outcome = swap();
    }
    ASSERT_EQ(outcome.kind, SwapOutcome::Kind::done) << outcome.drift.reason;
    engine_->swapper().after_swap(*session_, blueprint_, Direction::forward);
    EXPECT_EQ(unexpected(Planner::Moment::swapped), std::vector<std::string>{});
}

std::vector<std::string> Change::unexpected(Planner::Moment moment) {
    return engine_->planner().unexpected_changes(*session_, blueprint_, moment);
}

} // namespace turntable::test
