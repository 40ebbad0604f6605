#include "own_cascades.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "foreign_keys.hpp"
#include "key_sql.hpp"
#include "quote.hpp"
#include "turntable/error.hpp"

namespace turntable::mysql {
namespace {

bool acts(const std::string& rule) {
    return rule != "RESTRICT" && rule != "NO ACTION";
}

bool shares(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    return std::ranges::any_of(a, [&](const std::string& one) {
        return std::ranges::any_of(b, [&](const std::string& other) { return same_name(one, other); });
    });
}

// Not the variable's name, which would hide it.
std::string key_alias(std::size_t part) {
    return "_tt_p" + std::to_string(part);
}

// The rows below those that go, as a recursive query: it follows the tree with one look into the key's index
// for each row. FOR SHARE: a plain read at REPEATABLE READ would miss rows that were committed since.
class Below {
  public:
    Below(const std::vector<CascadeLink>& own, const std::string& table, const std::vector<KeyPart>& key)
        : own_(own), table_(quote_name(table)), key_(key) {
        for (const CascadeLink& link : own) {
            for (const std::string& column : link.parent_columns) {
                if (std::ranges::none_of(referred_, [&](const auto& r) { return same_name(r, column); })) {
                    referred_.push_back(column);
                }
            }
        }
    }

    // A row that goes, with what leads to those below it.
    [[nodiscard]] std::string carried(const std::string& alias) const {
        std::string out;
        for (std::size_t i = 0; i < referred_.size(); ++i) {
            out +=
                fmt::format("{}.{} AS {}, ", alias, quote_name(referred_[i]), referred_alias(referred_[i]));
        }
        for (std::size_t i = 0; i < key_.size(); ++i) {
            out += fmt::format("{}{}.{} AS {}", i == 0 ? "" : ", ", alias, quote_name(key_[i].column),
                               key_alias(i));
        }
        return out;
    }
    [[nodiscard]] std::string of_row(const CascadeLink& link, const std::string& selected) const {
        return fmt::format(
            "(SELECT {} FROM {} AS _tt_c WHERE {} FOR SHARE)", selected, table_,
            joined(link, [](const std::string& column) { return "OLD." + quote_name(column); }));
    }
    [[nodiscard]] std::string of_gone(const CascadeLink& link, const std::string& selected) const {
        return fmt::format(
            "(SELECT {} FROM _tt_gone AS _tt_g STRAIGHT_JOIN {} AS _tt_c ON {} FOR SHARE)", selected, table_,
            joined(link, [this](const std::string& column) { return "_tt_g." + referred_alias(column); }));
    }
    [[nodiscard]] std::string query(std::vector<std::string> starts,
                                    const std::vector<std::string>& more) const {
        std::string keys;
        for (std::size_t i = 0; i < key_.size(); ++i) {
            keys += (i == 0 ? "" : ", ") + key_alias(i);
        }
        std::vector<std::string> all = more;
        if (starts.empty()) {
            return fmt::format("{}", fmt::join(all, " UNION "));
        }
        all.insert(all.begin(), "(SELECT " + keys + " FROM _tt_gone)");
        for (const CascadeLink& link : own_) {
            if (removes(link)) {
                starts.push_back(of_gone(link, carried("_tt_c")));
            } else {
                all.push_back(of_gone(link, key_names(key_, "_tt_c")));
            }
        }
        return fmt::format("WITH RECURSIVE _tt_gone AS ({}) {}", fmt::join(starts, " UNION "),
                           fmt::join(all, " UNION "));
    }
    [[nodiscard]] static bool removes(const CascadeLink& link) { return link.on_delete == "CASCADE"; }

  private:
    [[nodiscard]] std::string referred_alias(const std::string& column) const {
        const auto at = std::ranges::find_if(referred_, [&](const auto& r) { return same_name(r, column); });
        return "_tt_r" + std::to_string(at - referred_.begin());
    }
    template <typename Parent>
    [[nodiscard]] static std::string joined(const CascadeLink& link, const Parent& parent) {
        std::string out;
        for (std::size_t i = 0; i < link.child_columns.size(); ++i) {
            out += fmt::format("{}_tt_c.{} = {}", i == 0 ? "" : " AND ", quote_name(link.child_columns[i]),
                               parent(link.parent_columns[i]));
        }
        return out;
    }

