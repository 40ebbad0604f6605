#include "runtime_job.hpp"

#include <thread>

#include <fmt/core.h>

#include "conversion_sql.hpp"

namespace turntable::test {
namespace {

using postgresql::ColumnDetail;
using postgresql::Detail;
using postgresql::IndexStep;
using postgresql::KeyDetail;
using postgresql::Names;
using postgresql::SourceColumn;

Statement statement(const std::string& sql) {
    return {sql, {}, "", Blocks::nobody};
}

Names names() {
    return {.schema = "turntable",
            .source = "public.payments",
            .shadow = "turntable.shadow_1",
            .old = "turntable.old_1",
            .log = "turntable.log_1",
            .reverse_log = "turntable.reverse_1",
            .capture = "turntable.capture_1",
            .truncate = "turntable.truncate_1",
            .reverse_capture = "turntable.reverse_capture_1",
            .reverse_truncate = "turntable.reverse_truncate_1",
            .row_trigger = "turntable_row",
            .truncate_trigger = "turntable_truncate",
            .keep = {},
            .keep_trigger = {}};
}

std::string row_function(const std::string& name, const std::string& log) {
    return fmt::format(R"(CREATE FUNCTION {}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $f$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO {} (k1) VALUES (OLD.id);
    END IF;
    IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW.id IS DISTINCT FROM OLD.id) THEN
        INSERT INTO {} (k1) VALUES (NEW.id);
    END IF;
    RETURN NULL;
END $f$)",
                       name, log, log);
}

std::vector<Statement> triggers(const std::string& row_function, const std::string& truncate_function) {
    return {
        statement(
            "CREATE TRIGGER turntable_row AFTER INSERT OR UPDATE OR DELETE ON public.payments FOR EACH ROW "
            "EXECUTE FUNCTION " +
            row_function + "()"),
        statement(
            "CREATE TRIGGER turntable_truncate BEFORE TRUNCATE ON public.payments FOR EACH STATEMENT EXECUTE "
            "FUNCTION " +
            truncate_function + "()"),
        statement("ALTER TABLE public.payments ENABLE ALWAYS TRIGGER turntable_row"),
        statement("ALTER TABLE public.payments ENABLE ALWAYS TRIGGER turntable_truncate")};
}

std::vector<Statement> no_triggers() {
    return {statement("DROP TRIGGER IF EXISTS turntable_row ON public.payments"),
            statement("DROP TRIGGER IF EXISTS turntable_truncate ON public.payments")};
}

void fill_prepare(Detail& detail) {
    const Names& n = detail.names;
    detail.create = {statement("CREATE TABLE " + n.shadow +
                               " (id bigint NOT NULL, account text, amount_cents bigint, note numeric, ratio "
                               "double precision, extra json) WITH (autovacuum_enabled = off)"),
                     statement("CREATE TABLE " + n.log + " (k1 bigint) WITH (vacuum_truncate = off)"),
                     statement("CREATE TABLE " + n.reverse_log + " (k1 bigint) WITH (vacuum_truncate = off)"),
                     statement(row_function(n.capture, n.log)),
                     statement(row_function(n.reverse_capture, n.reverse_log)),
                     statement("CREATE FUNCTION " + n.truncate +
                               "() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN RAISE EXCEPTION "
                               "'payments is being changed by turntable: TRUNCATE is refused'; END $f$"),
                     statement("CREATE FUNCTION " + n.reverse_truncate +
                               "() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET "
                               "search_path = pg_catalog, pg_temp AS $f$ BEGIN INSERT INTO " +
                               n.reverse_log + " (k1) VALUES (NULL); RETURN NULL; END $f$")};
    detail.drop_logs = {statement("DROP FUNCTION IF EXISTS " + n.capture),
                        statement("DROP FUNCTION IF EXISTS " + n.truncate),
                        statement("DROP FUNCTION IF EXISTS " + n.reverse_capture),
                        statement("DROP FUNCTION IF EXISTS " + n.reverse_truncate),
                        statement("DROP TABLE IF EXISTS " + n.log),
                        statement("DROP TABLE IF EXISTS " + n.reverse_log)};
    detail.drop_created = detail.drop_logs;
    detail.drop_created.push_back(statement("DROP TABLE IF EXISTS " + n.shadow));
    detail.capture = triggers(n.capture, n.truncate);
    detail.uncapture = no_triggers();
    detail.reverse_capture = triggers(n.reverse_capture, n.reverse_truncate);
    detail.reverse_uncapture = no_triggers();
}

