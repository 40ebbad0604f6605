#pragma once
// The statements that make a table of a model, under any name. The same statements make the clone in which
// the server tries a change and the shadow; the image of what they make is compared with the image of the
// model.

#include <functional>
#include <string>
#include <vector>

#include "plan/table.hpp"

namespace turntable::postgresql {

// The quoted, qualified name for the sequence of an identity column or of a serial column that is made anew.
using SequenceName = std::function<std::string(const Column&)>;

struct MakeOptions {
    std::string table; // quoted, qualified
    SequenceName sequence;
    // Schema of sequences that must be made with the table; a serial column's sequence elsewhere is shared.
    std::string own_sequences_in;
    // Roles to which default privileges would grant something on a new table, sequence: revoked first.
    // Quoted.
    std::vector<std::string> default_grantees;
    bool set_owner = false;
};

// True if the default is nextval() of the column's own sequence, as serial writes it.
[[nodiscard]] bool draws_from_its_sequence(const Column& column);
// CREATE TABLE with columns and plain CHECKs, before it the sequences of its new serial columns.
[[nodiscard]] std::vector<Statement> make_table(const Table& table, const MakeOptions& options);
// Owner, per-column settings, comments, grants, policies, labels. No index and no trigger is needed for it.
[[nodiscard]] std::vector<Statement> make_attachments(const Table& table, const MakeOptions& options);

// index: quoted name without schema.
[[nodiscard]] std::string make_index(const Index& index, const std::string& name, const std::string& table);
// ALTER TABLE … ADD CONSTRAINT name … USING INDEX index.
[[nodiscard]] std::string make_index_constraint(const Index& index, const std::string& constraint,
                                                const std::string& index_name, const std::string& table);
// Statistics targets and comment of an index, and of its constraint. qualified: of the index.
[[nodiscard]] std::vector<std::string> make_index_attachments(const Index& index,
                                                              const std::string& qualified,
                                                              const std::string& constraint,
                                                              const std::string& table);
enum class Validation { as_was, later };
// referenced: quoted, qualified.
[[nodiscard]] std::string make_foreign_key(const ForeignKey& key, const Table& model,
                                           const std::string& table, const std::string& referenced,
                                           Validation validation);
// A CHECK or NOT NULL that cannot hold for the rows that are copied: ALTER TABLE … ADD CONSTRAINT … NOT
// VALID.
[[nodiscard]] std::vector<std::string> make_late_checks(const Table& model, const std::string& table);
[[nodiscard]] std::vector<std::string> make_trigger(const Trigger& trigger, const std::string& table);
// ENABLE or DISABLE TRIGGER that gives the trigger this state.
[[nodiscard]] std::string trigger_state(const std::string& trigger, char enabled, const std::string& table);
[[nodiscard]] std::vector<std::string> make_statistics(const ExtendedStatistics& statistics,
                                                       const std::string& name, const std::string& table);
// Replica identity, cluster mark and row security: what needs the indexes, or the end of all writing.
[[nodiscard]] std::vector<std::string> make_marks(const Table& model, const std::string& table,
                                                  const std::function<std::string(const Index&)>& index_name);
[[nodiscard]] std::vector<std::string> make_row_security(const Table& model, const std::string& table);

} // namespace turntable::postgresql
