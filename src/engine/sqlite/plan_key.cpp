#include "plan_key.hpp"

#include <algorithm>

#include "names.hpp"
#include "turntable/error.hpp"

namespace turntable::sqlite {
namespace {

struct Candidate {
    std::string name;
    std::vector<IndexColumn> columns;
};

std::vector<Candidate> unique_keys(const Table& table) {
    std::vector<Candidate> out;
    if (table.rowid_column) {
        out.push_back(
            {"PRIMARY KEY", {{table.rowid_column, table.find(*table.rowid_column)->collation, false}}});
    }
    for (const char* const origin : {"pk", "u", "c"}) {
        for (const Index& index : table.indexes) {
            if (index.origin == origin && index.unique && !index.partial) {
                out.push_back({index.origin == "pk" ? "PRIMARY KEY" : "index " + index.name, index.columns});
            }
        }
    }
    return out;
}

// Why the key cannot identify a row; "" if it can.
std::string unusable(const Table& table, const Candidate& key) {
    for (const IndexColumn& part : key.columns) {
        if (!part.name) {
            return "it contains an expression";
        }
        const Column* const column = table.find(*part.name);
        if (column == nullptr) {
            return "it contains the row id";
        }
        const bool implied =
            table.rowid_column == column->name || (table.without_rowid && column->key_position > 0);
        if (!column->not_null && !implied) {
            return "column " + column->name + " may be NULL";
        }
        if (!same_name(column->collation, part.collation)) {
            return "column " + column->name + " is compared in another collation than its own";
        }
        if (column->generated != Generated::no) {
            return "column " + column->name + " is generated";
        }
    }
    return "";
}

const DesignColumn* follower(const Design& design, const std::string& source) {
    const auto at =
        std::find_if(design.columns().begin(), design.columns().end(),
                     [&](const DesignColumn& column) { return column.source == source && column.verbatim; });
    return at == design.columns().end() ? nullptr : &*at;
}

bool has_key(const Table& target, const std::vector<KeyPart>& parts) {
    const auto keys = unique_keys(target);
    return std::any_of(keys.begin(), keys.end(), [&](const Candidate& key) {
        return unusable(target, key).empty() && key.columns.size() == parts.size() &&
               std::all_of(key.columns.begin(), key.columns.end(), [&](const IndexColumn& column) {
                   return std::any_of(parts.begin(), parts.end(), [&](const KeyPart& part) {
                       return same_name(part.target, *column.name);
                   });
               });
    });
}

// The same columns on the new side; "" and the parts, or why not.
std::string carried_over(const Design& design, const Table& target, const Candidate& key,
                         std::vector<KeyPart>& parts) {
    for (const IndexColumn& column : key.columns) {
        const Column& source = *design.source().find(*column.name);
        const DesignColumn* const follows = follower(design, source.name);
        if (follows == nullptr) {
            return "the change drops or converts column " + source.name;
        }
        const Column& after = *target.find(follows->target);
        if (after.affinity != source.affinity || !same_name(after.collation, source.collation)) {
            return "the change alters how column " + source.name + " is stored or compared";
        }
        parts.push_back({source.name, after.name, source.collation, column.descending});
    }
    return has_key(target, parts) ? "" : "the new table has no such key";
}

} // namespace

std::vector<KeyPart> choose_key(const Design& design, const Table& target) {
    std::vector<std::string> reasons;
    for (const Candidate& key : unique_keys(design.source())) {
        std::string why = unusable(design.source(), key);
        std::vector<KeyPart> parts;
        if (why.empty()) {
            why = carried_over(design, target, key, parts);
        }
        if (why.empty()) {
            return parts;
        }
        reasons.push_back(key.name + ": " + why);
    }
    Error error{ErrorKind::refused, "no_usable_key",
                "table " + design.source().name +
                    " has no key that identifies a row before and after the change" +
                    (reasons.empty() ? "" : " (" + joined(reasons, "; ") + ")")};
    throw error.next(
        "give it a PRIMARY KEY or a UNIQUE index over NOT NULL columns that the change leaves alone");
}

} // namespace turntable::sqlite
