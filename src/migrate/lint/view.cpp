#include "migrate/lint/view.hpp"

#include <fmt/core.h>

#include "migrate/sql/lexer.hpp"
#include "turntable/error.hpp"

namespace turntable::migrate::lint {
namespace {

std::vector<SqlPiece> pieces(const MigrationFile& file, const std::string& text, SqlFlavor flavor, int line) {
    try {
        return split_sql(text, flavor, line);
    } catch (const Error& error) {
        throw Error{error.kind(), error.code(), fmt::format("{}, {}", file.path, error.what())};
    }
}

// PostgreSQL's parser cuts identifiers without a word, so its tree has them cut already.
std::vector<std::string> cut_names(const SqlPiece& piece, SqlFlavor flavor) {
    constexpr std::size_t name_bytes_max = 63;
    std::vector<std::string> names;
    if (flavor != SqlFlavor::postgresql) {
        return names;
    }
    SqlLexer lexer{piece.text, flavor};
    for (SqlToken token = lexer.next(); token.kind != SqlToken::Kind::end; token = lexer.next()) {
        const bool identifier = token.kind == SqlToken::Kind::word || token.kind == SqlToken::Kind::name;
        if (std::string name = identifier ? token.value(flavor) : ""; name.size() > name_bytes_max) {
            names.push_back(std::move(name));
        }
    }
    return names;
}

Step raw_step(const SqlPiece& piece, SqlFlavor flavor) {
    SqlStatement statement = read_statement(piece, flavor);
    Step step;
    step.line = statement.line;
    step.actions = std::move(statement.actions);
    step.error = std::move(statement.error);
    step.cut = cut_names(piece, flavor);
    return step;
}

std::vector<Step> section_steps(const MigrationFile& file, const SqlSection& section, SqlFlavor flavor) {
    std::vector<Step> steps;
    for (const SqlPiece& piece : pieces(file, section.text, flavor, section.line)) {
        steps.push_back(raw_step(piece, flavor));
    }
    return steps;
}

// Raw SQL in TOML: the line is that of its [[op]].
void add_raw(const MigrationFile& file, const Op& op, const EngineText& text, SqlFlavor flavor,
             std::vector<Step>& steps) {
    const auto sql = text.for_engine(std::string{to_string(flavor)});
    for (const SqlPiece& piece : sql ? pieces(file, *sql, flavor, op.line) : std::vector<SqlPiece>{}) {
        Step step = raw_step(piece, flavor);
        step.line = op.line;
        step.op = &op;
        steps.push_back(std::move(step));
    }
}

void view_toml(MigrationView& view) {
    const MigrationFile& file = *view.file;
    view.applies = true;
    // Each operation runs by itself.
    view.transaction = false;
    for (const Op& op : file.ops) {
        if (const auto* const raw = std::get_if<RawSql>(&op.body)) {
            add_raw(file, op, raw->up, view.flavor, view.up);
            add_raw(file, op, raw->down, view.flavor, view.down);
        } else {
            view.up.push_back({op.line, true, &op, actions_of(op), "", {}});
        }
    }
}

void view_sql(MigrationView& view) {
    const MigrationFile& file = *view.file;
    const auto engine = to_string(view.flavor);
    if (const SqlSection* const up = file.section(Way::up, engine)) {
        view.applies = true;
        view.transaction = up->transaction && !is_mysql_family(view.flavor);
        view.up = section_steps(file, *up, view.flavor);
    }
    if (const SqlSection* const down = file.section(Way::down, engine)) {
        view.down = section_steps(file, *down, view.flavor);
    }
}

} // namespace

MigrationView view_of(const MigrationFile& file, SqlFlavor flavor) {
    MigrationView view;
    view.file = &file;
    view.flavor = flavor;
    switch (file.kind) {
    case FileKind::toml:
        view_toml(view);
        break;
    case FileKind::sql:
        view_sql(view);
        break;
    }
    const SchemaModel names{flavor};
    for (const Step& step : view.up) {
        for (const SqlAction& action : step.actions) {
            if (action.kind == ActionKind::create_table) {
                view.created.insert(names.key(action.object));
            }
        }
    }
    return view;
}

} // namespace turntable::migrate::lint
