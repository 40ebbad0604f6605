// Typed operations as steps.
#include "alter_parser.hpp"
#include "conversion_sql.hpp"
#include "names.hpp"
#include "table_edit.hpp"
#include "turntable/error.hpp"

namespace turntable::sqlite {
namespace {

std::string quoted_list(const std::vector<std::string>& columns) {
    std::vector<std::string> out;
    for (const std::string& column : columns) {
        out.push_back(identifier(column));
    }
    return joined(out, ", ");
}

std::string named(const std::string& name, const std::string& constraint) {
    return name.empty() ? constraint : "CONSTRAINT " + identifier(name) + " " + constraint;
}

using Steps = std::vector<Step>;

struct Lowering {
    Steps operator()(const AddColumn& op) const {
        const std::string type = native_type(op.type);
        std::string definition = identifier(op.column) + (type.empty() ? "" : " " + type);
        definition += op.nullable ? "" : " NOT NULL";
        definition += op.default_sql ? " DEFAULT " + default_text(*op.default_sql) : "";
        return {AddColumnText{definition}};
    }
    Steps operator()(const ChangeColumn& op) const {
        Steps out;
        if (op.convert) {
            Conversion conversion = *op.convert;
            conversion.column = op.column;
            if (!conversion.type && !op.type.empty()) {
                conversion.type = op.type;
            }
            out.emplace_back(conversion);
        } else if (!op.type.empty()) {
            out.emplace_back(ChangeType{op.column, native_type(op.type), std::nullopt});
        }
        const std::string column = op.convert ? op.convert->into.value_or(op.column) : op.column;
        if (op.nullable) {
            out.push_back(*op.nullable ? Step{DropNotNull{column}} : Step{SetNotNull{column, {}, {}}});
        }
        if (op.default_sql) {
            out.emplace_back(SetDefault{column, *op.default_sql});
        }
        return out;
    }
    Steps operator()(const AddCheck& op) const {
        return {AddConstraintText{named(op.name, "CHECK (" + op.expression + ")")}};
    }
    Steps operator()(const AddUnique& op) const {
        return {AddConstraintText{named(op.name, "UNIQUE (" + quoted_list(op.columns) + ")")}};
    }
    Steps operator()(const AddForeignKey& op) const {
        if (!op.references.schema.empty()) {
            throw Error{ErrorKind::refused, "other_schema",
                        "a foreign key of SQLite cannot refer to another file"};
        }
        std::string text =
            "FOREIGN KEY (" + quoted_list(op.columns) + ") REFERENCES " + identifier(op.references.name);
        text += op.referenced_columns.empty() ? "" : " (" + quoted_list(op.referenced_columns) + ")";
        text += op.on_delete.empty() ? "" : " ON DELETE " + op.on_delete;
        text += op.on_update.empty() ? "" : " ON UPDATE " + op.on_update;
        return {AddConstraintText{named(op.name, text)}};
    }
    // The others are steps themselves.
    template <typename Operation>
    Steps operator()(const Operation& op) const {
        return {op};
    }
};

} // namespace

std::vector<Step> lower_operation(const Operation& operation) {
    return std::visit(Lowering{}, operation);
}

} // namespace turntable::sqlite
