#include "replay_batch.hpp"

#include "names.hpp"

namespace turntable::sqlite {
namespace {

bool refuses_a_row(const DatabaseError& error) {
    return error.kind() == DatabaseErrorKind::unique_violation ||
           error.kind() == DatabaseErrorKind::bad_value;
}

std::string numbered(const char* letter, std::size_t i) {
    return letter + std::to_string(i);
}

std::string numbered_list(const char* letter, std::size_t count, const std::string& alias = "") {
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < count; ++i) {
        parts.push_back(alias + numbered(letter, i));
    }
    return joined(parts, ", ");
}

std::string append(const std::string& list, const std::string& more) {
    return more.empty() ? list : list + ", " + more;
}

} // namespace

ReplayBatch::ReplayBatch(Session& session, const Flow& flow, std::int64_t first, std::int64_t last)
    : session_(session), flow_(flow), first_(first), last_(last) {}

Replayed ReplayBatch::run() {
    create_tables();
    take_keys();
    compute_wanted();
    apply();
    finish();
    return result_;
}

void ReplayBatch::create_tables() {
    const std::string keys = numbered_list("k", flow_.from_key.size());
    const std::string values =
        append(numbered_list("v", flow_.columns.size()), numbered_list("c", flow_.carried.size()));
    for (const char* const table : {"tt_dirty", "tt_left", "tt_wanted"}) {
        session_.run(std::string{"DROP TABLE IF EXISTS temp."} + table);
    }
    session_.run("CREATE TEMP TABLE tt_dirty(n INTEGER PRIMARY KEY, " + keys + ")");
    session_.run("CREATE TEMP TABLE tt_left(" + keys + ")");
    // Without types, so that values arrive at the table as they were computed.
    session_.run("CREATE TEMP TABLE tt_wanted(n INTEGER PRIMARY KEY, had_old, " + append(keys, values) + ")");
}

void ReplayBatch::take_keys() {
    const std::string keys = numbered_list("k", flow_.from_key.size());
    session_.run("INSERT INTO temp.tt_dirty(" + keys + ") SELECT DISTINCT " + keys + " FROM main." +
                     identifier(flow_.log) + " WHERE id > ? AND id <= ? AND k0 IS NOT NULL",
                 {first_, last_});
}

// Expressions of the mapping name columns of one table only, so each table gets a scope of its own; SQLite
// flattens the subqueries and uses the indexes below them.
std::string ReplayBatch::from_rows() const {
    std::vector<std::string> parts;
    const KeyTerms key = flow_.from_terms("");
    for (std::size_t i = 0; i < key.size(); ++i) {
        parts.push_back(key[i].sql + " AS " + numbered("k", i));
    }
    for (std::size_t i = 0; i < flow_.columns.size(); ++i) {
        parts.push_back(flow_.columns[i].value + " AS " + numbered("v", i));
        parts.push_back(flow_.columns[i].image + " AS " + numbered("i", i));
        if (flow_.columns[i].forward_image) {
            parts.push_back(identifier(flow_.columns[i].forward_column) + " AS " + numbered("x", i));
        }
    }
    return "(SELECT " + joined(parts, ", ") + " FROM main." + identifier(flow_.from) + ")";
}

std::string ReplayBatch::to_rows() const {
    std::vector<std::string> parts;
    const KeyTerms key = flow_.to_terms("");
    for (std::size_t i = 0; i < key.size(); ++i) {
        parts.push_back(key[i].sql + " AS " + numbered("k", i));
    }
    for (std::size_t i = 0; i < flow_.columns.size(); ++i) {
        parts.push_back(identifier(flow_.columns[i].to) + " AS " + numbered("t", i));
        if (flow_.columns[i].forward_image) {
            parts.push_back(*flow_.columns[i].forward_image + " AS " + numbered("w", i));
        }
    }
    for (std::size_t i = 0; i < flow_.carried.size(); ++i) {
        parts.push_back(identifier(flow_.carried[i]) + " AS " + numbered("c", i));
    }
    return "(SELECT " + joined(parts, ", ") + " FROM main." + identifier(flow_.to) + ")";
}

