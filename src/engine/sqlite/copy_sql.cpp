#include "copy_sql.hpp"

#include "names.hpp"

namespace turntable::sqlite {

std::string copy_rows(const Flow& flow, const KeyRange& range) {
    std::vector<std::string> columns;
    std::vector<std::string> values;
    for (const FlowColumn& column : flow.columns) {
        columns.push_back(identifier(column.to));
        values.push_back(column.value);
    }
    // OR ABORT overrides an ON CONFLICT clause of the table's own constraints: a duplicate must surface.
    return "INSERT OR ABORT INTO " + identifier(flow.to) + "(" + joined(columns, ", ") + ") SELECT " +
           joined(values, ", ") + " FROM " + identifier(flow.from) + " WHERE " + range.where + " ORDER BY " +
           key_order(flow.from_terms(""));
}

} // namespace turntable::sqlite
