#include "migrate/told_row.hpp"

#include "migrate/checksum.hpp"
#include "migrate/undo.hpp"

namespace turntable::migrate {

HistoryRow told_row(const Env& env, const MigrationFile& file) {
    HistoryRow row;
    row.version = file.version;
    row.slug = file.slug;
    row.file = file.path.substr(file.path.rfind('/') + 1);
    row.state = RowState::applied;
    row.checksum = checksum(file.text);
    row.text = file.text;
    row.inverse = to_json(std::vector{
        UndoStep{UndoClass::none, "it was not applied by turntable", {}, {}, {}, "told to be applied"}});
    row.started_ms = row.finished_ms = env.now_ms();
    row.who = env.who;
    row.host = env.host;
    return row;
}

} // namespace turntable::migrate
