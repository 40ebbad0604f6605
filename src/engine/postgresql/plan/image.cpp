// The catalogue image of a table: one line per thing that a change could lose.
#include <fmt/core.h>

#include "plan/make_table.hpp"
#include "plan/quoting.hpp"

namespace turntable::postgresql {
namespace {

constexpr const char* self = "<table>";

std::string letters(char a) {
    return a == 0 ? "-" : std::string(1, a);
}

std::string default_image(const Column& column) {
    if (column.identity != 0) {
        return "none";
    }
    return draws_from_its_sequence(column) ? "next value of its sequence"
                                           : column.default_sql.value_or("none");
}

std::string column_image(const Column& column) {
    std::string out =
        fmt::format("{}{}{} default {} identity {} generated {} storage {} compression {} statistics {} "
                    "options ({})",
                    column.type, column.explicit_collation,
                    column.not_null ? fmt::format(" NOT NULL {}", column.not_null_name) : "",
                    default_image(column), letters(column.identity), letters(column.generated),
                    letters(column.storage), letters(column.compression), column.statistics, column.options);
    out += column.not_null && !column.not_null_validated ? " NOT VALID" : "";
    return out;
}

void add_columns(const Table& table, CatalogImage& image) {
    std::vector<std::string> order;
    for (const Column& column : table.columns) {
        order.push_back(quoted(column.name));
        image["column " + column.name] = column_image(column);
        if (!column.sequence) {
            continue;
        }
        std::string sequence = fmt::format("{} {} {}", quoted(column.sequence->name), column.sequence->type,
                                           column.sequence->options);
        for (const Template& attachment : column.sequence->attachments) {
            sequence += "; " + attachment.of("<sequence>");
        }
        image["sequence of column " + column.name] = sequence;
    }
    image["order of columns"] = joined(order, ", ");
}

void add_constraints(const Table& table, CatalogImage& image) {
    for (const Check& check : table.checks) {
        image["constraint " + check.name] = check.definition + (check.validated ? "" : " NOT VALID");
    }
    for (const ForeignKey& key : table.foreign_keys) {
        const std::string referenced =
            key.referenced == table.oid ? self : qualified(key.referenced_schema, key.referenced_name);
        image["foreign key " + key.name] =
            make_foreign_key(key, table, self, referenced, Validation::as_was) +
            (key.comment ? " comment " + literal(*key.comment) : "");
    }
}

void add_indexes(const Table& table, CatalogImage& image) {
    for (const Index& index : table.indexes) {
        std::string line = make_index(index, quoted(index.name), self);
        if (index.constraint != 0) {
            line += "; " + make_index_constraint(index, quoted(index.name), quoted(index.name), self);
        }
        for (const std::string& attachment :
             make_index_attachments(index, quoted(index.name), quoted(index.name), self)) {
            line += "; " + attachment;
        }
        line += index.valid ? "" : "; INVALID";
        image["index " + index.name] = line;
    }
}

} // namespace

CatalogImage image_of(const Table& table) {
    CatalogImage image;
    add_columns(table, image);
    add_constraints(table, image);
    add_indexes(table, image);
    for (const Trigger& trigger : table.triggers) {
        image["trigger " + trigger.name] = joined(make_trigger(trigger, self), "; ");
    }
    for (const ExtendedStatistics& statistics : table.statistics) {
        image["statistics " + statistics.name] =
            joined(make_statistics(statistics, quoted(statistics.name), self), "; ");
    }
    for (const auto* list : {&table.grants, &table.comments, &table.policies, &table.labels}) {
        for (const Attachment& attachment : *list) {
            image[attachment.subject] = attachment.statement.of(self);
        }
    }
    image["owner"] = quoted(table.owner);
    image["options"] = joined(table.options, ", ");
    image["tablespace"] = table.tablespace;
    image["row security"] = joined(make_row_security(table, self), "; ");
    image["marks"] =
        joined(make_marks(table, self, [](const Index& index) { return quoted(index.name); }), "; ");
    return image;
}

} // namespace turntable::postgresql
