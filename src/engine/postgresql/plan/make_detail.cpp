#include "plan/make_detail.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "plan/capture.hpp"
#include "plan/keep.hpp"
#include "plan/make_table.hpp"
#include "plan/quoting.hpp"
#include "plan/swap_plan.hpp"
#include "turntable/error.hpp"

namespace turntable::postgresql {
namespace {

Statement quiet(std::string sql, std::string purpose) {
    return {std::move(sql), {}, std::move(purpose), Blocks::nobody};
}

void add_columns(const Rehearsal& rehearsal, Detail& detail) {
    for (std::size_t i = 0; i < rehearsal.after.columns.size(); ++i) {
        const Column& column = rehearsal.after.columns[i];
        const ColumnOrigin& origin = rehearsal.origins[i];
        ColumnDetail out;
        out.target = quoted(column.name);
        out.type = column.type;
        out.collation = column.collation;
        out.image = column.image();
        out.inserted = !origin.by_default;
        out.not_null = column.not_null;
        if (origin.source) {
            const Column& source = *rehearsal.source.find_column(*origin.source);
            out.source_type = source.type;
            out.source_image = source.image();
        }
        out.identity_column = column.identity != 0;
        detail.overriding_system_value =
            detail.overriding_system_value || (out.identity_column && out.inserted);
        detail.columns.push_back(std::move(out));
    }
    for (const Column& column : rehearsal.source.columns) {
        SourceColumn out{quoted(column.name), column.type,  column.image(), column.generated != 0,
                         column.not_null,     std::nullopt, std::nullopt};
        for (const ColumnOrigin& origin : rehearsal.origins) {
            if (origin.source == column.name) {
                out.inverse_sql = origin.inverse_sql;
                const Column& after =
                    rehearsal.after.columns[static_cast<std::size_t>(&origin - rehearsal.origins.data())];
                if (out.image.empty() && !after.deterministic) {
                    out.image = after.image(); // compared with what comes back, under that one's collation
                }
            }
        }
        if (column.identity == 0 && column.generated == 0) {
            out.default_sql = column.default_sql;
        }
        detail.reverse_overriding_system_value =
            detail.reverse_overriding_system_value || column.identity != 0;
        detail.source_columns.push_back(std::move(out));
    }
}

void add_creation(const MakeDetail& plan, Detail& detail) {
    const Rehearsal& rehearsal = plan.rehearsal;
    const MakeOptions options{detail.names.shadow,
                              [&](const Column& column) {
                                  const auto place =
                                      static_cast<std::size_t>(&column - rehearsal.after.columns.data());
                                  return qualified(our_schema, plan.helpers.new_sequence(place));
                              },
                              rehearsal.scratch_schema, rehearsal.default_grantees, rehearsal.set_owner};
    if (!plan.schema_exists) {
        detail.create.push_back(
            quiet("CREATE SCHEMA IF NOT EXISTS " + detail.names.schema,
                  "shadow, logs and the retired table live apart from the application's tables"));
    }
    if (plan.grant_schema_to_owner) {
        detail.create.push_back(quiet(fmt::format("GRANT USAGE, CREATE ON SCHEMA {} TO {}",
                                                  detail.names.schema, quoted(rehearsal.source.owner)),
                                      "the owner of the table will own the new one"));
    }
    for (Statement& statement : make_table(rehearsal.after, options)) {
        detail.create.push_back(std::move(statement));
    }
    for (Statement& statement : make_attachments(rehearsal.after, options)) {
        detail.create.push_back(std::move(statement));
    }
    for (Statement& statement : make_logs(detail)) {
        detail.create.push_back(std::move(statement));
    }
    for (Statement& statement : make_keep_function(rehearsal.kept, detail.names)) {
        detail.create.push_back(std::move(statement));
    }
    detail.drop_created.push_back(
        quiet("DROP TABLE IF EXISTS " + detail.names.shadow, "the shadow, its indexes and sequences"));
    detail.drop_logs = drop_logs(detail);
    if (!rehearsal.kept.empty()) {
        detail.drop_logs.push_back(quiet(fmt::format("DROP FUNCTION IF EXISTS {}()", detail.names.keep),
                                         "the function that kept two columns in step"));
    }
    detail.drop_created.insert(detail.drop_created.end(), detail.drop_logs.begin(), detail.drop_logs.end());
}

IndexStep index_step(const MakeDetail& plan, const Detail& detail, std::size_t n) {
    const Index& index = plan.rehearsal.after.indexes[n];
    const std::string name = quoted(plan.helpers.new_index(n));
    const std::string& shadow = detail.names.shadow;
    IndexStep step;
    step.name = qualified(our_schema, plan.helpers.new_index(n));
    step.create = quiet(make_index(index, name, shadow), "index " + index.name);
    step.final_name = quoted(index.name);
    step.key = &index == plan.key.target;
    Index plain = index;
    if (index.deferrable) {
        plain.constraint_comment.reset(); // the constraint is attached in the swap
    } else if (index.constraint != 0) {
        step.then.push_back(
            quiet(make_index_constraint(index, name, name, shadow), "constraint " + index.name));
    }
    for (const std::string& sql : make_index_attachments(plain, step.name, name, shadow)) {
        step.then.push_back(quiet(sql, "of index " + index.name));
    }
    return step;
}

// An ALTER TABLE … OWNER TO leaves them with their owner; on the clone they are ours.
std::string owner_of_statistics(const Rehearsal& rehearsal, const std::string& name) {
    for (const ExtendedStatistics& statistics : rehearsal.source.statistics) {
        if (statistics.name == name) {
            return statistics.owner;
        }
    }
    return rehearsal.source.owner;
}

void add_indexes(const MakeDetail& plan, Detail& detail) {
    const Table& after = plan.rehearsal.after;
    for (std::size_t n = 0; n < after.indexes.size(); ++n) {
        IndexStep step = index_step(plan, detail, n);
        const auto place = step.key ? detail.indexes.begin() : detail.indexes.end();
        detail.indexes.insert(place, std::move(step));
    }
    for (std::size_t n = 0; n < after.statistics.size(); ++n) {
        for (const std::string& sql :
             make_statistics(after.statistics[n], qualified(our_schema, plan.helpers.new_statistics(n)),
                             detail.names.shadow)) {
            detail.before_swap.push_back(quiet(sql, "extended statistics " + after.statistics[n].name));
        }
        const std::string owner = owner_of_statistics(plan.rehearsal, after.statistics[n].name);
        if (plan.rehearsal.set_owner || owner != after.owner) {
            detail.before_swap.push_back(
                quiet(fmt::format("ALTER STATISTICS {} OWNER TO {}",
                                  qualified(our_schema, plan.helpers.new_statistics(n)), quoted(owner)),
                      "the owner of the statistics"));
        }
    }
    const auto index_name = [&](const Index& index) {
        return quoted(plan.helpers.new_index(static_cast<std::size_t>(&index - after.indexes.data())));
    };
    for (const std::string& sql : make_marks(after, detail.names.shadow, index_name)) {
        detail.before_swap.push_back(quiet(sql, "replica identity and cluster mark"));
    }
    detail.before_swap.push_back(
        quiet("ANALYZE " + detail.names.shadow, "statistics for the planner, before the first query"));
}

// The source's side alone.
KeyDetail key_column(const Column& source, const Index& index, std::size_t place) {
    KeyDetail column;
    column.source = quoted(source.name);
    column.source_type = source.type;
    column.source_collation = source.collation;
    column.source_image = source.image();
    column.source_equal = index.equal.at(place);
    column.source_less = index.less.at(place);
    column.descending = index.descending.at(place);
    return column;
}

// The engine-private part of the key.
void add_key(const Key& key, Detail& detail) {
    for (const Key::Pair& pair : key.columns) {
        KeyDetail column = key_column(*pair.source, *key.source, pair.source_place);
        column.log_column = fmt::format("k{}", detail.key.size() + 1);
        column.target = quoted(pair.target->name);
        column.target_type = pair.target->type;
        column.target_collation = pair.target->collation;
        column.forward_sql = pair.origin->forward_sql;
        column.inverse_sql = pair.origin->inverse_sql.value_or("");
        column.target_image = pair.target->image();
        column.target_equal = key.target->equal.at(pair.target_place);
        column.target_less = key.target->less.at(pair.target_place);
        detail.key.push_back(std::move(column));
    }
}

// The trigger is part of the new table until the window ends, one way or the other.
void add_keep(const std::vector<Kept>& kept, Detail& detail) {
    if (kept.empty()) {
        return;
    }
    for (Statement& statement : install_keep(detail.names)) {
        detail.swap.push_back(std::move(statement));
    }
    detail.reverse_uncapture.push_back(remove_keep(detail.names));
    detail.contract = contract(kept, detail.names);
}

} // namespace

void add_source_key(const Table& source, const Index& index, Detail& detail) {
    for (std::size_t place = 0; place < index.keys.size(); ++place) {
        detail.key.push_back(key_column(*source.find_column(index.keys[place]), index, place));
    }
}

Detail make_detail(const MakeDetail& plan) {
    Detail detail;
    detail.source_oid = plan.rehearsal.source.oid;
    detail.source_owner = plan.rehearsal.source.owner;
    detail.names = plan.helpers.names();
    add_key(plan.key, detail);
    detail.key_index = qualified(plan.rehearsal.source.schema, plan.key.source->name);
    add_columns(plan.rehearsal, detail);
    add_creation(plan, detail);
    detail.capture = install_capture(detail, Capture::forward);
    detail.uncapture = remove_capture(detail);
    detail.reverse_capture = install_capture(detail, Capture::back);
    detail.reverse_uncapture = remove_capture(detail);
    add_indexes(plan, detail);
    plan_swap(plan.rehearsal, plan.helpers, detail);
    add_keep(plan.rehearsal.kept, detail);
    return detail;
}

void fill_blueprint(const MakeDetail& plan, Blueprint& blueprint) {
    const Rehearsal& rehearsal = plan.rehearsal;
    blueprint.source = {rehearsal.source.schema, rehearsal.source.name};
    blueprint.shadow_schema = our_schema;
    blueprint.shadow_name = plan.helpers.shadow();
    blueprint.log_name = plan.helpers.log();
    blueprint.reverse_log_name = plan.helpers.reverse_log();
    blueprint.old_name = plan.helpers.old();
    for (const Key::Pair& pair : plan.key.columns) {
        blueprint.key.push_back(
            {pair.source->name, pair.target->name, pair.source->type + pair.source->collation});
    }
    for (std::size_t i = 0; i < rehearsal.origins.size(); ++i) {
        const ColumnOrigin& origin = rehearsal.origins[i];
        const bool renamed = origin.source && *origin.source != rehearsal.after.columns[i].name;
        blueprint.columns.push_back({rehearsal.after.columns[i].name, origin.source, origin.forward_sql,
                                     origin.inverse_sql, origin.identity && !renamed, !origin.by_default});
    }
    blueprint.dropped_columns = rehearsal.dropped;
    blueprint.conversions = rehearsal.conversions;
}

} // namespace turntable::postgresql
