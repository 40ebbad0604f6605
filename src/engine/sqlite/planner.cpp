// inspect and plan: from what is asked to a blueprint; reads only.
#include <algorithm>

#include "catalog_compare.hpp"
#include "constant.hpp"
#include "names.hpp"
#include "parts.hpp"
#include "plan_key.hpp"
#include "plan_rules.hpp"
#include "plan_script.hpp"
#include "plan_texts.hpp"
#include "rehearsal.hpp"

namespace turntable::sqlite {
namespace {

Error refused(const std::string& code, const std::string& what) {
    return Error{ErrorKind::refused, code, what};
}

Table read_source(Session& session, const TableName& asked) {
    if (!asked.schema.empty() && !same_name(asked.schema, "main")) {
        throw refused("other_schema", "table " + asked.display() +
                                          ": only tables of the file itself can be changed, not " +
                                          "those of attached databases or temporary ones");
    }
    const std::string name = lower(asked.name);
    if (name.starts_with("sqlite_") || name.starts_with("_turntable_")) {
        throw refused("internal_table", "table " + asked.name + " is an internal one");
    }
    const auto found = read_table(query_of(session), asked.name);
    if (!found) {
        throw Error{ErrorKind::usage, "unknown_table", "there is no table " + asked.name};
    }
    const auto kind =
        session.run("SELECT type FROM pragma_table_list WHERE schema = 'main' AND name = ?", {found->name})
            .rows;
    if (!kind.empty() && kind[0][0] == "shadow") {
        throw refused("not_a_table", found->name + " belongs to a virtual table");
    }
    for (const Object& trigger : found->triggers) {
        if (lower(trigger.name).starts_with(lower(found->name) + "__tt")) {
            Error error{ErrorKind::busy, "job_on_table",
                        "another change of table " + found->name + " is not finished"};
            throw error.next("see `turntable jobs`; finalize, revert or abort it first");
        }
    }
    return *found;
}

Design design_of(const Table& source, const ChangeRequest& request) {
    Design design{source};
    for (const std::string& clauses : request.alter_clauses) {
        for (const Step& step : parse_alter(clauses)) {
            design.apply(step);
        }
    }
    for (const Operation& operation : request.operations) {
        for (const Step& step : lower_operation(operation)) {
            design.apply(step);
        }
    }
    for (const Conversion& conversion : request.conversions) {
        design.apply(conversion);
    }
    return design;
}

// The new table as SQLite understands it, after it was built in the rehearsal with everything that hangs on
// it.
Table rehearsed(Rehearsal& rehearsal, const Design& design) {
    const Table& source = design.source();
    if (const std::string why = rehearsal.why_not_built("table", source.name); !why.empty()) {
        throw refused("unknown_object",
                      "the definition of " + source.name + " needs what this program does not have: " + why);
    }
    for (const Index& index : source.indexes) {
        if (const std::string why = rehearsal.why_not_built("index", index.name); !why.empty()) {
            throw refused("unknown_object",
                          "index " + index.name + " needs what this program does not have: " + why);
        }
    }
    std::vector<std::string> definitions{design.text()};
    for (const NamedSql& index : design.indexes()) {
        definitions.push_back(index.sql);
    }
    for (const Object& trigger : source.triggers) {
        definitions.push_back(trigger.sql);
    }
    const auto broken_before = rehearsal.broken();
    rehearsal.replace_table(source.name, definitions);
    std::vector<std::string> broken;
    for (const Rehearsal::Broken& one : rehearsal.broken()) {
        if (std::find(broken_before.begin(), broken_before.end(), one) == broken_before.end()) {
            broken.push_back(one.object + " (" + one.message + ")");
        }
    }
    if (!broken.empty()) {
        Error error{ErrorKind::refused, "dependent_objects",
                    "the change would break " + joined(broken, "; ")};
        throw error.next("change or drop these first, and create them again after the change");
    }
    return *read_table(rehearsal.query(), source.name);
}

void require_stable_expressions(const Design& design) {
    std::vector<std::string> names;
    for (const Column& column : design.source().columns) {
        names.push_back(column.name);
    }
    for (const DesignColumn& column : design.columns()) {
        if (!column.verbatim) {
            require_deterministic(column.forward, names, "the value of column " + column.target);
        }
    }
}

bool nothing_changes(const Design& design) {
    std::vector<NamedSql> indexes;
    for (const Index& index : design.source().indexes) {
        if (index.sql) {
            indexes.push_back({index.name, *index.sql});
        }
    }
    return design.text() == design.source().sql && design.indexes() == indexes &&
           std::all_of(design.columns().begin(), design.columns().end(),
                       [](const DesignColumn& column) { return column.verbatim; });
}

class Planning {
  public:
    Planning(Session& session, const std::string& path, const ChangeRequest& request,
             const Settings& settings)
        : session_(session),
          path_(path),
          settings_(settings),
          source_(read_source(session, request.table)),
          design_(design_of(source_, request)) {
        blueprint_.engine = "sqlite";
        blueprint_.source = {"", source_.name};
        blueprint_.notes = design_.notes();
        detail_.before = read_objects(query_of(session_));
    }

