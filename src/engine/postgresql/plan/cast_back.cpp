#include "plan/cast_back.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "conversion_words.hpp"
#include "plan/expressions.hpp"
#include "plan/quoting.hpp"
#include "turntable/error.hpp"

namespace turntable::postgresql {
namespace {

bool one_of(Oid type, std::initializer_list<Oid> types) {
    return std::find(types.begin(), types.end(), type) != types.end();
}

bool is_integer(const Column& column) {
    return one_of(column.type_oid, {20, 21, 23});
}

// Some casts round or cut what the old type cannot hold, and say nothing: a value that would not come out
// again is refused.
std::string cast_back(const std::string& value, const Column& column, const Column& source) {
    constexpr Oid bpchar = 1042;
    const std::string back = assigned(value, source);
    if ((is_integer(column) && is_integer(source)) || (is_text(source) && source.type_oid != bpchar)) {
        return back; // the server refuses it
    }
    const bool number = one_of(column.type_oid, {700, 701, 1700}); // 3.0 is 3
    const ImageSuffix image = number ? ImageSuffix{} : column.image();
    const std::string refusal =
        conversion::refusal(column.name, value, "does not fit " + source.type, "pg_catalog.int8");
    return fmt::format("CASE WHEN {0} IS NULL OR ({1}){2} = ({0}){2} THEN {3} ELSE {4} END", value,
                       assigned(back, column), image, back, assigned(refusal + "::pg_catalog.text", source));
}

} // namespace

bool is_text(const Column& column) {
    return one_of(column.type_oid, {25, 1042, 1043});
}

std::optional<std::string> cast_back_if_there_is_one(Session& session, const std::string& relation,
                                                     const Column& column, const Column& source) {
    session.run("SAVEPOINT turntable_inverse");
    try {
        std::string inverse =
            canonical(session, relation, cast_back(quoted(column.name), column, source), "pg_catalog");
        session.run("RELEASE SAVEPOINT turntable_inverse");
        return inverse;
    } catch (const Error&) {
        session.run("ROLLBACK TO SAVEPOINT turntable_inverse");
        return std::nullopt;
    }
}

} // namespace turntable::postgresql
