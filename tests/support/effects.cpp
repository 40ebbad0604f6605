#include <algorithm>

#include "support/kinds.hpp"

namespace turntable::test {
namespace {

ExpectedShape::iterator find(ExpectedShape& shape, const std::string& name) {
    const auto found = std::ranges::find(shape, name, &ExpectedColumn::name);
    if (found == shape.end()) {
        throw std::logic_error("the expected shape has no column " + name);
    }
    return found;
}

// "@" in a change stands for the table's plain name.
std::string with_table(std::string text, const std::string& plain) {
    for (std::size_t at = 0; (at = text.find('@', at)) != std::string::npos; at += plain.size()) {
        text.replace(at, 1, plain);
    }
    return text;
}

} // namespace

void rename_column(ExpectedShape& shape, const std::string& from, const std::string& to) {
    find(shape, from)->name = to;
}

void drop_column(ExpectedShape& shape, const std::string& name) {
    shape.erase(find(shape, name));
}

void add_column(ExpectedShape& shape, const std::string& name, const Image& value) {
    shape.push_back({name, [value](const TwinRow&) { return value; }});
}

void map_column(ExpectedShape& shape, const std::string& name, const ImageMap& map) {
    auto& value = find(shape, name)->value;
    value = [old = value, map](const TwinRow& row) { return map(old(row)); };
}

const ChangeKind& change_named(const std::vector<ChangeKind>& kinds, const std::string& name) {
    const auto found = std::ranges::find(kinds, name, &ChangeKind::name);
    if (found == kinds.end()) {
        throw std::logic_error("no kind of change is named " + name);
    }
    return *found;
}

TableModel make_model(Flavor flavor, const KeyKind& key, const ColumnKind* columns,
                      const ChangeKind& change) {
    TableModel model;
    model.flavor = flavor;
    model.key = key;
    model.columns = change.columns;
    if (columns != nullptr) {
        model.columns.insert(model.columns.end(), columns->columns.begin(), columns->columns.end());
    }
    model.constraints = change.constraints;
    model.after = change.after;
    model.key.before.insert(model.key.before.end(), change.before.begin(), change.before.end());
    return model;
}

std::vector<std::string> arguments_of(const TableModel& model, const ChangeKind& change) {
    std::vector<std::string> arguments{"alter", model.argument()};
    for (const std::string& argument : change.arguments) {
        arguments.push_back(with_table(argument, model.key.table));
    }
    return arguments;
}

} // namespace turntable::test