    Blueprint run() {
        if (nothing_changes(design_)) {
            return nothing();
        }
        Rehearsal rehearsal{detail_.before};
        if (design_.native() && settings_.strategy != StrategyChoice::shadow) {
            if (auto blueprint = instant()) {
                return *blueprint;
            }
        }
        if (settings_.strategy == StrategyChoice::instant || settings_.strategy == StrategyChoice::online) {
            throw refused("strategy_not_possible",
                          settings_.strategy == StrategyChoice::online
                              ? "SQLite has no online form of ALTER TABLE"
                              : "this change of " + source_.name + " is no change of the catalogue alone");
        }
        return shadow(rehearsal);
    }

  private:
    Blueprint finish() {
        blueprint_.detail = to_text(detail_);
        return blueprint_;
    }

    Blueprint nothing() {
        blueprint_.strategy = Strategy::nothing;
        blueprint_.strategy_reason = "the table already has this shape";
        blueprint_.revert = RevertClass::native;
        blueprint_.revert_reason = "nothing is changed";
        detail_.after = detail_.before;
        return finish();
    }

    // The statements are tried on the copy of the schema; what they leave behind is what to look for later.
    std::optional<Blueprint> instant() {
        Rehearsal rehearsal{detail_.before};
        for (const std::string& sql : *design_.native()) {
            try {
                rehearsal.run(sql);
            } catch (const DatabaseError&) {
                return std::nullopt; // the shadow says what is wrong with it, or can do it
            }
            detail_.native_after.push_back(
                {source_.name, object_sql(rehearsal.query(), "table", source_.name).value_or("")});
            blueprint_.script.push_back(
                {Phase::native, {sql, {}, "changes the catalogue only", Blocks::writers_briefly}});
        }
        blueprint_.strategy = Strategy::instant;
        blueprint_.strategy_reason = "SQLite changes the catalogue only and reads no row";
        blueprint_.revert = RevertClass::native;
        blueprint_.revert_reason = "no value is changed: the column can be renamed back or dropped";
        blueprint_.estimate = estimate_of(session_, path_, source_, source_.indexes.size());
        blueprint_.estimate.disk_needed = 0;
        detail_.after = built_or_before(rehearsal);
        return finish();
    }

    [[nodiscard]] std::vector<Object> built_or_before(Rehearsal& rehearsal) const {
        std::vector<Object> out = detail_.before;
        for (Object& object : out) {
            if (rehearsal.built(object.type, object.name)) {
                object.sql = object_sql(rehearsal.query(), object.type, object.name).value_or(object.sql);
            }
        }
        return out;
    }

