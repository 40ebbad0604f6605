// Rights that the change needs and our role lacks; exit 8.
#include <fmt/core.h>

#include "plan/helper_names.hpp"
#include "plan/quoting.hpp"
#include "refusals/refusals.hpp"
#include "turntable/error.hpp"

namespace turntable::postgresql {
namespace {

[[noreturn]] void lacks(const std::string& what, const std::string& next) {
    throw Error{ErrorKind::connection, "missing_privilege", what}.next(next);
}

} // namespace

void refuse_missing_ownership(const Subject& subject) {
    if (!subject.owns) {
        lacks(fmt::format("the role {} does not own {}; its owner is {}", subject.role, subject.sql(),
                          subject.owner),
              fmt::format("connect as {} or as a member of it", subject.owner));
    }
    if (!subject.may_create_schema && !subject.may_create_in_our_schema) {
        lacks(fmt::format("the role {} may not create the schema {} in this database", subject.role,
                          our_schema),
              fmt::format("GRANT CREATE ON DATABASE … TO {0}, or CREATE SCHEMA {1} AUTHORIZATION {0}",
                          quoted(subject.role), our_schema));
    }
}

void refuse_missing_privileges(Session& session, const Subject& subject, const Rehearsal& rehearsal) {
    if (!subject.may_create_in_its_schema) {
        lacks(fmt::format("the role {} may not create tables in schema {}", subject.role, subject.schema),
              fmt::format("GRANT CREATE ON SCHEMA {} TO {}", quoted(subject.schema), quoted(subject.role)));
    }
    for (const Table* const table : {&rehearsal.source, &rehearsal.after}) {
        for (const ForeignKey& key : table->foreign_keys) {
            if (key.referenced == table->oid) {
                continue;
            }
            // LOCK TABLE needs a right to write; adding the foreign key again needs REFERENCES.
            const bool allowed = session
                                     .run("SELECT has_table_privilege($1::oid, 'REFERENCES') AND"
                                          " has_table_privilege($1::oid, 'UPDATE, DELETE, TRUNCATE')",
                                          {key.referenced})
                                     .only() == "t";
            if (!allowed) {
                const std::string parent = qualified(key.referenced_schema, key.referenced_name);
                lacks(fmt::format(
                          "the role {} may not lock and reference {}, as foreign key {} needs in the swap",
                          subject.role, parent, key.name),
                      fmt::format("GRANT REFERENCES, UPDATE ON {} TO {}", parent, quoted(subject.role)));
            }
        }
    }
}

} // namespace turntable::postgresql
