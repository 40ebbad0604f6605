#include "plan/helper_names.hpp"

#include <fmt/core.h>

#include "plan/quoting.hpp"

namespace turntable::postgresql {
namespace {

// The longest ending is "_truncate_back".
constexpr std::size_t ending_bytes_max = 16;

} // namespace

Names HelperNames::names() const {
    const auto ours = [](const std::string& name) { return qualified(our_schema, name); };
    Names names;
    names.schema = quoted(our_schema);
    names.source = source_.sql();
    names.shadow = ours(shadow());
    names.old = ours(old());
    names.log = ours(log());
    names.reverse_log = ours(reverse_log());
    names.capture = ours(base_ + "_capture");
    names.truncate = ours(base_ + "_truncate");
    names.reverse_capture = ours(base_ + "_capture_back");
    names.reverse_truncate = ours(base_ + "_truncate_back");
    names.row_trigger = "turntable_capture";
    names.truncate_trigger = "turntable_truncate";
    names.keep = ours(base_ + "_keep");
    names.keep_trigger = "~turntable_keep"; // triggers fire by name: after the application's own
    return names;
}

std::string free_base(Session& session, const Table& source) {
    for (int n = 1;; ++n) {
        const std::string ending = fmt::format("_{}{}", source.oid, n == 1 ? "" : fmt::format("_{}", n));
        const std::string base = cut(source.name, name_bytes_max - ending_bytes_max - ending.size()) + ending;
        const std::int64_t taken =
            session
                .run("SELECT (SELECT count(*) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = "
                     "c.relnamespace"
                     "         WHERE n.nspname IN ($1, $2) AND starts_with(c.relname, $3))"
                     " + (SELECT count(*) FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace"
                     "     WHERE n.nspname = $1 AND starts_with(p.proname, $3))"
                     " + (SELECT count(*) FROM pg_statistic_ext AS s JOIN pg_namespace AS n ON n.oid = "
                     "s.stxnamespace"
                     "     WHERE n.nspname IN ($1, $2) AND starts_with(s.stxname, $3))",
                     {std::string{our_schema}, source.schema, base + "_"})
                .only_integer();
        if (taken == 0) {
            return base;
        }
    }
}

} // namespace turntable::postgresql