// Rows of the from-side with these keys whose counterpart is missing or has another image.
std::string ReplayBatch::wanted_select(const std::string& keys) const {
    const std::size_t count = flow_.from_key.size();
    std::vector<std::string> values;
    std::vector<ImagePair> images;
    for (std::size_t i = 0; i < flow_.columns.size(); ++i) {
        const std::string old = numbered("t.t", i);
        std::string value = numbered("f.v", i);
        std::string image = numbered("f.i", i);
        if (flow_.columns[i].forward_image) {
            const std::string keep = "CASE WHEN t.k0 IS NOT NULL AND turntable_same(" + numbered("t.w", i) +
                                     ", " + numbered("f.x", i) + ") THEN " + old + " ELSE ";
            value = keep + value + " END";
            image = keep + image + " END";
        }
        values.push_back(value);
        if (flow_.columns[i].compared) {
            images.push_back({image, old});
        }
    }
    const KeyTerms from = log_terms(count, "f");
    const std::string all_values =
        append(joined(values, ", "), numbered_list("c", flow_.carried.size(), "t."));
    return "SELECT t.k0 IS NOT NULL, " + key_list(from) + ", " + all_values + " FROM " + from_rows() +
           " f LEFT JOIN " + to_rows() + " t ON " + keys_equal(log_terms(count, "t"), from) + " WHERE " +
           key_tuple(from) + " IN (" + keys + ") AND (t.k0 IS NULL OR NOT " + all_same(images) + ")";
}

void ReplayBatch::compute_wanted() {
    const std::string keys = numbered_list("k", flow_.from_key.size());
    const std::string insert = "INSERT INTO temp.tt_wanted(had_old, " +
                               append(append(keys, numbered_list("v", flow_.columns.size())),
                                      numbered_list("c", flow_.carried.size())) +
                               ") ";
    const std::string all = "SELECT " + keys + " FROM temp.tt_dirty";
    try {
        session_.run(insert + wanted_select(all));
        return;
    } catch (const DatabaseError& error) {
        if (!refuses_a_row(error)) {
            throw;
        }
    }
    // Some value cannot be mapped: find out whose, key by key.
    const std::string one = insert + wanted_select(all + " WHERE n = ?");
    for (const auto& row :
         session_.run("SELECT n, " + key_cells(log_terms(flow_.from_key.size(), "")) + " FROM temp.tt_dirty")
             .rows) {
        const std::int64_t n = std::stoll(row[0].value_or("0"));
        try {
            session_.run(one, {n});
        } catch (const DatabaseError& error) {
            if (!refuses_a_row(error)) {
                throw;
            }
            result_.clashes.push_back(
                {shown_key(flow_.from_key, encode_key(row, 1, flow_.from_key.size())), error.what()});
            session_.run("INSERT INTO temp.tt_left SELECT " + keys + " FROM temp.tt_dirty WHERE n = ?", {n});
        }
    }
}

void ReplayBatch::delete_stale() {
    const std::string to = "main." + identifier(flow_.to);
    const std::string key = key_tuple(flow_.to_terms(""));
    const std::string keys = numbered_list("k", flow_.to_key.size());
    session_.run("DELETE FROM " + to + " WHERE " + key + " IN (SELECT " + keys +
                 " FROM temp.tt_wanted WHERE had_old)");
    result_.deleted +=
        session_
            .run("DELETE FROM " + to + " WHERE " + key + " IN (SELECT " + keys +
                 " FROM temp.tt_dirty) AND NOT EXISTS (SELECT 1 FROM main." + identifier(flow_.from) +
                 " f WHERE " + keys_equal(flow_.from_terms("f"), flow_.to_terms(identifier(flow_.to))) + ")")
            .affected;
}

void ReplayBatch::insert_wanted(const std::string& condition, const std::vector<Value>& arguments) {
    std::vector<std::string> columns;
    for (const FlowColumn& column : flow_.columns) {
        columns.push_back(identifier(column.to));
    }
    const auto insert = [&](const std::string& names, const std::string& values, const char* old) {
        return "INSERT OR ABORT INTO main." + identifier(flow_.to) + "(" + names + ") SELECT " + values +
               " FROM temp.tt_wanted WHERE " + old + condition;
    };
    std::vector<std::string> all = columns;
    for (const std::string& column : flow_.carried) {
        all.push_back(identifier(column));
    }
    const std::string values = numbered_list("v", columns.size());
    // A row that the to-side did not have takes the defaults in the columns that would be carried.
    result_.written += session_.run(insert(joined(columns, ", "), values, "NOT had_old"), arguments).affected;
    result_.written += session_
                           .run(insert(joined(all, ", "),
                                       append(values, numbered_list("c", flow_.carried.size())), "had_old"),
                                arguments)
                           .affected;
}

