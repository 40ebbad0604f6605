#include "plan/make_table.hpp"

#include <fmt/core.h>

#include "plan/quoting.hpp"
#include "turntable/error.hpp"

namespace turntable::postgresql {
namespace {

std::string compression_name(char compression) {
    return compression == 'l' ? "lz4" : "pglz";
}

std::string storage_name(char storage) {
    switch (storage) {
    case 'p':
        return "PLAIN";
    case 'e':
        return "EXTERNAL";
    case 'm':
        return "MAIN";
    case 'x':
        return "EXTENDED";
    default:
        check(false, "an unknown storage kind");
        return "";
    }
}

bool makes_sequence(const Column& column, const MakeOptions& options) {
    return column.identity == 0 && column.sequence && column.sequence->schema == options.own_sequences_in;
}

std::string column_definition(const Column& column, const MakeOptions& options) {
    std::string sql = quoted(column.name) + " " + column.type + column.explicit_collation;
    if (column.compression != 0) {
        sql += " COMPRESSION " + compression_name(column.compression);
    }
    if (column.identity != 0) {
        check(column.sequence.has_value(), "an identity column without its sequence");
        sql += fmt::format(" GENERATED {} AS IDENTITY (SEQUENCE NAME {} {})",
                           column.identity == 'a' ? "ALWAYS" : "BY DEFAULT", options.sequence(column),
                           column.sequence->options);
    } else if (column.generated != 0) {
        sql += fmt::format(" GENERATED ALWAYS AS ({}) {}", column.default_sql.value_or(""),
                           column.generated == 's' ? "STORED" : "VIRTUAL");
    } else if (makes_sequence(column, options) && draws_from_its_sequence(column)) {
        sql += fmt::format(" DEFAULT nextval({}::regclass)", literal(options.sequence(column)));
    } else if (column.default_sql) {
        sql += " DEFAULT " + *column.default_sql;
    }
    if (column.not_null && column.not_null_validated) {
        sql += column.not_null_name.empty() ? "" : " CONSTRAINT " + quoted(column.not_null_name);
        sql += " NOT NULL";
    }
    return sql;
}

std::vector<std::string> with_revokes(const std::string& kind, const std::string& object,
                                      const std::vector<std::string>& grantees) {
    std::vector<std::string> out;
    if (!grantees.empty()) {
        out.push_back(fmt::format("REVOKE ALL ON {} {} FROM {}", kind, object, joined(grantees, ", ")));
    }
    return out;
}

} // namespace

bool draws_from_its_sequence(const Column& column) {
    if (!column.sequence || !column.default_sql) {
        return false;
    }
    // The server quotes only where needed; both spellings of the name are possible.
    for (const std::string& schema : {column.sequence->schema, quoted(column.sequence->schema)}) {
        for (const std::string& name : {column.sequence->name, quoted(column.sequence->name)}) {
            if (*column.default_sql == "nextval(" + literal(schema + "." + name) + "::regclass)") {
                return true;
            }
        }
    }
    return false;
}

std::vector<Statement> make_table(const Table& table, const MakeOptions& options) {
    std::vector<Statement> out;
    for (const Column& column : table.columns) {
        if (makes_sequence(column, options)) {
            out.push_back({fmt::format("CREATE SEQUENCE {} AS {} {}", options.sequence(column),
                                       column.sequence->type, column.sequence->options),
                           {},
                           "the sequence of the new serial column " + column.name,
                           Blocks::nobody});
        }
    }
    std::vector<std::string> lines;
    for (const Column& column : table.columns) {
        lines.push_back(column_definition(column, options));
    }
    for (const Check& check : table.checks) {
        if (check.plain) {
            lines.push_back(fmt::format("CONSTRAINT {} {}", quoted(check.name), check.definition));
        }
    }
    std::string sql = fmt::format("CREATE TABLE {} (\n  {}\n)", options.table, joined(lines, ",\n  "));
    if (!table.options.empty()) {
        sql += "\nWITH (" + joined(table.options, ", ") + ")";
    }
    if (!table.tablespace.empty()) {
        sql += "\nTABLESPACE " + quoted(table.tablespace);
    }
    out.push_back({sql, {}, "the new table, without indexes", Blocks::nobody});
    return out;
}

std::vector<Statement> make_attachments(const Table& table, const MakeOptions& options) {
    std::vector<Statement> out;
    const auto add = [&out](const std::string& sql, const std::string& purpose) {
        out.push_back({sql, {}, purpose, Blocks::nobody});
    };
    for (const Column& column : table.columns) {
        const std::string alter =
            fmt::format("ALTER TABLE {} ALTER COLUMN {}", options.table, quoted(column.name));
        if (column.storage != column.type_storage) {
            add(alter + " SET STORAGE " + storage_name(column.storage), "storage of column " + column.name);
        }
        if (column.statistics >= 0) {
            add(fmt::format("{} SET STATISTICS {}", alter, column.statistics),
                "statistics target of column " + column.name);
        }
        if (!column.options.empty()) {
            add(fmt::format("{} SET ({})", alter, column.options),
                "planner options of column " + column.name);
        }
        if (makes_sequence(column, options)) {
            add(fmt::format("ALTER SEQUENCE {} OWNED BY {}.{}", options.sequence(column), options.table,
                            quoted(column.name)),
                "the sequence goes with column " + column.name);
        }
    }
    if (options.set_owner) {
        add(fmt::format("ALTER TABLE {} OWNER TO {}", options.table, quoted(table.owner)), "the owner");
    }
    for (const std::string& sql : with_revokes("TABLE", options.table, options.default_grantees)) {
        add(sql, "default privileges do not apply to it");
    }
    for (const auto* list : {&table.grants, &table.comments, &table.policies, &table.labels}) {
        for (const Attachment& attachment : *list) {
            add(attachment.statement.of(options.table), attachment.subject);
        }
    }
    for (const Column& column : table.columns) {
        if (column.sequence && (column.identity != 0 || makes_sequence(column, options))) {
            const std::string name = options.sequence(column);
            for (const std::string& sql : with_revokes("SEQUENCE", name, options.default_grantees)) {
                add(sql, "default privileges do not apply to it");
            }
            for (const Template& attachment : column.sequence->attachments) {
                add(attachment.of(name), "of the sequence of column " + column.name);
            }
        }
    }
    return out;
}

std::vector<std::string> make_late_checks(const Table& model, const std::string& table) {
    std::vector<std::string> out;
    for (const Check& check : model.checks) {
        if (!check.plain) {
            out.push_back(fmt::format("ALTER TABLE {} ADD CONSTRAINT {} {}{}", table, quoted(check.name),
                                      check.definition, check.validated ? "" : " NOT VALID"));
        }
    }
    for (const Column& column : model.columns) {
        if (column.not_null && !column.not_null_validated) {
            out.push_back(fmt::format("ALTER TABLE {} ADD CONSTRAINT {} NOT NULL {} NOT VALID", table,
                                      quoted(column.not_null_name), quoted(column.name)));
        }
    }
    return out;
}

std::vector<std::string> make_row_security(const Table& model, const std::string& table) {
    std::vector<std::string> out;
    if (model.row_security) {
        out.push_back(fmt::format("ALTER TABLE {} ENABLE ROW LEVEL SECURITY", table));
    }
    if (model.force_row_security) {
        out.push_back(fmt::format("ALTER TABLE {} FORCE ROW LEVEL SECURITY", table));
    }
    return out;
}

} // namespace turntable::postgresql
