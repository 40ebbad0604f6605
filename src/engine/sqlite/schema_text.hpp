#pragma once
// A definition in a form that is the same for the same thing: blanks, quotes, case of words, and the order of
// the columns and constraints of a table do not count.

#include <string>

#include "catalog.hpp"

namespace turntable::sqlite {

[[nodiscard]] std::string normal_text(const Object& object);

} // namespace turntable::sqlite
