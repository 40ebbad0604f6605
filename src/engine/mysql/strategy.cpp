#include "strategy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "casts.hpp"
#include "create_text.hpp"
#include "turntable/error.hpp"
#include "type_rules.hpp"

namespace turntable::mysql {
namespace {

// A rebuild in place runs as one statement; a replica applies it as one statement too and lags for as long.
constexpr std::int64_t rebuild_bytes_max = 256LL * 1024 * 1024;

struct Form {
    Strategy strategy;
    std::string suffix;
};

std::vector<Form> native_forms(const ServerVersion& version, StrategyChoice choice) {
    std::vector<Form> forms;
    if (choice == StrategyChoice::automatic || choice == StrategyChoice::instant) {
        forms.push_back({Strategy::instant, ", ALGORITHM=INSTANT"});
    }
    if (choice == StrategyChoice::automatic || choice == StrategyChoice::online) {
        if (version.kind == ServerKind::mariadb) {
            forms.push_back({Strategy::online, ", ALGORITHM=NOCOPY, LOCK=NONE"});
        }
        forms.push_back({Strategy::online, ", ALGORITHM=INPLACE, LOCK=NONE"});
    }
    return forms;
}

// Why the way back from this clause is not native and lossless; empty if it is.
std::string no_way_back(const Clause& clause, const Table& source) {
    switch (clause.kind) {
    case Clause::Kind::drop_column:
        return "the old values of '" + clause.column + "' must be kept";
    case Clause::Kind::modify_column:
    case Clause::Kind::change_column: {
        const Column* const column = source.column(clause.column);
        return column == nullptr ? "a column is defined twice" : "";
    }
    case Clause::Kind::drop_primary_key:
    case Clause::Kind::add_primary_key:
    case Clause::Kind::convert_charset:
    case Clause::Kind::drop_check:
    case Clause::Kind::drop_constraint:
        return "\"" + clause.text + "\" has no lossless native way back";
    case Clause::Kind::add_column:
    case Clause::Kind::rename_column:
    case Clause::Kind::alter_column:
    case Clause::Kind::add_index:
    case Clause::Kind::drop_index:
    case Clause::Kind::rename_index:
    case Clause::Kind::alter_index:
    case Clause::Kind::add_check:
    case Clause::Kind::alter_check:
    case Clause::Kind::table_option:
    case Clause::Kind::rebuild:
    case Clause::Kind::add_foreign_key: // a change of their own: key_change.hpp
    case Clause::Kind::drop_foreign_key:
        return "";
    }
    return "";
}

std::string why_not_native(const Change& change, const Table& source, const Settings& settings) {
    if (change.converts) {
        return "values are converted";
    }
    if (settings.strategy != StrategyChoice::automatic || !settings.keep_old) {
        return ""; // asked for, or no way back wanted
    }
    for (const auto& list : change.clauses) {
        for (const Clause& clause : list) {
            if (std::string why = no_way_back(clause, source); !why.empty()) {
                return why;
            }
        }
    }
    return "";
}

// A redefined column may only have become wider: what the new shape admits must fit the old one on the way
// back.
bool types_go_back(const Table& source, const Table& target, const Change& change) {
    for (const auto& list : change.clauses) {
        for (const Clause& clause : list) {
            if (clause.kind != Clause::Kind::modify_column && clause.kind != Clause::Kind::change_column) {
                continue;
            }
            const Column* const from = source.column(clause.column);
            const Column* const to = target.column(clause.new_name);
            if (from == nullptr || to == nullptr || from->data_type != to->data_type ||
                from->collation != to->collation) {
                return false;
            }
        }
    }
    return true;
}

// A rebuild in place applies the writes that came in meanwhile one by one and fails with a duplicate (1062)
// where two rows traded their unique values, which is no fault of the rows.
bool has_other_unique_index(const Table& source) {
    return std::ranges::any_of(source.indexes,
                               [](const Index& index) { return index.unique && !index.primary(); });
}

std::optional<Decision> try_form(Scratch& scratch, Session& session, const ServerVersion& version,
                                 const Table& source, const Change& change, const Form& form,
                                 bool automatic) {
    scratch.renew();
    const std::string before = table_ids(session, version.kind, source.schema, scratch.name());
    Decision decision{form.strategy, "", form.suffix, {}};
    for (const std::string& list : change.lists) {
        if (!scratch.try_alter(list, form.suffix)) {
            return std::nullopt;
        }
        decision.texts.push_back(
            normalised(create_text(session, source.schema, scratch.name()), source.name));
    }
    // MariaDB takes a column's new CHECK as metadata and looks at no row that exists.
    if (adds_check(source, scratch.read())) {
        return std::nullopt;
    }
    const bool rebuilds = table_ids(session, version.kind, source.schema, scratch.name()) != before;
    if (automatic && rebuilds && has_other_unique_index(source)) {
        return std::nullopt;
    }
    if (automatic && rebuilds && source.data_bytes + source.index_bytes > rebuild_bytes_max) {
        return std::nullopt;
    }
    decision.reason = fmt::format("the server accepts it as{}{}", form.suffix.substr(1),
                                  rebuilds ? " (it rebuilds the table in one statement)" : "");
    return decision;
}

} // namespace

Decision decide_strategy(Scratch& scratch, Session& session, const ServerVersion& version,
                         const Table& source, const Change& change, const Settings& settings) {
    const bool automatic = settings.strategy == StrategyChoice::automatic;
    std::string why = why_not_native(change, source, settings);
    if (why.empty()) {
        for (const Form& form : native_forms(version, settings.strategy)) {
            auto decision = try_form(scratch, session, version, source, change, form, automatic);
            if (decision &&
                (!automatic || !settings.keep_old || types_go_back(source, scratch.read(), change))) {
                return *decision;
            }
        }
        why = "the server has no form of it that stops nobody";
    }
    if (settings.strategy == StrategyChoice::instant || settings.strategy == StrategyChoice::online) {
        throw Error{ErrorKind::refused, "strategy_not_possible",
                    "the strategy asked for is not possible: " + why}
            .next("leave --strategy to auto");
    }
    if (settings.strategy == StrategyChoice::shadow) {
        why = "asked for";
    }
    scratch.renew();
    for (const std::string& list : change.lists) {
        scratch.alter(list);
    }
    return {Strategy::shadow, why, "", {}};
}

} // namespace turntable::mysql
