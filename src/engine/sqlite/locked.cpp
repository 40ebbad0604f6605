#include "locked.hpp"

#include <chrono>
#include <fstream>
#include <sstream>

#include <sys/stat.h>

namespace turntable::sqlite {
namespace {

constexpr Millis usual_wait{-1};

ino_t inode_of(const std::string& path) {
    struct stat status {};
    return stat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

std::string command_of(const std::string& pid) {
    std::ifstream file{"/proc/" + pid + "/comm"};
    std::string name;
    std::getline(file, name);
    return name;
}

// A line of /proc/locks: "1: POSIX  ADVISORY  WRITE 1234 fe:01:5678 120 120".
std::vector<Blocker> holders_of(ino_t main_file, ino_t shared_memory) {
    std::vector<Blocker> out;
    std::ifstream locks{"/proc/locks"};
    for (std::string line; std::getline(locks, line);) {
        std::istringstream words{line};
        std::string number, kind, mode, access, pid, device;
        words >> number >> kind >> mode >> access >> pid >> device;
        const auto colon = device.rfind(':');
        const auto inode = colon == std::string::npos ? "" : device.substr(colon + 1);
        const bool ours =
            !inode.empty() && (inode == std::to_string(main_file) || inode == std::to_string(shared_memory));
        if (ours && access == "WRITE") {
            out.push_back({"pid " + pid, "", command_of(pid), "holds the write lock", "", Seconds{0}});
        }
    }
    return out;
}

} // namespace

LockWait::LockWait(Session& session, Millis wait) : session_(session) {
    session_.run("SELECT turntable_lock_wait(?)", {wait.count()});
}

LockWait::~LockWait() {
    try {
        session_.run("SELECT turntable_lock_wait(?)", {usual_wait.count()});
    } catch (...) { // a destructor never throws
        // The session is dead, or a fault was injected: the next LockWait sets its own value.
    }
}

std::vector<Blocker> lock_holders(Session& session) {
    const Cell path = session.run("SELECT file FROM pragma_database_list WHERE name = 'main'").only();
    return holders_of(inode_of(path.value_or("")), inode_of(path.value_or("") + "-shm"));
}

LockOutcome with_write_lock(Session& session, const LockBudget& budget, const std::function<void()>& work) {
    const LockWait wait{session, budget.lock_timeout};
    LockOutcome outcome;
    try {
        Transaction transaction{session, TxMode::write};
        const auto since = std::chrono::steady_clock::now();
        work();
        transaction.commit();
        outcome.granted = true;
        outcome.held = std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now() - since);
    } catch (const DatabaseError& error) {
        if (error.kind() != DatabaseErrorKind::transient) {
            throw;
        }
        outcome.blockers = lock_holders(session);
    }
    return outcome;
}

} // namespace turntable::sqlite
