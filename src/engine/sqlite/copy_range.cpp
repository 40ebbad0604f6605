#include "copy_range.hpp"

#include "copy_sql.hpp"
#include "names.hpp"

namespace turntable::sqlite {
namespace {

struct Range {
    std::string lower, upper;
};

Rows copy_at_once(Session& session, const Flow& flow, const Range& range) {
    Rows rows = 0;
    for (const KeyRange& part : ranges_of(flow.from_terms(""), range.lower, range.upper)) {
        rows += session.run(copy_rows(flow, part), part.arguments).affected;
    }
    return rows;
}

Rows count_rows(Session& session, const std::string& table, const KeyTerms& terms, const Range& range) {
    Rows rows = 0;
    for (const KeyRange& part : ranges_of(terms, range.lower, range.upper)) {
        rows +=
            session.run("SELECT count(*) FROM " + identifier(table) + " WHERE " + part.where, part.arguments)
                .only_integer();
    }
    return rows;
}

void log_keys(Session& session, const Flow& flow, const Range& range) {
    for (const KeyRange& part : ranges_of(flow.from_terms(""), range.lower, range.upper)) {
        session.run("INSERT INTO " + identifier(flow.log) + "(" +
                        key_list(log_terms(flow.from_key.size(), "")) + ") SELECT " +
                        key_list(flow.from_terms("")) + " FROM " + identifier(flow.from) + " WHERE " +
                        part.where,
                    part.arguments);
    }
}

bool refuses_a_row(const DatabaseError& error) {
    return error.kind() == DatabaseErrorKind::unique_violation ||
           error.kind() == DatabaseErrorKind::bad_value;
}

CopiedChunk copy_halves(Session& session, const Flow& flow, const Range& range);

CopiedChunk copy(Session& session, const Flow& flow, const Range& range) {
    session.run("SAVEPOINT turntable_copy");
    try {
        const Rows rows = copy_at_once(session, flow, range);
        session.run("RELEASE turntable_copy");
        return {rows, 0};
    } catch (const DatabaseError& error) {
        if (!refuses_a_row(error)) {
            throw;
        }
        session.run("ROLLBACK TO turntable_copy");
        session.run("RELEASE turntable_copy");
        if (count_rows(session, flow.to, flow.to_terms(""), range) > 0) {
            throw; // the key itself is there already
        }
    }
    return copy_halves(session, flow, range);
}

CopiedChunk copy_halves(Session& session, const Flow& flow, const Range& range) {
    const Rows rows = count_rows(session, flow.from, flow.from_terms(""), range);
    if (rows <= 1) {
        log_keys(session, flow, range);
        return {0, rows};
    }
    const std::string middle =
        key_after(query_of(session), flow.from, flow.from_terms(""), range.lower, range.upper, rows / 2);
    const CopiedChunk first = copy(session, flow, {range.lower, middle});
    const CopiedChunk second = copy(session, flow, {middle, range.upper});
    return {first.rows + second.rows, first.logged + second.logged};
}

} // namespace

CopiedChunk copy_range(Session& session, const Flow& flow, const std::string& lower,
                       const std::string& upper) {
    return copy(session, flow, {lower, upper});
}

} // namespace turntable::sqlite