    const std::vector<CascadeLink>& own_;
    std::string table_;
    const std::vector<KeyPart>& key_;
    std::vector<std::string> referred_;
};

} // namespace

std::vector<CascadeLink> own_cascades(const Table& source) {
    std::vector<CascadeLink> own;
    for (const ForeignKey& key : source.outgoing) {
        if (is_own_key(key, source) && acts(key.on_delete)) {
            own.push_back({key.name, key.table, key.referenced_table, key.on_update, key.on_delete,
                           key.columns, key.referenced_columns});
        }
    }
    return own;
}

void check_own_cascades(const Table& source, const std::vector<CascadeLink>& own,
                        const std::vector<CascadePath>& paths) {
    std::vector<std::string> changed;
    for (const CascadeLink& link : own) {
        if (!Below::removes(link)) {
            changed.insert(changed.end(), link.child_columns.begin(), link.child_columns.end());
        }
    }
    for (const CascadePath& path : paths) {
        const std::vector<std::string>& columns = path.links.front().child_columns;
        changed.insert(changed.end(), columns.begin(), columns.end());
    }
    for (const ForeignKey& key : source.outgoing) {
        if (is_own_key(key, source) && acts(key.on_update) && shares(changed, key.referenced_columns)) {
            throw Error{ErrorKind::refused, "foreign_keys",
                        fmt::format("the foreign key '{}' of '{}' to itself follows a column that other "
                                    "foreign keys change",
                                    key.name, source.name)}
                .next("drop it for the time of the change, or ask for a native form (--strategy instant, "
                      "online)");
        }
    }
}

std::string key_variable(std::size_t part) {
    return "_tt_k" + std::to_string(part);
}

std::string insert_key(const std::string& log, const std::vector<KeyPart>& key,
                       const std::vector<std::string>& values) {
    return fmt::format("INSERT INTO {} ({}) VALUES ({});", quote_name(log), key_names(key),
                       fmt::join(values, ", "));
}

std::string log_each(const std::string& query, const std::string& log, const std::vector<KeyPart>& key,
                     const std::string& besides) {
    std::string variables;
    std::vector<std::string> names;
    for (std::size_t part = 0; part < key.size(); ++part) {
        names.push_back(key_variable(part));
        variables += fmt::format("DECLARE {} {}; ", key_variable(part), declared(key[part]));
    }
    return fmt::format(
        "BEGIN DECLARE _tt_done BOOLEAN DEFAULT FALSE; {}DECLARE _tt_rows CURSOR FOR {}; DECLARE "
        "CONTINUE HANDLER FOR NOT FOUND SET _tt_done = TRUE; OPEN _tt_rows; _tt_all: LOOP FETCH "
        "_tt_rows INTO {}; IF _tt_done THEN LEAVE _tt_all; END IF; {}{} END LOOP; CLOSE _tt_rows; END",
        variables, query, fmt::join(names, ", "), insert_key(log, key, names), besides);
}

std::string own_cascade_body(const std::vector<CascadeLink>& own, const std::string& table,
                             const std::string& log, const std::vector<KeyPart>& key) {
    const Below below{own, table, key};
    std::vector<std::string> starts, more;
    for (const CascadeLink& link : own) {
        if (Below::removes(link)) {
            starts.push_back(below.of_row(link, below.carried("_tt_c")));
        } else {
            more.push_back(below.of_row(link, key_names(key, "_tt_c")));
        }
    }
    return "BEGIN IF @@SESSION.foreign_key_checks THEN " + log_each(below.query(starts, more), log, key) +
           "; END IF; END";
}

std::string keys_with_all_below(const RowsThatGo& rows, const std::vector<CascadeLink>& own,
                                const std::string& table, const std::vector<KeyPart>& key) {
    const Below below{own, table, key};
    return below.query({"(SELECT " + below.carried(rows.alias) + " " + rows.from + " FOR SHARE)"}, {});
}

} // namespace turntable::mysql
