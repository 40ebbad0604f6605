// `new --fix`: the way back is in the history, in the words of files.
#include <algorithm>

#include <fmt/core.h>

#include "migrate/api.hpp"
#include "migrate/book.hpp"
#include "migrate/compose.hpp"
#include "migrate/op_toml.hpp"
#include "migrate/undo.hpp"

namespace turntable::migrate {
namespace {

std::vector<Op> ops_of(const HistoryRow& row, const UndoStep& undo) {
    if (undo.ops.empty()) {
        return {};
    }
    return parse_migration(undo.ops, {row.version, row.slug, FileKind::toml},
                           "the way back of " + row.version)
        .ops;
}

// The sections of raw SQL as one operation.
Op sql_op(const MigrationFile& file) {
    RawSql sql;
    for (const SqlSection& section : file.sections) {
        EngineText& text = section.way == Way::up ? sql.up : sql.down;
        if (section.engine) {
            text.by_engine[*section.engine] = section.text;
        } else {
            text.common = section.text;
        }
        sql.transaction = sql.transaction && section.transaction;
        sql.timeout = section.timeout ? section.timeout : sql.timeout;
    }
    return {"sql", 0, std::move(sql), {}};
}

// What follows the head of a .toml file, with its comments, as its author wrote it.
std::string operations_of(const std::string& text) {
    const auto op = std::min(text.find("\n[[op]]"), text.find("\n[[assert]]"));
    if (text.starts_with("[[")) {
        return text;
    }
    if (op == std::string::npos) {
        throw Error{ErrorKind::refused, "not_composed",
                    "the edited file does not have its operations under [[op]]"};
    }
    return text.substr(op + 1);
}

void refuse_unfit(const Line& line) {
    if (line.row == nullptr || line.standing != Standing::applied) {
        throw Error{ErrorKind::usage, "not_applied",
                    fmt::format("{}_{} is not applied: edit its file", line.version, line.slug)};
    }
    for (const UndoStep& undo : undo_from_json(line.row->inverse)) {
        if (undo.undo == UndoClass::none) {
            throw Error{ErrorKind::refused, "irreversible",
                        fmt::format("{}_{} has no way back: {}", line.version, line.slug, undo.why)}
                .next("write what mends it by hand: `turntable new`, with `fixes = \"" + line.version +
                      "\"`");
        }
    }
}

std::string head_of(const Line& line, const std::string& description) {
    std::string quoted;
    for (const char c : description) {
        quoted += c == '"' || c == '\\' ? std::string{'\\', c} : std::string{c};
    }
    return fmt::format("description = \"{}\"\nfixes = \"{}\"\n", quoted, line.version);
}

} // namespace

Fix compose_fix(const Env& env, const std::string& folder, const std::string& version,
                const std::string& description) {
    Book book{env, folder};
    const Line& line = find_line(book.lines(), version);
    refuse_unfit(line);
    Fix fix;
    std::vector<Op> ops;
    std::vector<UndoStep> undo = undo_from_json(line.row->inverse);
    std::ranges::reverse(undo);
    for (const UndoStep& step : undo) {
        const std::vector<Op> back = ops_of(*line.row, step);
        ops.insert(ops.end(), back.begin(), back.end());
        if (step.undo == UndoClass::lossy || step.undo == UndoClass::recoverable) {
            fix.file.notes.push_back(
                fmt::format("{}: what comes back is {} ({})", step.title, to_string(step.undo), step.why));
        }
    }
    std::string verbatim;
    if (line.edited) {
        if (line.file->kind == FileKind::sql) {
            ops.push_back(sql_op(*line.file));
        } else {
            verbatim = operations_of(line.file->text);
        }
        fix.restore = {line.file->path, line.row->text};
    }
    fix.file.text = head_of(line, description);
    for (const std::string& note : fix.file.notes) {
        fix.file.text += "# " + note + "\n";
    }
    fix.file.text += "\n" + op_blocks(ops) + (verbatim.empty() ? "" : "\n" + verbatim);
    return fix;
}

} // namespace turntable::migrate
