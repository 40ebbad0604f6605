#include "support/twin_oracle.hpp"

#include <algorithm>
#include <set>

namespace turntable::test {
namespace {

constexpr std::size_t named_max = 10;

using Row = std::vector<Image>;

std::string show(const Image& image) {
    return image ? "'" + *image + "'" : "NULL";
}

std::string show_key(const TableModel& model, const Row& key) {
    std::string text;
    for (std::size_t i = 0; i < key.size(); ++i) {
        text += (i == 0 ? "" : ", ") + model.key.columns[i].name + "=" + show(key[i]);
    }
    return text;
}

std::map<std::string, std::size_t> places_of(const std::vector<std::string>& columns) {
    std::map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        places[columns[i]] = i;
    }
    return places;
}

// Rows by key; key columns come first in every shape and keep their number.
class Keyed {
  public:
    Keyed(const TableModel& model, std::vector<std::string>& found) : model_(model), found_(found) {}

    void add(const Row& row) {
        const Row key(row.begin(), row.begin() + static_cast<std::ptrdiff_t>(model_.key.columns.size()));
        if (!rows.emplace(key, row).second) {
            found_.push_back("doubled: " + show_key(model_, key));
        }
    }

    std::map<Row, Row> rows;

  private:
    const TableModel& model_;
    std::vector<std::string>& found_;
};

Keyed expected_rows(Client& client, const TableModel& model, const ExpectedShape& shape,
                    std::vector<std::string>& found) {
    const Answer twin = client.images("SELECT * FROM " + model.twin());
    const std::map<std::string, std::size_t> places = places_of(twin.columns);
    Keyed keyed{model, found};
    for (const Row& values : twin.rows) {
        const TwinRow row{places, values};
        Row image;
        for (const ExpectedColumn& c : shape) {
            image.push_back(c.value(row));
        }
        keyed.add(image);
    }
    return keyed;
}

std::string show_difference(const TableModel& model, const ExpectedShape& shape, const Row& want,
                            const Row& have) {
    std::string text = "differs: ";
    text += show_key(model,
                     Row(want.begin(), want.begin() + static_cast<std::ptrdiff_t>(model.key.columns.size())));
    for (std::size_t i = 0; i < want.size(); ++i) {
        if (want[i] != have[i]) {
            text += "; " + shape[i].name + " must be " + show(want[i]) + " and is " + show(have[i]);
        }
    }
    return text;
}

// Both rows are in the old shape; the new shape's values are computed from either.
bool same_seen_by(const ExpectedShape& shape, const std::map<std::string, std::size_t>& places,
                  const Row& want, const Row& have) {
    return std::ranges::all_of(shape, [&](const ExpectedColumn& column) {
        return column.value(TwinRow{places, want}) == column.value(TwinRow{places, have});
    });
}

} // namespace

ExpectedShape same_shape(const TableModel& model) {
    ExpectedShape shape;
    for (const std::string& name : model.column_names()) {
        shape.push_back({name, [name](const TwinRow& row) { return row.at(name); }});
    }
    return shape;
}

TwinKeys twin_keys(Client& client, const TableModel& model) {
    TwinKeys keys;
    for (const Row& row : client.images("SELECT * FROM " + model.twin()).rows) {
        keys.insert(Row(row.begin(), row.begin() + static_cast<std::ptrdiff_t>(model.key.columns.size())));
    }
    return keys;
}

std::vector<std::string> differences(Client& client, const TableModel& model, const ExpectedShape& shape,
                                     const WayBack* way_back) {
    std::vector<std::string> found;
    const Answer table = client.images("SELECT * FROM " + model.table());
    std::vector<std::string> names;
    std::ranges::transform(shape, std::back_inserter(names), &ExpectedColumn::name);
    if (table.columns != names) {
        std::string text = "the columns are";
        for (const std::string& name : table.columns) {
            text += " " + name;
        }
        return {text};
    }
    const Keyed want = expected_rows(client, model, shape, found);
    Keyed have{model, found};
    for (const Row& row : table.rows) {
        have.add(row);
    }
    for (const auto& [key, row] : want.rows) {
        const auto there = have.rows.find(key);
        if (there == have.rows.end()) {
            found.push_back("missing: " + show_key(model, key));
        } else if (there->second != row &&
                   !(way_back != nullptr && !way_back->first.contains(key) &&
                     same_seen_by(way_back->new_shape, places_of(names), row, there->second))) {
            found.push_back(show_difference(model, shape, row, there->second));
        }
    }
    for (const auto& [key, row] : have.rows) {
        if (!want.rows.contains(key)) {
            found.push_back("extra: " + show_key(model, key));
        }
    }
    if (found.size() > named_max) {
        const std::string more = "and " + std::to_string(found.size() - named_max) + " more";
        found.resize(named_max);
        found.push_back(more);
    }
    return found;
}

} // namespace turntable::test