void fill_swap(Detail& detail) {
    detail.indexes = {
        IndexStep{"turntable.shadow_1_pkey",
                  statement("CREATE UNIQUE INDEX shadow_1_pkey ON turntable.shadow_1 (id)"),
                  {statement("ALTER TABLE turntable.shadow_1 ADD CONSTRAINT shadow_1_pkey PRIMARY KEY USING "
                             "INDEX shadow_1_pkey")},
                  "payments_pkey",
                  true},
        IndexStep{"turntable.shadow_1_account",
                  statement("CREATE UNIQUE INDEX shadow_1_account ON turntable.shadow_1 (account)"),
                  {},
                  "payments_account_key",
                  false}};
    detail.before_swap = {statement("ANALYZE turntable.shadow_1")};
    detail.swap = {statement("ALTER TABLE public.payments SET SCHEMA turntable"),
                   statement("ALTER TABLE turntable.payments RENAME TO old_1"),
                   statement("ALTER TABLE turntable.shadow_1 RENAME TO payments"),
                   statement("ALTER TABLE turntable.payments SET SCHEMA public")};
    detail.revert = {statement("ALTER TABLE public.payments SET SCHEMA turntable"),
                     statement("ALTER TABLE turntable.payments RENAME TO shadow_1"),
                     statement("ALTER TABLE turntable.old_1 RENAME TO payments"),
                     statement("ALTER TABLE turntable.payments SET SCHEMA public")};
}

ColumnDetail column(const std::string& target, const std::string& type, const std::string& image) {
    ColumnDetail out;
    out.target = target;
    out.type = type;
    out.image = image;
    out.source_type = type;
    out.source_image = image;
    return out;
}

SourceColumn source_column(const std::string& name, const std::string& type, const std::string& image,
                           std::optional<std::string> inverse) {
    SourceColumn out;
    out.name = name;
    out.type = type;
    out.image = image;
    out.inverse_sql = std::move(inverse);
    return out;
}

void fill_columns(Blueprint& blueprint, Detail& detail) {
    Conversion cents;
    cents.column = "amount";
    cents.rule = "cents";
    cents.round = Rounding::half_even;
    cents.inexact = InexactPolicy::accept;
    cents.into = "amount_cents";
    const ConversionPlan plan = postgresql::compile_conversion(cents, {"amount", "double precision", true});
    blueprint.conversions = {plan};
    blueprint.columns = {{"id", "id", "\"id\"", "\"id\"", true, true},
                         {"account", "account", "\"account\"", "\"account\"", true, true},
                         {"amount_cents", "amount", plan.forward_sql, plan.inverse_sql, false, true},
                         {"note", "note", "\"note\"", "\"note\"", true, true},
                         {"ratio", "ratio", "\"ratio\"", "\"ratio\"", true, true},
                         {"extra", "extra", "\"extra\"", "\"extra\"", true, true}};
    blueprint.dropped_columns = {"legacy"};
    detail.columns = {column("\"id\"", "bigint", ""),
                      column("\"account\"", "text", ""),
                      column("\"amount_cents\"", "bigint", ""),
                      column("\"note\"", "numeric", "::text"),
                      column("\"ratio\"", "double precision", "::text"),
                      column("\"extra\"", "json", "::text")};
    detail.columns[1].collation = " COLLATE pg_catalog.\"default\"";
    detail.source_columns = {source_column("\"id\"", "bigint", "", "\"id\""),
                             source_column("\"account\"", "text", "", "\"account\""),
                             source_column("\"amount\"", "double precision", "::text", plan.inverse_sql),
                             source_column("\"note\"", "numeric", "::text", "\"note\""),
                             source_column("\"ratio\"", "double precision", "::text", "\"ratio\""),
                             source_column("\"extra\"", "json", "::text", "\"extra\""),
                             source_column("\"legacy\"", "text", "", std::nullopt)};
    KeyDetail key;
    key.log_column = "k1";
    key.source = key.target = key.forward_sql = key.inverse_sql = "\"id\"";
    key.source_type = key.target_type = "bigint";
    key.source_equal = key.target_equal = "OPERATOR(pg_catalog.=)";
    key.source_less = key.target_less = "OPERATOR(pg_catalog.<)";
    detail.key = {key};
    blueprint.key = {{"id", "id", "bigint"}};
}

