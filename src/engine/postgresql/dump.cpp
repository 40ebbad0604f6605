// Every definition is the server's own (pg_get_…), every name is written in full, and the order is that of
// the server's dependencies; among what could come next, by kind and name, so that it is always the same.
#include "dump.hpp"

#include <map>
#include <set>
#include <tuple>

#include <fmt/core.h>

#include "dump_sql.hpp"
#include "turntable/error.hpp"

namespace turntable::postgresql {
namespace {

using ObjectId = std::pair<std::string, std::string>;                 // catalogue, oid
using Place = std::tuple<int, std::string, std::string, std::size_t>; // rank, kind, name, index

void refuse_unknown(Session& session) {
    const ResultSet found = session.run(dump_refusals_sql());
    if (found.rows.empty()) {
        return;
    }
    std::string names;
    for (const auto& row : found.rows) {
        names += (names.empty() ? "" : ", ") + row[0].value_or("");
    }
    throw Error{ErrorKind::refused, "not_dumped", "dump cannot say how this is made: " + names}.next(
        "pg_dump --schema-only knows these; `turntable drift` works all the same");
}

TableName table_of(const Cell& cell) {
    const std::string text = cell.value_or("");
    const auto between = text.find('\x1f');
    return between == std::string::npos ? TableName{}
                                        : TableName{text.substr(0, between), text.substr(between + 1)};
}

class Dump {
  public:
    explicit Dump(Session& session) : session_(session) {}

    std::vector<SchemaPart> parts() {
        for (const DumpQuery& query : dump_queries()) {
            for (const auto& row : session_.run(query.sql).rows) {
                nodes_[{row[0].value_or(""), row[1].value_or("")}] = parts_.size();
                ranks_.push_back(query.rank);
                parts_.push_back({query.kind, row[2].value_or(""), table_of(row[3]), row[4].value_or(""),
                                  row[5].value_or("")});
            }
        }
        read_dependencies();
        std::vector<SchemaPart> out = sorted();
        for (const auto& row : session_.run(dump_endings_sql()).rows) {
            out.push_back({row[1].value_or(""), row[2].value_or(""), table_of(row[3]), row[4].value_or(""),
                           row[5].value_or("")});
        }
        return out;
    }

  private:
    void read_dependencies() {
        needs_.resize(parts_.size());
        needed_by_.resize(parts_.size());
        for (const auto& row : session_.run(dump_dependencies_sql()).rows) {
            const auto who = nodes_.find({row[0].value_or(""), row[1].value_or("")});
            const auto whom = nodes_.find({row[2].value_or(""), row[3].value_or("")});
            if (who != nodes_.end() && whom != nodes_.end() && who->second != whom->second) {
                needs_[who->second].insert(whom->second);
                needed_by_[whom->second].push_back(who->second);
            }
        }
    }

    std::vector<SchemaPart> sorted() {
        const auto place = [this](std::size_t i) {
            return Place{ranks_[i], parts_[i].kind, parts_[i].name, i};
        };
        std::set<Place> ready;
        for (std::size_t i = 0; i < parts_.size(); ++i) {
            if (needs_[i].empty()) {
                ready.insert(place(i));
            }
        }
        std::vector<SchemaPart> out;
        while (!ready.empty()) {
            const std::size_t next = std::get<3>(*ready.begin());
            ready.erase(ready.begin());
            out.push_back(parts_[next]);
            for (const std::size_t other : needed_by_[next]) {
                needs_[other].erase(next);
                if (needs_[other].empty()) {
                    ready.insert(place(other));
                }
            }
        }
        refuse_circle(out.size());
        return out;
    }

    void refuse_circle(std::size_t placed) const {
        for (std::size_t i = 0; placed < parts_.size() && i < parts_.size(); ++i) {
            if (!needs_[i].empty()) {
                throw Error{ErrorKind::refused, "not_dumped",
                            fmt::format("the {} {} and what it depends on need each other", parts_[i].kind,
                                        parts_[i].name)};
            }
        }
    }

    Session& session_;
    std::map<ObjectId, std::size_t> nodes_;
    std::vector<int> ranks_;
    std::vector<SchemaPart> parts_;
    std::vector<std::set<std::size_t>> needs_;
    std::vector<std::vector<std::size_t>> needed_by_;
};

} // namespace

std::vector<SchemaPart> dump_schema(Session& session) {
    Transaction snapshot{session, TxMode::snapshot};
    session.run("SET LOCAL search_path = pg_catalog");
    refuse_unknown(session);
    std::vector<SchemaPart> parts = Dump{session}.parts();
    snapshot.commit();
    return parts;
}

} // namespace turntable::postgresql
