#include "conformance/cases.hpp"

#include <algorithm>

#include "support/depth.hpp"
#include "support/test_database.hpp"

namespace turntable::test {
namespace {

bool fits(const KeyKind& key, const ChangeKind& change) {
    return !change.needs_integer_key || key.integer;
}

// In the sample, every other one on each of two servers of one kind.
bool is_anothers(const Server& server, std::size_t number) {
    return !full_depth() && flavor_of(server) == Flavor::postgres &&
           number % 2 != (server.name == "pg15" ? 0 : 1);
}

void add_each_once(const Server& server, std::vector<Case>& list) {
    const Flavor flavor = flavor_of(server);
    const auto keys = key_kinds(flavor);
    const auto columns = column_kinds(flavor);
    const auto changes = change_kinds(flavor);
    const std::size_t count = std::max({keys.size(), columns.size(), changes.size()});
    for (std::size_t i = 0; i < count; ++i) {
        if (is_anothers(server, i)) {
            continue;
        }
        const ChangeKind& change = changes[i % changes.size()];
        const KeyKind& key = keys[i % keys.size()];
        const ColumnKind& with = columns[i % columns.size()];
        if (fits(key, change)) {
            list.push_back({server, key, with, change});
        } else { // both are tested, each with a partner that suits it
            list.push_back({server, *std::ranges::find_if(keys, &KeyKind::integer), with, change});
            list.push_back({server, key, with, changes[0]});
        }
    }
}

// Each key meets each change. The kind of columns goes round meanwhile, one further for the next key, so that
// each of those meets every key and every change.
void add_pairs(const Server& server, std::vector<Case>& list) {
    const Flavor flavor = flavor_of(server);
    const auto keys = key_kinds(flavor);
    const auto columns = column_kinds(flavor);
    const auto changes = change_kinds(flavor);
    for (std::size_t key = 0; key < keys.size(); ++key) {
        for (std::size_t change = 0; change < changes.size(); ++change) {
            if (fits(keys[key], changes[change])) {
                list.push_back(
                    {server, keys[key], columns[(key + change) % columns.size()], changes[change]});
            }
        }
    }
}

void add_all(const Server& server, std::vector<Case>& list) {
    const Flavor flavor = flavor_of(server);
    for (const KeyKind& key : key_kinds(flavor)) {
        for (const ColumnKind& columns : column_kinds(flavor)) {
            for (const ChangeKind& change : change_kinds(flavor)) {
                if (fits(key, change)) {
                    list.push_back({server, key, columns, change});
                }
            }
        }
    }
}

} // namespace

void PrintTo(const Case& one, std::ostream* out) {
    *out << one.server.name << ", key " << one.key.name << ", columns " << one.columns.name << ", change "
         << one.change.name;
}

std::string case_name(const testing::TestParamInfo<Case>& info) {
    const Case& one = info.param;
    return one.server.name + "_" + one.change.name + "_key_" + one.key.name + "_with_" + one.columns.name;
}

Depth asked_depth() {
    return every_combination() ? Depth::all : full_depth() ? Depth::pairs : Depth::each_once;
}

std::vector<Case> cases(Depth depth) {
    std::vector<Case> list;
    for (const Server& server : servers()) {
        switch (depth) {
        case Depth::each_once:
            add_each_once(server, list);
            break;
        case Depth::pairs:
            add_pairs(server, list);
            break;
        case Depth::all:
            add_all(server, list);
            break;
        }
    }
    return list;
}

std::vector<std::string> native_of(const TableModel& model, const ChangeKind& change) {
    std::vector<std::string> statements;
    for (std::string statement : change.native) {
        for (const auto& [mark, text] : {std::pair{'@', model.key.table}, {'#', model.table()}}) {
            for (std::size_t at = 0; (at = statement.find(mark, at)) != std::string::npos;
                 at += text.size()) {
                statement.replace(at, 1, text);
            }
        }
        statements.push_back(statement);
    }
    return statements;
}

} // namespace turntable::test
