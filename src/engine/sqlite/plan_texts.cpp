#include "plan_texts.hpp"

#include <algorithm>

#include "capture.hpp"
#include "create_index.hpp"
#include "names.hpp"
#include "table_edit.hpp"

namespace turntable::sqlite {
namespace {

bool is_free(const std::vector<Object>& objects, const std::string& prefix) {
    return std::none_of(objects.begin(), objects.end(), [&](const Object& object) {
        return lower(object.name).starts_with(lower(prefix)) ||
               lower(object.table).starts_with(lower(prefix));
    });
}

std::vector<std::string> key_columns(const Detail& detail, bool target) {
    std::vector<std::string> out;
    for (const KeyPart& part : detail.key) {
        out.push_back(target ? part.target : part.source);
    }
    return out;
}

std::string parked_index_name(const std::string& table, std::size_t n) {
    return table + "_i" + std::to_string(n);
}

} // namespace

void choose_names(Blueprint& blueprint, const std::vector<Object>& objects) {
    std::string prefix = blueprint.source.name + "__tt_";
    for (int n = 2; !is_free(objects, prefix); ++n) {
        prefix = blueprint.source.name + "__tt" + std::to_string(n) + "_";
    }
    blueprint.shadow_name = prefix + "new";
    blueprint.old_name = prefix + "old";
    blueprint.log_name = prefix + "log";
    blueprint.reverse_log_name = prefix + "back_log";
}

void write_texts(Detail& detail, const Blueprint& blueprint, const Design& design, const Table& target) {
    const Table& source = design.source();
    const std::string source_bare = without_foreign_keys(source.sql);
    const std::string target_bare = without_foreign_keys(design.text());
    detail.source = {source.name, source.sql, blueprint.old_name,
                     with_table_name(source_bare, blueprint.old_name)};
    detail.shadow = {source.name, design.text(), blueprint.shadow_name,
                     with_table_name(target_bare, blueprint.shadow_name)};
    // Tells a table that was swapped back from a shadow that was never swapped.
    detail.retired_sql = with_comment(detail.shadow.parked_sql, "swapped back");
    for (const Index& index : source.indexes) {
        if (index.sql) {
            const std::string parked = parked_index_name(blueprint.old_name, detail.source_indexes.size());
            detail.source_indexes.push_back(
                {index.name, *index.sql, parked, with_index_name(*index.sql, parked, blueprint.old_name)});
        }
    }
    for (const NamedSql& index : design.indexes()) {
        const std::string parked = parked_index_name(blueprint.shadow_name, detail.shadow_indexes.size());
        detail.shadow_indexes.push_back(
            {index.name, index.sql, parked, with_index_name(index.sql, parked, blueprint.shadow_name)});
    }
    for (const Object& trigger : source.triggers) {
        detail.triggers.push_back({trigger.name, trigger.sql});
    }
    const std::string prefix = blueprint.log_name.substr(0, blueprint.log_name.size() - 3);
    const CaptureNames names{prefix, blueprint.log_name};
    const CaptureNames reverse_names{prefix + "back_", blueprint.reverse_log_name};
    detail.capture = capture_triggers(source, key_columns(detail, false), names);
    detail.reverse_capture = capture_triggers(target, key_columns(detail, true), reverse_names);
    if (!design.kept().empty()) {
        detail.keep = keep_triggers(design.kept(), source.name, key_columns(detail, true), prefix);
        detail.contracted_sql = contracted(design.kept(), design.text());
        for (const KeptPair& pair : design.kept()) {
            detail.kept_columns.push_back(pair.old_column);
        }
    }
    detail.capture_end = capture_end(names);
    detail.reverse_capture_end = capture_end(reverse_names);
    detail.log_sql = create_log(blueprint.log_name, detail.key.size());
    detail.reverse_log_sql = create_log(blueprint.reverse_log_name, detail.key.size());
}

std::vector<Object> expected_after(const Detail& detail) {
    std::vector<Object> out;
    for (const Object& object : detail.before) {
        const bool own_index = object.type == "index" && same_name(object.table, detail.source.name);
        if (own_index) {
            continue;
        }
        out.push_back(object);
        if (object.type == "table" && same_name(object.name, detail.source.name)) {
            out.back().sql = detail.shadow.sql;
        }
    }
    for (const Parked& index : detail.shadow_indexes) {
        out.push_back({"index", index.name, detail.source.name, index.sql});
    }
    return out;
}

} // namespace turntable::sqlite
