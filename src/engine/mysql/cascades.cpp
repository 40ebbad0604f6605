#include "cascades.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "foreign_keys.hpp"
#include "turntable/error.hpp"

namespace turntable::mysql {
namespace {

Error refused(const std::string& what) {
    return Error{ErrorKind::refused, "foreign_keys", what}.next(
        "drop it for the time of the change, or ask for a native form (--strategy instant, online)");
}

bool acts(const std::string& rule) {
    return rule == "CASCADE" || rule == "SET NULL" || rule == "SET DEFAULT";
}

bool share_a_column(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    return std::ranges::any_of(a, [&](const std::string& one) {
        return std::ranges::any_of(b, [&](const std::string& other) { return same_name(one, other); });
    });
}

enum class Effect { none, deleted, updated };

// What a statement on the ancestor does to the source, link by link down. An update touches the columns of
// the link below it only.
Effect effect_of(const std::vector<CascadeLink>& links, Effect on_ancestor) {
    Effect effect = on_ancestor;
    const std::vector<std::string>* touched = nullptr; // of the parent; nullptr: any column
    for (auto link = links.rbegin(); link != links.rend(); ++link) {
        if (effect == Effect::deleted) {
            effect = link->on_delete == "CASCADE" ? Effect::deleted
                     : acts(link->on_delete)      ? Effect::updated
                                                  : Effect::none;
        } else if (effect == Effect::updated) {
            const bool reaches = touched == nullptr || share_a_column(*touched, link->parent_columns);
            effect = reaches && acts(link->on_update) ? Effect::updated : Effect::none;
        }
        if (effect == Effect::none) {
            return effect;
        }
        touched = &link->child_columns;
    }
    return effect;
}

class Paths {
  public:
    Paths(Session& session, const Table& source) : session_(session), source_(source) {}

    std::vector<CascadePath> all() {
        climb(source_.outgoing);
        return std::move(found_);
    }

  private:
    void climb(const std::vector<ForeignKey>& keys) {
        for (const ForeignKey& key : keys) {
            if (links_.empty() && is_own_key(key, source_)) {
                continue; // own_cascades.hpp
            }
            links_.push_back({key.name, key.table, key.referenced_table, key.on_update, key.on_delete,
                              key.columns, key.referenced_columns});
            const bool deletes = effect_of(links_, Effect::deleted) != Effect::none;
            const bool updates = effect_of(links_, Effect::updated) != Effect::none;
            if (deletes || updates) {
                check_last(key);
                found_.push_back({links_, deletes, updates});
                climb(foreign_keys_from(session_, source_.schema, key.referenced_table));
            }
            links_.pop_back();
        }
    }

    void check_last(const ForeignKey& key) const {
        const std::string named = fmt::format("'{}' of {} to {}", key.name, key.table, key.referenced_table);
        if (key.referenced_schema != source_.schema) {
            throw refused("the foreign key " + named + " changes rows of '" + source_.name +
                          "' from another database, where they cannot be logged");
        }
        for (const CascadeLink& link : links_) {
            if (same_name(link.child, key.referenced_table)) {
                throw refused("the foreign key " + named + " closes a circle of keys that change rows of '" +
                              source_.name + "' by themselves");
            }
        }
    }

    Session& session_;
    const Table& source_;
    std::vector<CascadeLink> links_;
    std::vector<CascadePath> found_;
};

bool is_integer(const std::string& type) {
    return type.find("int") != std::string::npos;
}

// Values of one type are values of the other.
bool holds_all_of(const KeyPart& to, const KeyPart& from) {
    if (to.type == from.type && to.collation == from.collation) {
        return true;
    }
    const std::vector<std::string> widths{"tinyint", "smallint", "mediumint", "int", "bigint"};
    const auto width = [&](const std::string& type) {
        return std::ranges::find_if(widths, [&](const std::string& w) { return type.starts_with(w); }) -
               widths.begin();
    };
    const auto positive = [](const std::string& type) { return type.find("unsigned") != std::string::npos; };
    return is_integer(to.type) && is_integer(from.type) && positive(to.type) == positive(from.type) &&
           width(to.type) >= width(from.type);
}

} // namespace

bool removes_rows(const CascadePath& path) {
    return effect_of(path.links, Effect::deleted) == Effect::deleted;
}

std::vector<CascadePath> cascade_paths(Session& session, const Table& source) {
    return Paths{session, source}.all();
}

void check_cascade_keys(const Blueprint& blueprint, const Detail& detail) {
    for (const CascadePath& path : detail.cascades) {
        const CascadeLink& own = path.links.front();
        for (std::size_t i = 0; i < detail.source_key.size(); ++i) {
            const KeyPart& before = detail.source_key[i];
            const KeyPart& after = detail.target_key[i];
            if (!same_name(before.column, after.column) || !holds_all_of(after, before)) {
                throw refused(
                    fmt::format("the foreign key '{}' changes rows of '{}' by itself, and the change "
                                "redefines the column '{}' of the key by which they are logged",
                                own.name, blueprint.source.name, before.column));
            }
            if (path.updates && path.links.size() > 1 && share_a_column({before.column}, own.child_columns)) {
                throw refused(
                    fmt::format("the foreign key '{}' changes the key column '{}' of '{}' on behalf of "
                                "a parent's parent",
                                own.name, before.column, blueprint.source.name));
            }
        }
    }
}

std::string cascades_text(const std::vector<CascadePath>& paths) {
    std::vector<std::string> lines;
    for (const CascadePath& path : paths) {
        std::string& line = lines.emplace_back();
        for (const CascadeLink& link : path.links) {
            line +=
                fmt::format("{}({}) -> {}({}) {} {}; ", link.child, fmt::join(link.child_columns, ","),
                            link.parent, fmt::join(link.parent_columns, ","), link.on_delete, link.on_update);
        }
    }
    std::ranges::sort(lines);
    return fmt::format("{}", fmt::join(lines, "\n"));
}

} // namespace turntable::mysql
