#include "revert_probe.hpp"

#include <algorithm>
#include <thread>

#include "names.hpp"
#include "plan_rules.hpp"
#include "replay_batch.hpp"

namespace turntable::sqlite {
namespace {

constexpr std::int64_t page_entries = 5000; // about 50 ms under the write lock
constexpr Millis page_pause{3};

// Sessions for reading refuse to write even what is rolled back.
class WritesAllowed {
  public:
    explicit WritesAllowed(Session& session)
        : session_(session), query_only_(session.run("PRAGMA query_only").only() == "1") {
        session_.run("PRAGMA query_only = OFF");
    }
    ~WritesAllowed() {
        try {
            session_.run(query_only_ ? "PRAGMA query_only = ON" : "PRAGMA query_only = OFF");
        } catch (...) { // a destructor never throws
            // A dead session writes nothing.
        }
    }
    WritesAllowed(const WritesAllowed&) = delete;
    WritesAllowed& operator=(const WritesAllowed&) = delete;

  private:
    Session& session_;
    bool query_only_;
};

// A row of a later page may only seem to clash, with an old row that is itself about to change.
bool only_seems(const Clash& clash, bool whole_log) {
    return !whole_log && clash.reason.starts_with("UNIQUE constraint failed");
}

// The keys of the rows that have no parent.
std::string orphan_query(const Flow& flow, const ForeignKey& foreign) {
    std::vector<std::string> values;
    for (const std::string& name : foreign.from) {
        const auto column = std::ranges::find_if(
            flow.columns, [&](const FlowColumn& one) { return same_name(one.to, name); });
        if (column != flow.columns.end()) {
            values.push_back(column->value);
        }
    }
    if (values.size() == foreign.from.size()) {
        return "SELECT " + key_cells(flow.from_terms("")) + " FROM " + identifier(flow.from) + " WHERE " +
               without_parent(foreign, values) + " LIMIT ?";
    }
    // Over a column that the new table does not have: what the old one holds comes back, of the rows that are
    // still there.
    values.clear();
    for (const std::string& name : foreign.from) {
        values.push_back(identifier(name));
    }
    return "SELECT " + key_cells(flow.to_terms("")) + " FROM " + identifier(flow.to) + " WHERE " +
           without_parent(foreign, values) + " AND EXISTS (SELECT 1 FROM " + identifier(flow.from) +
           " n WHERE " + keys_equal(flow.from_terms("n"), flow.to_terms(flow.to)) + ") LIMIT ?";
}

} // namespace

std::vector<Clash> orphans_of_way_back(Session& session, const Detail& detail, const Flow& flow,
                                       int example_keys_max) {
    std::vector<Clash> out;
    for (const ForeignKey& foreign : detail.foreign_keys_lost) {
        for (const auto& row :
             session.run(orphan_query(flow, foreign), {std::int64_t{example_keys_max}}).rows) {
            out.push_back({shown_key(flow.from_key, encode_key(row, 0, flow.from_key.size())),
                           "no parent row for FOREIGN KEY (" + joined(foreign.from, ", ") + ") REFERENCES " +
                               foreign.parent});
        }
    }
    return out;
}

std::vector<Clash> probe_way_back(Session& session, const Blueprint& blueprint, int example_keys_max) {
    const WritesAllowed allowed{session};
    const Detail detail = detail_of(blueprint);
    const Flow flow = flow_of(blueprint, detail, Direction::back);
    std::vector<Clash> out = orphans_of_way_back(session, detail, flow, example_keys_max);
    const std::string log = identifier(flow.log);
    const Cell end = session.run("SELECT max(id) FROM " + log).only();
    const std::int64_t last = end ? std::stoll(*end) : 0;
    for (std::int64_t first = 0; first < last && out.size() < static_cast<std::size_t>(example_keys_max);) {
        std::int64_t next = last;
        {
            const Transaction rolled_back{session, TxMode::write}; // from here on nobody adds to the log
            next = session
                       .run("SELECT coalesce(max(id), ?) FROM (SELECT id FROM " + log +
                                " WHERE id > ? ORDER BY id LIMIT ?)",
                            {last, first, page_entries})
                       .only_integer();
            const bool whole_log =
                first == 0 &&
                session.run("SELECT 1 FROM " + log + " WHERE id > ? LIMIT 1", {next}).rows.empty();
            for (Clash& clash : ReplayBatch{session, flow, first, next}.run().clashes) {
                if (!only_seems(clash, whole_log) &&
                    out.size() < static_cast<std::size_t>(example_keys_max)) {
                    out.push_back(std::move(clash));
                }
            }
        }
        first = next;
        std::this_thread::sleep_for(page_pause);
    }
    return out;
}

} // namespace turntable::sqlite
