#include "migrate/schema_diff.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "migrate/dump.hpp"
#include "migrate/op_toml.hpp"
#include "migrate/table_diff.hpp"
#include "migrate/user_schema.hpp"

namespace turntable::migrate {
namespace {

// Parts that a table's description knows, if the table is there on both sides.
bool of_table(const SchemaPart& part) {
    return part.kind == "table" || part.kind == "index" || part.kind == "constraint";
}

const SchemaPart* find(const std::vector<SchemaPart>& parts, const SchemaPart& wanted) {
    const auto found = std::ranges::find_if(
        parts, [&](const SchemaPart& part) { return part.kind == wanted.kind && part.name == wanted.name; });
    return found == parts.end() ? nullptr : &*found;
}

// Indexes and constraints of kinds that no operation makes are not in a description.
bool is_described(const TableDescription& table, const SchemaPart& part) {
    const auto named = [&part](const auto& one) {
        return part.name == one.name || part.name.ends_with("." + one.name);
    };
    if (part.kind == "index") {
        return std::ranges::any_of(table.indexes, named);
    }
    return part.kind == "table" || part.sql.find(" PRIMARY KEY (") != std::string::npos ||
           std::ranges::any_of(table.constraints, named);
}

bool refers_to(const TableDescription& table, const TableName& other) {
    return std::ranges::any_of(table.constraints, [&](const DescribedConstraint& constraint) {
        const auto* const key = std::get_if<AddForeignKey>(&constraint.again);
        return key != nullptr && key->references == other;
    });
}

class SchemaDiff {
  public:
    SchemaDiff(const SchemaSide& from, const SchemaSide& to, const std::string& engine,
               const std::set<std::string>& raw)
        : from_(from), to_(to), engine_(engine), raw_(raw) {}

    SchemaSteps steps() {
        for (std::size_t i = from_.parts.size(); i-- > 0;) {
            take_away(from_.parts[i]);
        }
        bool tables_changed = false;
        for (const SchemaPart& part : to_.parts) {
            // After what tables may need, before what needs tables.
            const bool early = part.kind == "schema" || part.kind == "extension" || part.kind == "type" ||
                               part.kind == "sequence";
            if (!early && !tables_changed) {
                change_tables();
                drop_tables();
                tables_changed = true;
            }
            make(part);
        }
        if (!tables_changed) {
            change_tables();
            drop_tables();
        }
        return std::move(out_);
    }

  private:
    [[nodiscard]] bool in_both(const std::string& table) const {
        return from_.tables.contains(table) && to_.tables.contains(table);
    }
    [[nodiscard]] bool left_to_table(const SchemaSide& side, const SchemaPart& part) const {
        return of_table(part) && in_both(part.table.display()) &&
               is_described(side.tables.at(part.table.display()), part);
    }
    void add_sql(const std::string& up, const std::string& down) {
        RawSql sql;
        sql.up.by_engine[engine_] = up;
        sql.down.by_engine[engine_] = down;
        out_.ops.push_back({"sql", 0, std::move(sql), {}});
    }
    [[nodiscard]] std::string text(const SchemaPart& part) const { return statement_text(part, engine_); }

