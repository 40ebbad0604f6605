#include "plan_support.hpp"

#include <algorithm>
#include <sstream>

#include <fmt/core.h>

#include "turntable/engines.hpp"

namespace turntable::test {
namespace {

ChangeRequest request_of(const std::string& table, std::vector<std::string> clauses) {
    ChangeRequest request;
    const auto dot = table.find('.');
    request.table = dot == std::string::npos ? TableName{"", table}
                                             : TableName{table.substr(0, dot), table.substr(dot + 1)};
    request.alter_clauses = std::move(clauses);
    return request;
}

void run_all(Session& session, const std::vector<Statement>& statements) {
    for (const Statement& statement : statements) {
        session.run(statement);
    }
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in{text};
    for (std::string line; std::getline(in, line);) {
        lines.push_back(line);
    }
    return lines;
}

constexpr const char* definition_sql = R"(
SELECT string_agg(line, E'\n' ORDER BY line COLLATE "C") FROM (
  SELECT 'table owner ' || pg_get_userbyid(relowner) || ' options ' || coalesce(reloptions::text, '-') || ' rls ' ||
         relrowsecurity || relforcerowsecurity || ' identity ' || relreplident::text || ' space ' || reltablespace || ' acl ' ||
         coalesce((SELECT string_agg(a::text, ',' ORDER BY a::text)
                     FROM unnest(coalesce(relacl, acldefault('r', relowner))) AS a), '') || ' toast ' ||
         coalesce((SELECT t.reloptions::text FROM pg_class AS t WHERE t.oid = c.reltoastrelid), '-')
    FROM pg_class AS c WHERE oid = $1::text::regclass
  UNION ALL
  SELECT 'column ' || attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attnotnull || ' ' || attidentity::text || ' ' ||
         attgenerated::text || ' ' || attstorage::text || ' ' || attcompression::text || ' ' || coalesce(attstattarget, -1) || ' ' ||
         coalesce((SELECT string_agg(x::text, ',' ORDER BY x::text) FROM unnest(attacl) AS x), '-') || ' ' ||
         coalesce((SELECT collname FROM pg_collation WHERE oid = attcollation), '-') || ' ' ||
         coalesce((SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = attrelid AND adnum = attnum), '-') ||
         ' ' || coalesce((SELECT string_agg(o, ',') FROM unnest(attoptions) AS o WHERE o LIKE 'n\_distinct%'), '-') || ' ' ||
         coalesce(col_description(attrelid, attnum), '-') || ' ' || coalesce(pg_get_serial_sequence($1::text, attname), '-')
    FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped
  UNION ALL
  SELECT 'order ' || string_agg(attname, ',' ORDER BY attnum)
    FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped
  UNION ALL
  SELECT 'constraint ' || conname || ' ' || pg_get_constraintdef(oid) || ' ' || convalidated || condeferrable || condeferred ||
         ' ' || coalesce(obj_description(oid, 'pg_constraint'), '-')
    FROM pg_constraint WHERE conrelid = $1::text::regclass
  UNION ALL
  SELECT 'index ' || pg_get_indexdef(indexrelid) || ' ' || indisprimary || indisvalid || indisclustered || indisreplident ||
         indimmediate || ' ' || coalesce(obj_description(indexrelid, 'pg_class'), '-')
    FROM pg_index WHERE indrelid = $1::text::regclass
  UNION ALL
  SELECT 'trigger ' || pg_get_triggerdef(oid) || ' ' || tgenabled::text || ' ' || coalesce(obj_description(oid, 'pg_trigger'), '-')
    FROM pg_trigger WHERE tgrelid = $1::text::regclass AND NOT tgisinternal AND tgname NOT LIKE 'turntable\_%'
  UNION ALL
  SELECT 'policy ' || polname || polcmd::text || polpermissive || polroles::regrole[]::text || coalesce(pg_get_expr(polqual, polrelid), '')
         || coalesce(pg_get_expr(polwithcheck, polrelid), '') || coalesce(obj_description(oid, 'pg_policy'), '-')
    FROM pg_policy WHERE polrelid = $1::text::regclass
  UNION ALL
  SELECT 'statistics ' || pg_get_statisticsobjdef(oid) || pg_get_userbyid(stxowner) || coalesce(obj_description(oid, 'pg_statistic_ext'), '-')
    FROM pg_statistic_ext WHERE stxrelid = $1::text::regclass
  UNION ALL
  SELECT 'comment ' || coalesce(obj_description($1::text::regclass, 'pg_class'), '-')
  UNION ALL
  SELECT 'sequence ' || s.relname || ' ' || (SELECT row(seqtypid, seqstart, seqincrement, seqmax, seqmin, seqcache, seqcycle)::text
                                               FROM pg_sequence WHERE seqrelid = s.oid)
         || coalesce(s.relacl::text, '-') || coalesce(obj_description(s.oid, 'pg_class'), '-')
    FROM pg_depend AS d JOIN pg_class AS s ON s.oid = d.objid AND s.relkind = 'S'
   WHERE d.refobjid = $1::text::regclass AND d.deptype IN ('a', 'i')
) AS lines(line))";

constexpr const char* objects_sql = R"(
SELECT string_agg(line, E'\n' ORDER BY line COLLATE "C") FROM (
  SELECT 'relation ' || oid || relname || relnamespace || relkind::text || coalesce(relacl::text, '') || relhastriggers FROM pg_class
   WHERE oid >= 16384
  UNION ALL SELECT 'schema ' || oid || nspname || coalesce(nspacl::text, '') FROM pg_namespace
   WHERE nspname NOT LIKE 'pg\_temp\_%' AND nspname NOT LIKE 'pg\_toast\_temp\_%'
  UNION ALL SELECT 'function ' || oid || proname FROM pg_proc WHERE oid >= 16384
  UNION ALL SELECT 'type ' || oid || typname FROM pg_type WHERE oid >= 16384
  UNION ALL SELECT 'constraint ' || oid || conname FROM pg_constraint WHERE oid >= 16384
  UNION ALL SELECT 'trigger ' || oid || tgname || tgenabled::text FROM pg_trigger
  UNION ALL SELECT 'policy ' || oid || polname FROM pg_policy
  UNION ALL SELECT 'attribute ' || attrelid || attname || attnum || coalesce(attacl::text, '') FROM pg_attribute
   WHERE attrelid >= 16384
  UNION ALL SELECT 'depend ' || count(*) FROM pg_depend
) AS lines(line))";

} // namespace

