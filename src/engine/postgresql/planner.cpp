// Chooses how a change is made. The server itself tries it on an empty clone, in a transaction that is rolled
// back.
#include <memory>

#include <fmt/core.h>

#include "detail.hpp"
#include "parts.hpp"
#include "plan/estimate.hpp"
#include "plan/fingerprint.hpp"
#include "plan/key.hpp"
#include "plan/make_detail.hpp"
#include "plan/native.hpp"
#include "plan/quoting.hpp"
#include "plan/rehearsal.hpp"
#include "plan/rules.hpp"
#include "plan/script.hpp"
#include "plan/steps.hpp"
#include "plan/subject.hpp"
#include "plan/unexpected.hpp"
#include "refusals/refusals.hpp"
#include "turntable/error.hpp"

namespace turntable::postgresql {
namespace {

std::vector<std::string> default_grantees(Session& session) {
    std::vector<std::string> roles;
    const ResultSet found = session.run(
        "SELECT DISTINCT CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END"
        "  FROM pg_default_acl AS d, aclexplode(d.defaclacl) AS g"
        " WHERE d.defaclrole = (SELECT oid FROM pg_roles WHERE rolname = current_user)"
        "   AND d.defaclobjtype IN ('r', 'S') AND g.grantee <> d.defaclrole"
        "   AND (d.defaclnamespace = 0 OR d.defaclnamespace = (SELECT oid FROM pg_namespace WHERE nspname = "
        "$1))"
        " ORDER BY 1",
        {std::string{our_schema}});
    for (const auto& row : found.rows) {
        roles.push_back(row.front().value_or(""));
    }
    return roles;
}

// The schema of the clone goes away with the transaction; without the right to create one it is our own.
RehearsalPlace make_place(Session& session, const Subject& subject) {
    RehearsalPlace place{our_schema, subject.user_path, subject.owner != subject.role,
                         default_grantees(session), subject.server_version};
    if (subject.may_create_schema) {
        place.schema = "turntable_plan_" + session.server_id();
        session.run("CREATE SCHEMA " + quoted(place.schema));
    }
    if (place.set_owner && !subject.superuser) {
        session.run(fmt::format("GRANT USAGE, CREATE ON SCHEMA {} TO {}", quoted(place.schema),
                                quoted(subject.owner)));
    }
    return place;
}

// The name of its constraint; "" for none.
std::string primary_key_of(Session& session, const Subject& subject) {
    const ResultSet found =
        session.run("SELECT conname FROM pg_catalog.pg_constraint WHERE contype = 'p' AND conrelid = ?::oid",
                    {subject.oid});
    return found.rows.empty() ? "" : found.rows.front().front().value_or("");
}

// One change on its way from the catalogue to a blueprint.
class Planning {
  public:
    Planning(Session& session, const ChangeRequest& request, const Settings& settings)
        : session_(session),
          settings_(settings),
          subject_(find_subject(session, request.table)),
          steps_(steps_of(request, primary_key_of(session, subject_))) {}

    Blueprint run() {
        refuse_missing_ownership(subject_);
        refuse_kind(session_, subject_);
        refuse_running_job(session_, subject_);
        refuse_event_triggers(session_);
        refuse_constraints(session_, subject_);
        const Table source = read_table(session_, subject_.oid);
        const RehearsalPlace place = make_place(session_, subject_);
        session_.run("SAVEPOINT turntable_rehearsal");
        rehearsal_ = rehearse(session_, source, steps_, place);
        refuse_keep_without_window();
        session_.run("ROLLBACK TO SAVEPOINT turntable_rehearsal");
        blueprint_.engine = "postgresql";
        blueprint_.source = {source.schema, source.name};
        if (changes_nothing()) {
            plan_nothing();
        } else if (const NativePlan native = plan_native(rehearsal_, steps_); takes(native)) {
            refuse_used_keys(session_, subject_, dropped_constraints());
            plan_native_form(native);
        } else {
            blueprint_.strategy_reason = shadow_reason(native);
            verify_creation(session_, rehearsal_, place);
            plan_shadow(place);
        }
        return std::move(blueprint_);
    }

  private:
    [[nodiscard]] bool changes_nothing() const {
        for (std::size_t i = 0; i < steps_.size(); ++i) {
            if (steps_[i].conversion || steps_[i].fill || rehearsal_.steps[i].rewrites) {
                return false;
            }
        }
        return image_of(rehearsal_.source) == rehearsal_.steps.back().after;
    }

