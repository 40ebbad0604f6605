#pragma once
// What becomes of a value when a column's type changes by a plain ALTER: the shadow takes the bare value and
// the server converts it in strict mode, where a loss is an error or a warning, and both stop the copy. The
// image expression says independently which value must come out. A pair of types that is not listed is
// refused: it needs a --convert rule.

#include <optional>
#include <string>

#include "catalog.hpp"
#include "detail.hpp"

namespace turntable::mysql {

// The value of `from`, as the column `to` must hold it, over the bare column name. nullopt: this pair is not
// handled.
[[nodiscard]] std::optional<std::string> image_after_cast(const Column& from, const Column& to);
[[nodiscard]] bool same_type(const Column& a, const Column& b);
[[nodiscard]] Image image_of(const Column& column);
// The way back from a text to the number it was made of, for texts that are exactly a number's; any other
// text is an error of the server's strict mode when it is inserted. nullopt: not such a pair of columns.
struct CheckedInverse {
    std::string value, image; // over the column `to`
};
[[nodiscard]] std::optional<CheckedInverse> number_of_text(const Column& from, const Column& to);
// The way back from a decimal or a real to an integer, for whole numbers: the server would round any other
// without a word.
[[nodiscard]] std::optional<CheckedInverse> integer_of_number(const Column& from, const Column& to);

// SQL that is true if both values are the same image.
[[nodiscard]] std::string same_image(Image image, const std::string& a, const std::string& b);
// True if values sort the same before and after the cast.
[[nodiscard]] bool keeps_order(const Column& from, const Column& to);

} // namespace turntable::mysql
