#include <algorithm>

#include "support/decimal_reference.hpp"
#include "support/kinds.hpp"

namespace turntable::test {
namespace {

// The application writes after the change only what converts exactly, and no value that an inexact one is
// rounded to: where it overwrites 1.005 with 100 cents, the way back keeps 1.005, rightly, and the twin
// cannot know.
std::vector<Literal> money() {
    return {{"NULL", "NULL"},
            {"17.08", "1708"},
            {"0.29", "29"},
            {"-0.57", "-57"},
            {"1.005", ""},
            {"0.285", ""},
            {"2.675", ""},
            {"-1.005", ""},
            {"0.125", ""},
            {"0.1 + 0.2", ""},
            {"1e-7", ""},
            {"0.0", ""},
            {"1.15", "115"},
            {"123456789012.34", "12345678901234"},
            {"4503599627370.49", "450359962737049"},
            {"1000000", "100000000"}};
}

Image to_cents(const Image& amount) {
    if (!amount) {
        return amount;
    }
    const bool typed = amount->starts_with("r:") || amount->starts_with("i:");
    return (typed ? "i:" : "") + *scaled(typed ? amount->substr(2) : *amount, 2, Remainder::half_even);
}

} // namespace

ChangeKind cents_change(Flavor flavor) {
    ChangeKind change;
    change.name = "cents";
    Column amount{"amount", "double precision", money(), "amount_cents"};
    if (flavor == Flavor::sqlite) {
        amount.type = "real";
    } else if (is_mysql_like(flavor)) {
        amount.type = "double";
        for (Literal& value : amount.pool) {
            std::ranges::replace(value.before, ' ', 'e'); // "0.1 + 0.2" is decimal arithmetic there
            value.before = value.before == "0.1e+e0.2" ? "0.1e0 + 0.2e0" : value.before;
        }
    }
    change.columns = {amount};
    change.arguments = {"--convert", "amount=cents,into=amount_cents,round=half_even,inexact=report"};
    change.writers_look = true;
    change.effect = [](ExpectedShape& shape) {
        map_column(shape, "amount", to_cents);
        rename_column(shape, "amount", "amount_cents");
    };
    if (flavor == Flavor::postgres) {
        change.native = {"ALTER TABLE # ALTER COLUMN amount TYPE bigint USING (amount * 100)::bigint",
                         "ALTER TABLE # RENAME COLUMN amount TO amount_cents"};
    } else if (is_mysql_like(flavor)) {
        change.native = {"ALTER TABLE # CHANGE COLUMN amount amount_cents bigint"};
    }
    return change;
}

} // namespace turntable::test