    [[nodiscard]] std::vector<std::string> dropped_constraints() const {
        std::vector<std::string> names;
        for (const Step& step : steps_) {
            for (const Clause& clause : step.clauses ? step.clauses->clauses : std::vector<Clause>{}) {
                if (clause.kind == "AT_DropConstraint") {
                    names.push_back(clause.name);
                }
            }
        }
        return names;
    }

    [[nodiscard]] bool takes(const NativePlan& native) const {
        const bool way_back_given = native.way_back || !settings_.keep_old;
        switch (settings_.strategy) {
        case StrategyChoice::automatic:
            return native.possible && way_back_given;
        case StrategyChoice::shadow:
            return false;
        case StrategyChoice::online:
            require(native.possible, "online", native.reason);
            return true;
        case StrategyChoice::instant:
            require(native.possible && native.instant, "instant",
                    native.possible ? "a part of it reads or builds something" : native.reason);
            return true;
        }
        return false;
    }

    static void require(bool possible, const char* strategy, const std::string& why) {
        if (!possible) {
            throw Error{ErrorKind::refused, "strategy_not_possible",
                        fmt::format("the change cannot be made by strategy {}: {}", strategy, why)}
                .next("leave out --strategy, or take --strategy shadow");
        }
    }

    [[nodiscard]] std::string shadow_reason(const NativePlan& native) const {
        if (settings_.strategy == StrategyChoice::shadow) {
            return "asked for";
        }
        if (native.possible) {
            return fmt::format(
                "the server's own form has no lossless way back ({}); with --keep-old none it is taken",
                native.way_back_reason);
        }
        return native.reason;
    }

    void fill_common(Detail& detail) const {
        detail.server_version = subject_.server_version;
        detail.database_oid = subject_.database_oid;
        detail.source_oid = subject_.oid;
        detail.source_owner = subject_.owner;
        detail.user_path = subject_.user_path;
        detail.image_before = image_of(rehearsal_.source);
        detail.image_after = image_of(rehearsal_.after);
        detail.image_final = rehearsal_.final_image;
        detail.fingerprint_sql = fingerprint_sql(detail);
        detail.fingerprint = session_.run(detail.fingerprint_sql).only().value_or("");
    }

    void refuse_keep_without_window() const {
        if (!rehearsal_.kept.empty() && !settings_.keep_old) {
            throw Error{
                ErrorKind::refused, "keep_needs_window",
                "keep=yes keeps the old column until finalize: with --keep-old none there is no until"}
                .next("give --keep-old the time that the old code still needs");
        }
    }

    void plan_nothing() {
        Detail detail;
        detail.names = HelperNames{rehearsal_.source, rehearsal_.source.name}.names();
        fill_common(detail);
        blueprint_.strategy = Strategy::nothing;
        blueprint_.strategy_reason = "the table has the wanted shape already";
        blueprint_.revert = RevertClass::native;
        blueprint_.revert_reason = "there is nothing to take back";
        blueprint_.detail = to_json(detail);
    }

    void plan_native_form(const NativePlan& native) {
        Detail detail;
        detail.names = HelperNames{rehearsal_.source, rehearsal_.source.name}.names();
        add_probes(detail);
        fill_common(detail);
        detail.native = native.steps;
        std::size_t new_indexes = 0;
        for (std::size_t i = 0; i < native.statements.size(); ++i) {
            blueprint_.script.push_back({Phase::native, native.statements[i]});
            new_indexes += native.steps[i].in_transaction ? 0 : 1;
        }
        blueprint_.strategy = native.instant ? Strategy::instant : Strategy::online;
        blueprint_.strategy_reason = native.reason;
        blueprint_.revert = native.way_back ? RevertClass::native : RevertClass::irreversible;
        blueprint_.revert_reason =
            native.way_back ? "the inverse statements are native too" : native.way_back_reason;
        blueprint_.estimate = estimate_native(session_, rehearsal_.source, new_indexes);
        refuse_full_disk(blueprint_.estimate);
        add_notes({});
        blueprint_.detail = to_json(detail);
    }