bool ReplayBatch::applied_at_once() {
    session_.run("SAVEPOINT turntable_batch");
    const Replayed before = result_;
    try {
        delete_stale();
        insert_wanted("", {});
        session_.run("RELEASE turntable_batch");
        return true;
    } catch (const DatabaseError& error) {
        if (!refuses_a_row(error)) {
            throw;
        }
    }
    session_.run("ROLLBACK TO turntable_batch");
    session_.run("RELEASE turntable_batch");
    result_ = before;
    return false;
}

std::vector<ReplayBatch::Refused> ReplayBatch::find_refused() {
    std::vector<Refused> out;
    const Replayed before = result_;
    session_.run("SAVEPOINT turntable_batch");
    delete_stale();
    for (const auto& row : session_.run("SELECT n FROM temp.tt_wanted ORDER BY n").rows) {
        const std::int64_t n = std::stoll(row[0].value_or("0"));
        try {
            insert_wanted(" AND n = ?", {n});
        } catch (const DatabaseError& error) {
            if (!refuses_a_row(error)) {
                throw;
            }
            out.push_back({n, error.what()});
        }
    }
    session_.run("ROLLBACK TO turntable_batch");
    session_.run("RELEASE turntable_batch");
    result_ = before;
    return out;
}

// A row left out keeps its stale counterpart, which may now be in the way of others: apply until a pass
// succeeds.
void ReplayBatch::apply() {
    while (!applied_at_once()) {
        const std::vector<Refused> refused = find_refused();
        check(!refused.empty(), "a batch fails as a whole and no row of it does");
        for (const Refused& one : refused) {
            leave_out(one);
        }
    }
}

std::string ReplayBatch::shown_values(std::int64_t row, const std::string& message) {
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < flow_.columns.size(); ++i) {
        const std::string& column = flow_.columns[i].to;
        if (message.find("." + column) != std::string::npos) {
            const Cell value =
                session_
                    .run("SELECT turntable_show(" + numbered("v", i) + ") FROM temp.tt_wanted WHERE n = ?",
                         {row})
                    .only();
            parts.push_back(column + "=" + value.value_or("NULL"));
        }
    }
    return parts.empty() ? "" : " (" + joined(parts, ", ") + ")";
}

void ReplayBatch::leave_out(const Refused& refused) {
    const std::size_t width = flow_.from_key.size();
    const auto row =
        session_
            .run("SELECT " + key_cells(log_terms(width, "")) + " FROM temp.tt_wanted WHERE n = ?",
                 {refused.row})
            .rows.at(0);
    result_.clashes.push_back({shown_key(flow_.from_key, encode_key(row, 0, width)),
                               refused.reason + shown_values(refused.row, refused.reason)});
    session_.run("INSERT INTO temp.tt_left SELECT " + numbered_list("k", width) +
                     " FROM temp.tt_wanted WHERE n = ?",
                 {refused.row});
    session_.run("DELETE FROM temp.tt_wanted WHERE n = ?", {refused.row});
}

void ReplayBatch::finish() {
    const std::string keys = numbered_list("k", flow_.from_key.size());
    const std::string log = "main." + identifier(flow_.log);
    // Nobody else writes in this transaction, so "up to last" is exactly what was taken.
    result_.entries =
        session_.run("DELETE FROM " + log + " WHERE id > ? AND id <= ?", {first_, last_}).affected;
    session_.run("INSERT INTO " + log + "(" + keys + ") SELECT " + keys + " FROM temp.tt_left");
    for (const char* const table : {"tt_dirty", "tt_left", "tt_wanted"}) {
        session_.run(std::string{"DROP TABLE temp."} + table);
    }
}

} // namespace turntable::sqlite