    Blueprint shadow(Rehearsal& rehearsal) {
        require_stable_expressions(design_);
        require_window();
        const auto foreign_keys_before = read_foreign_keys(rehearsal.query(), source_.name);
        refuse_keys(foreign_keys_before);
        const Table target = rehearsed(rehearsal, design_);
        detail_.key = choose_key(design_, target);
        choose_names(blueprint_, detail_.before);
        write_texts(detail_, blueprint_, design_, target);
        rehearse_shadow(rehearsal);
        map_columns(target);
        detail_.rules = rules_of(design_, target, detail_.key);
        const auto foreign_keys_after = read_foreign_keys(rehearsal.query(), source_.name);
        detail_.foreign_keys_lost = lost_foreign_keys(design_, foreign_keys_before, foreign_keys_after);
        for (Rule& rule : foreign_key_rules(design_, foreign_keys_before, foreign_keys_after)) {
            detail_.foreign_keys_added = true;
            detail_.rules.push_back(std::move(rule));
        }
        detail_.after = expected_after(detail_);
        describe();
        return finish();
    }

    void require_window() const {
        if (!design_.kept().empty() && !settings_.keep_old) {
            throw refused(
                "keep_needs_window",
                "keep=yes keeps the old column until finalize: with --keep-old none there is no until")
                .next("give --keep-old the time that the old code still needs");
        }
    }

    void refuse_keys(const std::vector<ForeignKey>& own) {
        if (settings_.foreign_keys != ForeignKeyChoice::refuse) {
            return;
        }
        std::string found = own.empty() ? "" : "the table has a foreign key to " + own.front().parent;
        const Query query = query_of(session_);
        for (const Object& object : read_objects(query)) {
            for (const ForeignKey& key :
                 object.type == "table" ? read_foreign_keys(query, object.name) : std::vector<ForeignKey>{}) {
                if (same_name(key.parent, source_.name)) {
                    found = "a foreign key of " + object.name + " refers to the table";
                }
            }
        }
        if (!found.empty()) {
            throw Error{ErrorKind::refused, "foreign_keys", "--foreign-keys refuse: " + found}.next(
                "leave --foreign-keys to auto");
        }
    }

    // The definition must work under another name, too.
    void rehearse_shadow(Rehearsal& rehearsal) {
        try {
            for (const Parked* const table : {&detail_.shadow, &detail_.source}) {
                rehearsal.run(table->parked_sql);
                rehearsal.run("EXPLAIN INSERT INTO " + identifier(table->parked_name) + " DEFAULT VALUES");
            }
            for (const auto* const indexes : {&detail_.shadow_indexes, &detail_.source_indexes}) {
                for (const Parked& index : *indexes) {
                    rehearsal.run(index.parked_sql);
                }
            }
        } catch (const DatabaseError& error) {
            throw refused("definition_names_itself",
                          "the definition of " + source_.name +
                              " does not work under another table name: " + error.what());
        }
    }

    void map_columns(const Table& target) {
        for (const Column& column : source_.columns) {
            if (column.generated == Generated::no) {
                detail_.source_affinity[column.name] = column.affinity;
            }
        }
        for (const Column& column : target.columns) {
            detail_.target_affinity[column.name] = column.affinity;
        }
        for (const DesignColumn& column : design_.columns()) {
            blueprint_.columns.push_back(mapped(target, column));
        }
        for (const auto& [name, affinity] : detail_.source_affinity) {
            const bool follows =
                std::any_of(design_.columns().begin(), design_.columns().end(),
                            [&old = name](const DesignColumn& column) { return column.source == old; });
            if (!follows) {
                detail_.carried_source.push_back(name);
                blueprint_.dropped_columns.push_back(name);
            }
        }
        for (const KeyPart& part : detail_.key) {
            blueprint_.key.push_back(
                {part.source, part.target, source_.find(part.source)->type + " COLLATE " + part.collation});
        }
        blueprint_.conversions = design_.conversions();
        detail_.source_autoincrement = source_.autoincrement;
        detail_.target_autoincrement = target.autoincrement;
    }