    // The probe goes through the rows by a key; a table without one is read in one pass. A value's form stays
    // in what is native, so none is tried.
    void add_probes(Detail& detail) {
        add_rules(rehearsal_, detail);
        detail.evaluated.clear();
        if (detail.row_rules.empty()) {
            return;
        }
        const Table& source = rehearsal_.source;
        const Index* const index = identifying_index(source);
        if (index == nullptr) {
            ask_in_one_pass(rehearsal_, detail);
            return;
        }
        add_source_key(source, *index, detail);
        for (const Attnum attnum : index->keys) {
            const Column& column = *source.find_column(attnum);
            blueprint_.key.push_back({column.name, column.name, column.type + column.collation});
        }
    }

    void plan_shadow(const RehearsalPlace& place) {
        refuse_own_keys();
        refuse_dependents(session_, subject_);
        refuse_publications(session_, subject_);
        refuse_row_security(session_, subject_);
        refuse_missing_privileges(session_, subject_, rehearsal_);
        const Key key = choose_key(rehearsal_);
        blueprint_.estimate = estimate_shadow(session_, rehearsal_.source);
        refuse_full_disk(blueprint_.estimate);
        const HelperNames helpers{rehearsal_.source, free_base(session_, rehearsal_.source)};
        const MakeDetail plan{rehearsal_, key, helpers, subject_.our_schema_exists,
                              place.set_owner && !subject_.superuser};
        Detail detail = make_detail(plan);
        add_rules(rehearsal_, detail);
        fill_common(detail);
        fill_blueprint(plan, blueprint_);
        blueprint_.strategy = Strategy::shadow;
        choose_revert();
        blueprint_.script = shadow_script(blueprint_, detail, settings_);
        add_notes(shadow_notes(blueprint_, detail));
        blueprint_.detail = to_json(detail);
    }

    // Those of others are refused by refuse_dependents, whatever is asked.
    void refuse_own_keys() const {
        if (settings_.foreign_keys == ForeignKeyChoice::refuse && !rehearsal_.source.foreign_keys.empty()) {
            const ForeignKey& key = rehearsal_.source.foreign_keys.front();
            throw Error{ErrorKind::refused, "foreign_keys",
                        fmt::format("--foreign-keys refuse: the table has the foreign key '{}' to {}.{}",
                                    key.name, key.referenced_schema, key.referenced_name)}
                .next("leave --foreign-keys to auto");
        }
    }

    void choose_revert() {
        for (const MappedColumn& column : blueprint_.columns) {
            if (column.source && !column.inverse_sql) {
                blueprint_.revert = RevertClass::irreversible;
                blueprint_.revert_reason = fmt::format("the conversion of column {} has no inverse; give one "
                                                       "with --convert {}=using,expr=…,inverse=…",
                                                       column.target, *column.source);
                return;
            }
        }
        if (!settings_.keep_old) {
            blueprint_.revert = RevertClass::irreversible;
            blueprint_.revert_reason = "--keep-old none: the old table goes with the swap";
            return;
        }
        blueprint_.revert = RevertClass::swap_back;
        blueprint_.revert_reason = "the old table is kept and follows by its log";
    }

    void add_notes(const std::vector<std::string>& more) {
        std::vector<std::string>& notes = blueprint_.notes;
        notes.insert(notes.end(), rehearsal_.notes.begin(), rehearsal_.notes.end());
        notes.insert(notes.end(), more.begin(), more.end());
    }

    Session& session_;
    const Settings& settings_;
    const Subject subject_;
    const std::vector<Step> steps_;
    Rehearsal rehearsal_;
    Blueprint blueprint_;
};

class PostgresPlanner final : public Planner {
  public:
    [[nodiscard]] Blueprint plan(Session& session, const ChangeRequest& request,
                                 const PlanOptions& options) const override {
        if (!options.settings.replicas.empty() || options.settings.defer_indexes != DeferIndexes::automatic) {
            throw Error{ErrorKind::usage, "no_such_setting",
                        "--replicas and --defer-indexes are for MySQL and MariaDB"}
                .next("--max-lag finds the replicas of PostgreSQL by itself");
        }
        const Transaction never_committed{session, TxMode::write};
        return Planning{session, request, options.settings}.run();
    }

    [[nodiscard]] std::vector<std::string> unexpected_changes(Session& session, const Blueprint& blueprint,
                                                              Moment moment) const override {
        const Transaction reading{session, TxMode::snapshot};
        return unexpected(session, blueprint, moment);
    }
};

} // namespace

std::unique_ptr<Planner> make_planner() {
    return std::make_unique<PostgresPlanner>();
}

} // namespace turntable::postgresql