void create_payments(Session& session, int rows) {
    session.run(
        "CREATE TABLE public.payments (id bigint PRIMARY KEY, account text UNIQUE, amount double precision,"
        " note numeric, ratio double precision, extra json, legacy text)"
        " WITH (autovacuum_enabled = off)");
    session.run(
        fmt::format("INSERT INTO public.payments SELECT i, 'a' || i, i * 17.08 / 3, i::numeric / 4, i / 8.0,"
                    " '{{\"a\": 1}}', 'l' || i"
                    " FROM generate_series(1, {}) AS i",
                    rows));
    session.run("ANALYZE public.payments");
}

} // namespace

RuntimeJob::RuntimeJob(ScratchDatabase& database, int rows)
    : database_(database),
      control_(database.engine().open(SessionUse::control)),
      copier_(database.engine().open(SessionUse::copy)),
      reader_(database.engine().open(SessionUse::read)) {
    create_payments(*control_, rows);
    blueprint_.engine = "postgresql";
    blueprint_.job = "job1";
    blueprint_.source = {"public", "payments"};
    blueprint_.shadow_schema = "turntable";
    blueprint_.shadow_name = "shadow_1";
    blueprint_.log_name = "log_1";
    blueprint_.reverse_log_name = "reverse_1";
    blueprint_.old_name = "old_1";
    blueprint_.estimate.rows = rows;
    detail_.names = names();
    detail_.source_oid = control_->run("SELECT 'public.payments'::regclass::oid::bigint").only_integer();
    detail_.key_index = "public.payments_pkey";
    fill_prepare(detail_);
    fill_swap(detail_);
    fill_columns(blueprint_, detail_);
    detail_.fingerprint_sql =
        fmt::format("SELECT pg_catalog.string_agg(attname || ' ' || atttypid::regtype || ' ' ||"
                    " attnotnull, ',' ORDER BY attnum) FROM pg_catalog.pg_attribute WHERE"
                    " attrelid = {} AND attnum > 0",
                    detail_.source_oid);
    detail_.fingerprint = control_->run(detail_.fingerprint_sql).only().value_or("");
    blueprint_.detail = to_json(detail_);
}

void RuntimeJob::alter(const std::function<void(Blueprint&, Detail&)>& change) {
    change(blueprint_, detail_);
    blueprint_.detail = to_json(detail_);
}

void RuntimeJob::until_rows_are_old() {
    const std::string now = control_->run("SELECT pg_catalog.txid_current()").only().value_or("");
    const std::string sql = fmt::format(
        "SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE datname = pg_catalog.current_database()"
        " AND backend_xid IS NOT NULL AND pg_catalog.age(backend_xid) >= pg_catalog.age('{}'::xid)",
        now);
    while (control_->run(sql).only_integer() > 0) {
        std::this_thread::sleep_for(Millis{10});
    }
}

void RuntimeJob::prepare() {
    engine().preparer().create_objects(*control_, blueprint_);
    const LockOutcome outcome =
        engine().preparer().install_capture(*control_, blueprint_, {Millis{300}, Millis{300}});
    ASSERT_TRUE(outcome.granted);
    origin_ = engine().copier().origin(*control_, blueprint_);
}

std::vector<Chunk> RuntimeJob::chunks(Rows rows_per_chunk) {
    std::vector<Chunk> all;
    std::string lower;
    for (;;) {
        auto chunk = engine().copier().next_chunk(*control_, blueprint_, origin_, lower, rows_per_chunk);
        if (!chunk) {
            return all;
        }
        all.push_back(*chunk);
        lower = chunk->upper;
        if (lower.empty()) {
            return all;
        }
    }
}