Planned::Planned(ScratchDatabase& database, const std::string& user)
    : database_(database),
      session_(database.engine().open(SessionUse::control)),
      application_(database.application()) {
    if (!user.empty()) {
        Url url = database.url();
        url.user = user;
        session_ = make_engine(url)->open(SessionUse::control);
    }
}

void Planned::run(const std::vector<std::string>& statements) {
    for (const std::string& sql : statements) {
        application_->run(sql);
    }
}

Blueprint Planned::plan(const std::string& table, std::vector<std::string> clauses) {
    return plan(request_of(table, std::move(clauses)));
}

Blueprint Planned::plan(const ChangeRequest& request) {
    return database_.engine().planner().plan(*session_, request, PlanOptions{settings});
}

std::optional<Error> Planned::refusal(const std::string& table, std::vector<std::string> clauses) {
    return refusal(request_of(table, std::move(clauses)));
}

std::optional<Error> Planned::refusal(const ChangeRequest& request) {
    try {
        (void)plan(request);
        return std::nullopt;
    } catch (const Error& error) {
        return error;
    }
}

void carry_out(Session& session, const Blueprint& blueprint) {
    const postgresql::Detail detail = postgresql::detail_of(blueprint);
    run_all(session, detail.create);
    run_all(session, detail.capture);
    std::string columns;
    std::string values;
    for (std::size_t i = 0; i < blueprint.columns.size(); ++i) {
        if (detail.columns[i].inserted) {
            columns += (columns.empty() ? "" : ", ") + detail.columns[i].target;
            values += (values.empty() ? "" : ", ") + blueprint.columns[i].forward_sql;
        }
    }
    session.run(fmt::format("INSERT INTO {} ({}){} SELECT {} FROM {}", detail.names.shadow, columns,
                            detail.overriding_system_value ? " OVERRIDING SYSTEM VALUE" : "", values,
                            detail.names.source));
    for (const postgresql::IndexStep& step : detail.indexes) {
        session.run(step.create);
        run_all(session, step.then);
    }
    run_all(session, detail.before_swap);
    Transaction swap{session, TxMode::write};
    run_all(session, detail.uncapture);
    run_all(session, detail.swap);
    run_all(session, detail.reverse_capture);
    swap.commit();
    run_all(session, detail.after_swap);
}

void carry_back(Session& session, const Blueprint& blueprint) {
    const postgresql::Detail detail = postgresql::detail_of(blueprint);
    Transaction revert{session, TxMode::write};
    run_all(session, detail.reverse_uncapture);
    run_all(session, detail.revert);
    revert.commit();
    run_all(session, detail.after_revert);
}

void carry_out_native(Engine& engine, Session& session, const Blueprint& blueprint) {
    const NativeRunner& native = engine.native();
    for (std::size_t n = 0; n < blueprint.script.size(); ++n) {
        ASSERT_FALSE(native.done(session, blueprint, n)) << blueprint.script[n].statement.sql;
        const LockOutcome outcome = native.run(session, blueprint, n, LockBudget{Millis{300}, Millis{300}});
        ASSERT_TRUE(outcome.granted) << blueprint.script[n].statement.sql;
        ASSERT_TRUE(native.done(session, blueprint, n)) << blueprint.script[n].statement.sql;
    }
}

std::string all_objects(Session& session) {
    return session.run(objects_sql).only().value_or("");
}

std::string definition(Session& session, const std::string& schema, const std::string& table) {
    return session.run(definition_sql, {"\"" + schema + "\".\"" + table + "\""}).only().value_or("");
}

std::string difference(const std::string& before, const std::string& after) {
    const std::vector<std::string> old = lines_of(before);
    const std::vector<std::string> now = lines_of(after);
    std::string out;
    for (const std::string& line : old) {
        if (std::find(now.begin(), now.end(), line) == now.end()) {
            out += "- " + line + "\n";
        }
    }
    for (const std::string& line : now) {
        if (std::find(old.begin(), old.end(), line) == old.end()) {
            out += "+ " + line + "\n";
        }
    }
    return out;
}

} // namespace turntable::test
