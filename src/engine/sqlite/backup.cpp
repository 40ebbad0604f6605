#include "backup.hpp"

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <memory>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/core.h>

#include "connection.hpp"
#include "turntable/error.hpp"

namespace turntable::sqlite {
namespace {

namespace fs = std::filesystem;

constexpr int pages_per_step = 2000; // some milliseconds under the shared lock
constexpr int restarts_max = 50;     // outside WAL mode: how often writers may overtake us
constexpr std::chrono::milliseconds pause{20};
constexpr std::chrono::seconds patience{60}; // for a lock that is never free

struct OpenHandle {
    void operator()(sqlite3* handle) const noexcept { sqlite3_close_v2(handle); }
};
struct FinishBackup {
    void operator()(sqlite3_backup* backup) const noexcept { sqlite3_backup_finish(backup); }
};

// A half copy has another name, and goes with us if we fail.
class Draft {
  public:
    explicit Draft(std::string name) : name_(std::move(name)) { remove(); }
    ~Draft() { remove(); }
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;

    [[nodiscard]] const std::string& name() const { return name_; }

  private:
    void remove() const noexcept {
        std::error_code ignored;
        for (const char* const ending : {"", "-wal", "-shm", "-journal"}) {
            fs::remove(name_ + ending, ignored);
        }
    }
    std::string name_;
};

Error failed(const std::string& to, const std::string& why) {
    return Error{ErrorKind::failed, "backup_failed",
                 fmt::format("the backup {} could not be made: {}", to, why)};
}

std::unique_ptr<sqlite3, OpenHandle> create(const std::string& path) {
    sqlite3* raw = nullptr;
    const int code = sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
    std::unique_ptr<sqlite3, OpenHandle> handle{raw};
    if (code != SQLITE_OK) {
        throw failed(path, sqlite3_errstr(code));
    }
    return handle;
}

void copy(Connection& source, const std::string& to) {
    const auto target = create(to);
    const std::unique_ptr<sqlite3_backup, FinishBackup> work{
        sqlite3_backup_init(target.get(), "main", source.handle(), "main")};
    if (!work) {
        throw failed(to, sqlite3_errmsg(target.get()));
    }
    const auto until = std::chrono::steady_clock::now() + patience;
    int restarts = 0;
    int left = -1;
    for (int code = SQLITE_OK; code != SQLITE_DONE;) {
        code = sqlite3_backup_step(work.get(), pages_per_step);
        if (code == SQLITE_BUSY || code == SQLITE_LOCKED) {
            if (std::chrono::steady_clock::now() > until) {
                throw Error{ErrorKind::busy, "backup_locked", "the database is locked: no backup was made"};
            }
            std::this_thread::sleep_for(pause);
            continue;
        }
        if (code != SQLITE_OK && code != SQLITE_DONE) {
            throw failed(to, sqlite3_errstr(code));
        }
        const int now = sqlite3_backup_remaining(work.get());
        restarts += left >= 0 && code == SQLITE_OK && now >= left ? 1 : 0;
        left = now;
        if (restarts > restarts_max) {
            throw Error{ErrorKind::busy, "backup_overtaken",
                        "the database is written faster than it can be backed up: no backup was made"}
                .next("try again when it is less busy, or let it use WAL mode (PRAGMA journal_mode = WAL)");
        }
    }
}

void verify(const std::string& path) {
    Connection copy = Connection::open_file(path);
    const ResultSet found = copy.run("PRAGMA integrity_check");
    if (found.rows.size() != 1 || found.rows.front().front() != "ok") {
        throw Error{ErrorKind::failed, "backup_damaged",
                    "the backup was read again and is damaged: " + found.rows.front().front().value_or("")}
            .next("look at the database itself: PRAGMA integrity_check");
    }
}

// The name of a file is safe on the disk when its folder is.
void sync_folder(const fs::path& file) {
    const std::string folder = file.has_parent_path() ? file.parent_path().string() : ".";
    const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = descriptor >= 0 && fsync(descriptor) == 0;
    if (descriptor >= 0) {
        close(descriptor);
    }
    if (!synced) {
        throw failed(file.string(), "its folder could not be synchronised");
    }
}

} // namespace

void backup(const std::string& from, const std::string& to) {
    if (fs::exists(to)) {
        throw Error{ErrorKind::usage, "backup_exists",
                    fmt::format("{} is there already: a backup is a new file", to)};
    }
    const Draft draft{to + ".partial"};
    {
        Connection source = Connection::open_file(from);
        sqlite3_busy_timeout(source.handle(), static_cast<int>(std::chrono::milliseconds{patience}.count()));
        const bool wal = source.run("PRAGMA journal_mode").only() == "wal";
        if (wal) {
            source.run("BEGIN");
            source.run("SELECT count(*) FROM sqlite_schema"); // from here on it is this moment
        }
        copy(source, draft.name());
    }
    verify(draft.name());
    // Not over a file that somebody has made meanwhile.
    if (link(draft.name().c_str(), to.c_str()) != 0) {
        throw failed(to, std::generic_category().message(errno));
    }
    sync_folder(to);
}

} // namespace turntable::sqlite
