#pragma once
// From what a person wrote to what is asked: `--convert`, `--change FILE.toml`, names and durations. Pure
// text work; no server is asked. Every function throws Error{usage} with a sentence that shows the offending
// text, unless it says so.

#include <string>
#include <string_view>
#include <vector>

#include "turntable/change.hpp"
#include "turntable/units.hpp"

namespace turntable::change {

// `COLUMN=RULE[,key=value…]` (docs/conversions.md). A value that contains a comma is put into single quotes,
// with a quote in it doubled: expr='coalesce(x, ''none'')'. A column name that contains `=` or `,` is put
// into double quotes. Checks the parameters against the rule (check_conversion), but not the safety rules
// (check_request).
[[nodiscard]] Conversion parse_conversion(std::string_view text);

// The typed operations of a TOML file. `table` is optional; where given it is the same in every operation and
// becomes ChangeRequest::table (else that is empty: the caller names the table). Unknown keys are errors with
// their line. ChangeColumn::type is without "not null", which goes to ChangeColumn::nullable; its `convert`
// has the column filled in, and the type, too. parse_change_file throws Error{usage,"unreadable_file"} if the
// file cannot be read.
[[nodiscard]] ChangeRequest parse_change_text(std::string_view toml, const std::string& file_name);
[[nodiscard]] ChangeRequest parse_change_file(const std::string& path);

// Adds what `more` asks to `request`. Throws Error{usage,"table_mismatch"} if both name a table and not the
// same one.
void combine(ChangeRequest& request, ChangeRequest more);

// The rule fill becomes the operation that it is, set_not_null with a fill; call it after combine.
void lower_fills(ChangeRequest& request);

// The rules of a whole request that need no server; call it once, after everything is combined.
//   Error{usage}    no table, nothing asked, two conversions of one column, keep without into
//   Error{refused}  a change of unit under an unchanged name without same_name=accept ("same_name");
//                   what is named in the vocabulary and not built ("not_supported")
void check_request(const ChangeRequest& request);

// `name`, `schema.name`, `"Quoted.Name"`, `schema."Quoted"`; a double quote inside quotes is doubled. Case is
// kept.
[[nodiscard]] TableName parse_table_name(std::string_view text);

// A whole or fractional number with its unit: 500ms, 2s, 1.5m, 24h, 7d. "0" needs no unit. Never negative.
[[nodiscard]] Millis parse_duration(std::string_view text);

} // namespace turntable::change
