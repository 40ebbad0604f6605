#pragma once
// The server ids of the sessions this process has open: a takeover ends the job's other sessions and never
// its own.

#include <mutex>
#include <set>
#include <string>

namespace turntable::mysql {

class SessionRegistry {
  public:
    void add(const std::string& id) {
        const std::scoped_lock lock{mutex_};
        ids_.insert(id);
    }
    void remove(const std::string& id) {
        const std::scoped_lock lock{mutex_};
        ids_.erase(id);
    }
    [[nodiscard]] bool has(const std::string& id) const {
        const std::scoped_lock lock{mutex_};
        return ids_.contains(id);
    }

  private:
    mutable std::mutex mutex_;
    std::set<std::string> ids_;
};

} // namespace turntable::mysql
