#pragma once
// A session in which foreign keys are neither checked nor cascaded, for a while.

#include <string>

#include "turntable/session.hpp"

namespace turntable::mysql {

// For destructors: once more where a cancel that came late hit it. What fails then ends with the session.
inline void run_at_last(Session& session, const std::string& sql) noexcept {
    for (int tries = 0; tries < 2 && session.usable(); ++tries) {
        try {
            session.run(sql);
            return;
        } catch (...) { // cancelled, or gone
            continue;
        }
    }
}

class UncheckedForeignKeys {
  public:
    explicit UncheckedForeignKeys(Session& session) : session_(session) {
        session_.run("SET SESSION foreign_key_checks = 0");
    }
    ~UncheckedForeignKeys() { run_at_last(session_, "SET SESSION foreign_key_checks = 1"); }
    UncheckedForeignKeys(const UncheckedForeignKeys&) = delete;
    UncheckedForeignKeys& operator=(const UncheckedForeignKeys&) = delete;

  private:
    Session& session_;
};

} // namespace turntable::mysql
