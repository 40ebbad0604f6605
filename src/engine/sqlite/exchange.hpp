#pragma once
// The exchange of two tables under one name, inside the caller's write transaction; forward and back are the
// same steps with the roles turned round.

#include "detail.hpp"
#include "turntable/engine.hpp"

namespace turntable::sqlite {

// Renames with their settings, which must be made before the transaction begins: legacy_alter_table keeps
// views, triggers and foreign keys of other tables naming the application's table. Restores them at its end.
class RenameSettings {
  public:
    explicit RenameSettings(Session& session);
    ~RenameSettings();
    RenameSettings(const RenameSettings&) = delete;
    RenameSettings& operator=(const RenameSettings&) = delete;

  private:
    Session& session_;
};

enum class ReverseCapture { leave, none };

// The application's triggers move to the table that arrives; ours are replaced by those of the other
// direction.
void exchange_forward(Session& session, const Detail& detail, ReverseCapture reverse);
void exchange_back(Session& session, const Detail& detail);

} // namespace turntable::sqlite
