#pragma once
// Columns, key, shadow, indexes, swap and revert of a shadow change, from its rehearsal. Pure.

#include "plan/helper_names.hpp"
#include "plan/key.hpp"
#include "plan/rehearsal.hpp"

namespace turntable::postgresql {

struct MakeDetail {
    const Rehearsal& rehearsal;
    const Key& key;
    const HelperNames& helpers;
    bool schema_exists = true;          // "turntable" is there already
    bool grant_schema_to_owner = false; // the owner is another role and we are no superuser
};

[[nodiscard]] Detail make_detail(const MakeDetail& plan);
// A key by which the rows of the source can be gone through, whatever the change makes of its columns.
void add_source_key(const Table& source, const Index& index, Detail& detail);
// The public part: key, columns, dropped columns, conversions, names, revert class.
void fill_blueprint(const MakeDetail& plan, Blueprint& blueprint);

} // namespace turntable::postgresql
