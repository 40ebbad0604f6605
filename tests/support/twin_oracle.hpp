#pragma once
// What the table must hold: f(twin), row by row and by image, computed here and not by the program under
// test.

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "support/client.hpp"
#include "support/table_model.hpp"

namespace turntable::test {

// One row of the twin.
class TwinRow {
  public:
    TwinRow(const std::map<std::string, std::size_t>& places, const std::vector<Image>& values)
        : places_(places), values_(values) {}
    [[nodiscard]] const Image& at(const std::string& column) const { return values_.at(places_.at(column)); }

  private:
    const std::map<std::string, std::size_t>& places_;
    const std::vector<Image>& values_;
};

// One column of the table as it must be now.
struct ExpectedColumn {
    std::string name;
    std::function<Image(const TwinRow&)> value;
};
using ExpectedShape = std::vector<ExpectedColumn>;

// The old shape: every column of the model as the twin has it.
[[nodiscard]] ExpectedShape same_shape(const TableModel& model);

using TwinKeys = std::set<std::vector<Image>>;
[[nodiscard]] TwinKeys twin_keys(Client& client, const TableModel& model);

// After a way back: a row that got its key in the window has no old self whose value could return, so what
// comes back is the inverse of the new value. Such a row (its key is not among `first`) need only be equal to
// the twin's as the new shape sees it; every other row must have its original values.
struct WayBack {
    const TwinKeys& first;
    const ExpectedShape& new_shape;
};

// What differs between the table and shape(twin): columns, missing, doubled, extra and different rows; empty
// is right. At most ten rows are named. Nobody may write meanwhile.
[[nodiscard]] std::vector<std::string> differences(Client& client, const TableModel& model,
                                                   const ExpectedShape& shape,
                                                   const WayBack* way_back = nullptr);

} // namespace turntable::test
