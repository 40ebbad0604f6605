#include "migrate/api_schema.hpp"

#include <fmt/core.h>

#include "migrate/book.hpp"
#include "migrate/scratch.hpp"
#include "migrate/user_schema.hpp"

namespace turntable::migrate {
namespace {

// Of two rows the one that counts: applied ones; a half applied one makes the question meaningless.
std::vector<HistoryRow> applied_rows(const Store& store, Session& session) {
    std::vector<HistoryRow> out;
    for (HistoryRow& row : store.exists(session) ? store.rows(session) : std::vector<HistoryRow>{}) {
        if (row.state == RowState::applying || row.state == RowState::reverting) {
            throw Error{ErrorKind::needs_repair, "unfinished",
                        fmt::format("{}_{} is half applied: what the schema should be cannot be said",
                                    row.version, row.slug)}
                .next("`turntable up` goes on with it, `turntable down` takes it back");
        }
        if (row.state == RowState::applied) {
            out.push_back(std::move(row));
        }
    }
    return out;
}

ObjectTexts live(const Env& env) {
    const auto session = open_user_session(env);
    return texts_of(user_objects(env.engine(), *session));
}

} // namespace

std::vector<SchemaPart> dump(const Env& env) {
    const auto session = open_user_session(env);
    return user_parts(env.engine(), *session);
}

std::vector<SchemaDifference> drift(const Env& env) {
    const Store store{env.engine()};
    const auto session = open_user_session(env);
    static_cast<void>(applied_rows(store, *session));
    const bool there = store.exists(*session) && store.has_schema_record(*session);
    const auto recorded = there ? SchemaRecord{store, env.engine()}.read(*session) : std::nullopt;
    if (!recorded) {
        throw Error{ErrorKind::refused, "not_recorded",
                    "nothing is recorded of the schema that the migrations made"}
            .next("the next `up` records it; `turntable drift --record` takes the schema as it is; "
                  "`--scratch URL` compares with one that is made anew");
    }
    return schema_differences(*recorded, texts_of(user_objects(env.engine(), *session)));
}

std::vector<SchemaDifference> drift(const Env& env, const Env& scratch) {
    if (env.engine().traits().name != scratch.engine().traits().name) {
        throw Error{ErrorKind::usage, "other_engine", "the scratch database is of another engine"};
    }
    std::vector<HistoryRow> rows;
    {
        const Store store{env.engine()};
        const auto session = open_user_session(env);
        rows = applied_rows(store, *session);
    }
    refuse_full(scratch);
    apply_history(scratch, rows);
    return schema_differences(live(scratch), live(env));
}

void record_schema(const Env& env) {
    Work work{env, "drift"};
    static_cast<void>(applied_rows(work.store, *work.session));
    with_retries(env, "drift", [&] {
        Transaction transaction{*work.session, TxMode::write};
        work.lease->fence(*work.session);
        SchemaRecord{work.store, env.engine()}.take(*work.session);
        work.store.append(*work.session,
                          {0, "", "drift", "done", env.who, env.host,
                           "the schema as it was then is taken for right", env.now_ms(), 0, 0});
        transaction.commit();
    });
}

} // namespace turntable::migrate