    void take_away(const SchemaPart& part) {
        if (left_to_table(from_, part)) {
            return;
        }
        const SchemaPart* const now = find(to_.parts, part);
        if (now != nullptr && now->sql == part.sql) {
            return;
        }
        const bool table_goes = goes(part.table) || owner_goes(part);
        if (part.kind == "table") {
            dropped_.push_back(part.table);
            note_rename(part);
        } else if (!table_goes && part.kind != "comment" && part.kind != "ownership") {
            add_sql(part.drop + ";\n", text(part));
        } else if (!table_goes && now == nullptr && part.kind == "comment" && find_commented(part)) {
            add_sql(part.drop + ";\n", text(part));
        }
    }
    // A comment goes with what it is of.
    [[nodiscard]] bool find_commented(const SchemaPart& comment) const {
        return std::ranges::any_of(to_.parts, [&comment](const SchemaPart& part) {
            return comment.name.find(" " + part.name) != std::string::npos;
        });
    }
    [[nodiscard]] bool goes(const TableName& table) const {
        return !table.name.empty() && !to_.tables.contains(table.display());
    }
    // The sequence of a serial column goes with its table.
    [[nodiscard]] bool owner_goes(const SchemaPart& sequence) const {
        return sequence.kind == "sequence" && std::ranges::any_of(from_.parts, [&](const SchemaPart& part) {
                   return part.kind == "ownership" && part.name == sequence.name && goes(part.table);
               });
    }
    // Those that refer to others first.
    void drop_tables() {
        while (!dropped_.empty()) {
            auto next = std::ranges::find_if(dropped_, [this](const TableName& table) {
                return std::ranges::none_of(dropped_, [&](const TableName& other) {
                    return other != table && refers_to(from_.tables.at(other.display()), table);
                });
            });
            next = next == dropped_.end() ? dropped_.begin() : next;
            out_.ops.push_back({"drop_table", 0, DropTable{*next}, {}});
            dropped_.erase(next);
        }
    }
    void note_rename(const SchemaPart& gone) {
        for (const auto& [table, description] : to_.tables) {
            const bool alike = std::ranges::equal(
                description.columns, from_.tables.at(gone.table.display()).columns,
                [](const auto& a, const auto& b) { return a.name == b.name && a.type == b.type; });
            if (!from_.tables.contains(table) && alike) {
                out_.notes.push_back(
                    fmt::format("table {} goes and {} comes, with the same columns: if it is the "
                                "same table, write rename_table instead",
                                gone.table.display(), table));
            }
        }
    }
    void make(const SchemaPart& part) {
        if (left_to_table(to_, part)) {
            return;
        }
        const SchemaPart* const before = find(from_.parts, part);
        if (before != nullptr && before->sql == part.sql) {
            return;
        }
        if (part.kind == "table") {
            make_table(part);
        } else if (!of_table(part) || !typed_.contains(part.table.display())) {
            add_sql(text(part), part.drop + ";\n");
        }
    }
    void make_table(const SchemaPart& part) {
        const std::string name = part.table.display();
        const auto table = raw_.contains(name)
                               ? std::nullopt
                               : new_table(part.table, to_.tables.at(name), part.sql, engine_);
        made_.insert(name);
        // Parents that are new, too, and come later by their names: the foreign keys follow on their own.
        if (!table || !parents_are_there(*table)) {
            add_sql(text(part), part.drop + ";\n");
            return;
        }
        typed_.insert(name);
        out_.ops.push_back({"create_table", 0, CreateTable{*table}, {}});
    }
    [[nodiscard]] bool parents_are_there(const NewTable& table) const {
        return engine_ == "sqlite" || std::ranges::all_of(table.foreign_keys, [&](const AddForeignKey& key) {
                   const std::string parent = key.references.display();
                   return key.references == table.name || from_.tables.contains(parent) ||
                          made_.contains(parent);
               });
    }
    void change_tables() {
        for (const SchemaPart& part : to_.parts) {
            const std::string name = part.table.display();
            if (part.kind != "table" || !in_both(name)) {
                continue;
            }
            const TableDescription& before = from_.tables.at(name);
            const TableDescription& after = to_.tables.at(name);
            TableSteps steps = table_steps(before, after);
            for (Operation& operation : steps.operations) {
                const std::string kind = kind_of(operation);
                out_.ops.push_back({kind, 0, TableChange{part.table, std::move(operation)}, {}});
            }
            for (const std::string& note : steps.notes) {
                out_.notes.push_back(name + ": " + note);
            }
        }
    }

    const SchemaSide& from_;
    const SchemaSide& to_;
    const std::string& engine_;
    const std::set<std::string>& raw_;
    std::vector<TableName> dropped_;
    std::set<std::string> typed_, made_;
    SchemaSteps out_;
};

} // namespace

SchemaSide read_side(Session& session, const Engine& engine) {
    SchemaSide side;
    side.parts = user_parts(engine, session);
    side.objects = texts_of(user_objects(engine, session));
    for (const SchemaPart& part : side.parts) {
        if (part.kind == "table") {
            if (auto description = engine.schema().describe(session, part.table)) {
                side.tables[part.table.display()] = *std::move(description);
            }
        }
    }
    return side;
}

SchemaSteps steps_between(const SchemaSide& from, const SchemaSide& to, const std::string& engine,
                          const std::set<std::string>& raw) {
    return SchemaDiff{from, to, engine, raw}.steps();
}

} // namespace turntable::migrate