    [[nodiscard]] MappedColumn mapped(const Table& target, const DesignColumn& column) const {
        const Column& after = *target.find(column.target);
        MappedColumn out;
        out.target = after.name;
        out.source = column.source;
        out.forward_sql = column.forward;
        out.inverse_sql = column.inverse;
        if (column.verbatim) {
            const Column& before = *source_.find(*column.source);
            out.inverse_sql = identifier(after.name);
            out.identity = before.name == after.name && before.type == after.type &&
                           same_name(before.collation, after.collation);
        }
        return out;
    }

    void describe() {
        blueprint_.strategy = Strategy::shadow;
        blueprint_.strategy_reason =
            design_.native() ? "asked for" : "SQLite itself would have to rewrite the table";
        describe_revert();
        blueprint_.estimate = estimate_of(session_, path_, source_, detail_.shadow_indexes.size());
        blueprint_.notes.push_back(decide_indexes(detail_, blueprint_.estimate, settings_));
        if (!source_.rowid_column && !source_.without_rowid) {
            blueprint_.notes.push_back(
                "row ids that no column shows are not kept (VACUUM does not keep them either)");
        }
        for (const ConversionPlan& conversion : design_.conversions()) {
            describe_conversion(conversion);
        }
        write_script(blueprint_, detail_, settings_);
    }

    void describe_revert() {
        const auto lost =
            std::find_if(design_.columns().begin(), design_.columns().end(), [](const DesignColumn& column) {
                return column.source && !column.verbatim && !column.inverse;
            });
        if (!settings_.keep_old) {
            blueprint_.revert = RevertClass::irreversible;
            blueprint_.revert_reason = "the old table is not kept";
        } else if (lost != design_.columns().end()) {
            blueprint_.revert = RevertClass::irreversible;
            blueprint_.revert_reason = "no inverse is known for column " + lost->target;
        } else {
            blueprint_.revert = RevertClass::swap_back;
            blueprint_.revert_reason = "until finalize the old table takes every write made since the swap";
        }
    }

    void describe_conversion(const ConversionPlan& conversion) {
        if (mentions(source_.sql, "CHECK") && mentions(design_.text(), conversion.target_column)) {
            blueprint_.notes.push_back("conditions on column " + conversion.target_column +
                                       " stay as they are written and now apply to the converted values");
        }
    }

    Session& session_;
    const std::string& path_;
    const Settings& settings_;
    Table source_;
    Design design_;
    Blueprint blueprint_;
    Detail detail_;
};

class SqlitePlanner final : public Planner {
  public:
    explicit SqlitePlanner(std::string path) : path_(std::move(path)) {}

    [[nodiscard]] Blueprint plan(Session& session, const ChangeRequest& request,
                                 const PlanOptions& options) const override {
        if (options.settings.max_lag || options.settings.max_load) {
            throw Error{
                ErrorKind::usage, "no_such_sensor",
                "SQLite has neither replicas nor sessions to count: --max-lag and --max-load do not apply"}
                .next("use --throttle-query or --throttle-file");
        }
        if (!options.settings.replicas.empty() || options.settings.defer_indexes != DeferIndexes::automatic) {
            throw Error{ErrorKind::usage, "no_such_setting",
                        "--replicas and --defer-indexes are for MySQL and MariaDB"};
        }
        const Transaction snapshot{session, TxMode::snapshot};
        return Planning{session, path_, request, options.settings}.run();
    }

    [[nodiscard]] std::vector<std::string> unexpected_changes(Session& session, const Blueprint& blueprint,
                                                              Moment moment) const override {
        return catalog_differences(session, blueprint, moment);
    }

  private:
    std::string path_;
};

} // namespace

std::unique_ptr<Planner> make_planner(const std::string& path) {
    return std::make_unique<SqlitePlanner>(path);
}

} // namespace turntable::sqlite
