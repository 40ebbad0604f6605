#include "turntable/schema.hpp"

#include <algorithm>

namespace turntable {

const DescribedColumn* TableDescription::column(std::string_view name) const {
    const auto found = std::ranges::find(columns, name, &DescribedColumn::name);
    return found == columns.end() ? nullptr : &*found;
}

} // namespace turntable