CopiedChunk RuntimeJob::copy_one(const Chunk& chunk) {
    Transaction transaction{*copier_, TxMode::write};
    auto copied = engine().copier().copy_chunk(*copier_, blueprint_, origin_, chunk);
    if (const auto* drift = std::get_if<DriftReport>(&copied)) {
        throw Error{ErrorKind::failed, "drift", drift->reason};
    }
    transaction.commit();
    return std::get<CopiedChunk>(copied);
}

void RuntimeJob::copy(Rows rows_per_chunk) {
    for (const Chunk& chunk : chunks(rows_per_chunk)) {
        copy_one(chunk);
    }
}

void RuntimeJob::index() {
    const std::size_t steps = engine().indexer().steps(blueprint_).size();
    for (std::size_t n = 0; n < steps; ++n) {
        engine().indexer().build(*control_, blueprint_, n);
    }
}

std::vector<Clash> RuntimeJob::replay(Direction direction, Rows keys_max) {
    std::vector<Clash> last;
    for (;;) {
        Transaction transaction{*copier_, TxMode::write};
        Replayed replayed = engine().replayer().replay_batch(*copier_, blueprint_, direction, keys_max);
        transaction.commit();
        const auto refused = static_cast<std::int64_t>(replayed.clashes.size());
        if (replayed.entries == 0 ||
            (refused == replayed.entries && last.size() == replayed.clashes.size())) {
            return std::move(replayed.clashes);
        }
        last = std::move(replayed.clashes);
    }
}

VerifiedChunk RuntimeJob::verify() {
    VerifiedChunk sum;
    std::string lower;
    do {
        const auto chunk = engine().verifier().next_chunk(*reader_, blueprint_, lower, 70);
        Transaction transaction{*reader_, TxMode::snapshot};
        VerifiedChunk one = engine().verifier().verify_chunk(*reader_, blueprint_, *chunk, 10);
        transaction.commit();
        sum.source_rows += one.source_rows;
        sum.shadow_rows += one.shadow_rows;
        sum.difference_count += one.difference_count;
        std::move(one.differences.begin(), one.differences.end(), std::back_inserter(sum.differences));
        std::move(one.pending.begin(), one.pending.end(), std::back_inserter(sum.pending));
        lower = chunk->upper;
    } while (!lower.empty());
    return sum;
}

SwapOutcome RuntimeJob::swap(Direction direction, LockBudget budget) {
    const std::vector<std::string> recheck;
    return engine().swapper().swap(engine(), *control_,
                                   {.blueprint = blueprint_,
                                    .origin = origin_,
                                    .direction = direction,
                                    .budget = budget,
                                    .allow_old_snapshots = false,
                                    .keep_old = true,
                                    .recheck = recheck,
                                    .fence = [](Session&) {},
                                    .record = [](Session&) {}});
}

void RuntimeJob::until_swapped() {
    prepare();
    copy();
    index();
    ASSERT_TRUE(replay().empty());
    ASSERT_EQ(verify().difference_count, 0);
    ASSERT_EQ(swap().kind, SwapOutcome::Kind::done);
}

Drift RuntimeJob::drift() {
    return engine().copier().check_source(*control_, blueprint_, origin_).drift;
}

void RuntimeJob::restart_copy() {
    {
        Transaction transaction{*control_, TxMode::write};
        engine().copier().empty_shadow(*control_, blueprint_);
        transaction.commit();
    }
    origin_ = engine().copier().origin(*control_, blueprint_);
    copy();
}

std::int64_t RuntimeJob::differing_rows() {
    constexpr std::string_view mapped = "SELECT id, account, (CASE WHEN abs(amount::text::numeric * 100 % 1) "
                                        "= 0.5 THEN 2 * round(amount::text::numeric"
                                        " * 50) ELSE round(amount::text::numeric * 100) END)::bigint AS "
                                        "cents, note::text, ratio::text, extra::text FROM public.payments";
    constexpr std::string_view shadow = "SELECT id, account, amount_cents, note::text, ratio::text,"
                                        " extra::text FROM turntable.shadow_1";
    return control_
        ->run(fmt::format("SELECT count(*) FROM (({0} EXCEPT ALL {1}) UNION ALL ({1} EXCEPT ALL {0})) AS d",
                          mapped, shadow))
        .only_integer();
}

} // namespace turntable::test
