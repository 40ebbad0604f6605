#include "job_state.hpp"

#include <fmt/core.h>

#include "sql_text.hpp"

namespace turntable::postgresql {

JobObjects job_objects(const Blueprint& blueprint, const Detail& detail) {
    const std::string state = detail.names.schema + "." + quoted(blueprint.log_name + "_state");
    return {.state = state,
            .queue = detail.names.schema + "." + quoted(blueprint.log_name + "_queue"),
            .state_text = state};
}

namespace {

// Called for the rows that a chunk leaves to the replay: it queues the key and answers false, so that the
// chunk needs one scan and no second pass. The counter is how many rows the chunk left.
std::string queue_function(const Blueprint& blueprint, const Detail& detail) {
    std::vector<std::string> parameters;
    std::vector<std::string> columns;
    std::vector<std::string> values;
    for (std::size_t i = 0; i < detail.key.size(); ++i) {
        parameters.push_back(detail.key[i].source_type);
        columns.push_back(detail.key[i].log_column);
        values.push_back(fmt::format("${}", i + 1));
    }
    return fmt::format("CREATE FUNCTION {}({}) RETURNS boolean LANGUAGE plpgsql VOLATILE SET search_path = "
                       "pg_catalog, pg_temp AS $f$\n"
                       "BEGIN\n"
                       "    INSERT INTO {} ({}) VALUES ({});\n"
                       "    PERFORM set_config('turntable.queued', "
                       "(current_setting('turntable.queued')::bigint + 1)::text, true);\n"
                       "    RETURN false;\n"
                       "END $f$",
                       job_objects(blueprint, detail).queue, joined(parameters, ", "), detail.names.log,
                       joined(columns, ", "), joined(values, ", "));
}

} // namespace

std::vector<Statement> create_job_objects(const Blueprint& blueprint, const Detail& detail) {
    const JobObjects objects = job_objects(blueprint, detail);
    return {
        {fmt::format(
             "CREATE TABLE {} (job text NOT NULL, shadow oid NOT NULL, writer bigint, settled timestamptz,"
             " reverse_capture text, definition jsonb)",
             objects.state),
         {},
         "remember which transaction wrote the shadow last",
         Blocks::nobody},
        {fmt::format("INSERT INTO {} (job, shadow) VALUES ({}, {}::regclass)", objects.state,
                     literal(blueprint.job), literal(detail.names.shadow)),
         {},
         "claim the objects for this job",
         Blocks::nobody},
        {queue_function(blueprint, detail), {}, "let the copy leave new rows to the replay", Blocks::nobody},
        {fmt::format("REVOKE ALL ON FUNCTION {} FROM PUBLIC", objects.queue),
         {},
         "nobody else calls it",
         Blocks::nobody},
    };
}

std::vector<Statement> drop_job_objects(const Blueprint& blueprint, const Detail& detail) {
    const JobObjects objects = job_objects(blueprint, detail);
    return {
        {fmt::format("DROP FUNCTION IF EXISTS {}", objects.queue),
         {},
         "remove the copy's helper",
         Blocks::nobody},
        {fmt::format("DROP TABLE IF EXISTS {}", objects.state),
         {},
         "remove the job's state row",
         Blocks::nobody},
    };
}

bool job_objects_exist(Session& session, const Blueprint& blueprint, const Detail& detail) {
    const JobObjects objects = job_objects(blueprint, detail);
    if (session.run("SELECT pg_catalog.to_regclass($1) IS NULL", {objects.state_text}).only() == "t") {
        return false;
    }
    const ResultSet owner = session.run("SELECT job FROM " + objects.state);
    if (owner.rows.size() == 1 && owner.rows[0][0] == blueprint.job) {
        return true;
    }
    throw Error{ErrorKind::refused, "name_taken",
                "the table " + objects.state + " exists and belongs to another job"};
}

void mark_writer(Session& session, const Blueprint& blueprint, const Detail& detail) {
    session.run(fmt::format("UPDATE {} SET writer = pg_catalog.txid_current(), settled = NULL",
                            job_objects(blueprint, detail).state));
}

void use_job_settings(Session& session, const Detail& detail) {
    if (detail.settings.empty()) {
        return;
    }
    std::vector<std::string> calls;
    for (const auto& [name, value] : detail.settings) {
        calls.push_back(fmt::format("pg_catalog.set_config({}, {}, false)", literal(name), literal(value)));
    }
    session.run("SELECT " + joined(calls, ", "));
}

} // namespace turntable::postgresql
