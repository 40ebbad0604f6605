#pragma once
// A session in which foreign keys are neither checked nor cascaded, for a while.

#include "turntable/session.hpp"

namespace turntable::mysql {

class UncheckedForeignKeys {
  public:
    explicit UncheckedForeignKeys(Session& session) : session_(session) {
        session_.run("SET SESSION foreign_key_checks = 0");
    }
    ~UncheckedForeignKeys() {
        try {
            if (session_.usable()) {
                session_.run("SET SESSION foreign_key_checks = 1");
            }
        } catch (...) { // the setting ends with the session
            return;
        }
    }
    UncheckedForeignKeys(const UncheckedForeignKeys&) = delete;
    UncheckedForeignKeys& operator=(const UncheckedForeignKeys&) = delete;

  private:
    Session& session_;
};

} // namespace turntable::mysql
