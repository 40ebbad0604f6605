#include "detail.hpp"

#include <nlohmann/json.hpp>

#include "turntable/error.hpp"

namespace turntable::mysql {

NLOHMANN_JSON_SERIALIZE_ENUM(ServerKind, {{ServerKind::mysql, "mysql"}, {ServerKind::mariadb, "mariadb"}})
NLOHMANN_JSON_SERIALIZE_ENUM(KeyKind, {{KeyKind::number, "number"},
                                       {KeyKind::text, "text"},
                                       {KeyKind::bytes, "bytes"},
                                       {KeyKind::temporal, "temporal"},
                                       {KeyKind::ordinal, "ordinal"},
                                       {KeyKind::other, "other"}})
NLOHMANN_JSON_SERIALIZE_ENUM(
    Image, {{Image::plain, "plain"}, {Image::text, "text"}, {Image::real, "real"}, {Image::json, "json"}})
NLOHMANN_JSON_SERIALIZE_ENUM(KeyStep::Kind, {{KeyStep::Kind::add_index, "add_index"},
                                             {KeyStep::Kind::add_key, "add_key"},
                                             {KeyStep::Kind::drop_key, "drop_key"}})
// NOLINTBEGIN(cppcoreguidelines-avoid-c-arrays): the macros of the library
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(KeyPart, column, type, charset, collation, kind)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ColumnDetail, target, image_sql, inverse_image_sql, image, source_image,
                                   inserted, source_inserted)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(CarriedColumn, column, image)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(DeferredIndexes, plain, unique, single, names)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RowRule, rule, subject, broken_sql, shown_sql)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(UniqueRule, index, expressions)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(KeptForeignKey, name, provisional, definition)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Keep, old_columns, new_columns, insert_body, update_body, drops, let_go,
                                   instant, final_text)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(KeptInboundKey, schema, table, name, provisional, before, after)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(KeptTrigger, name, provisional, timing, event, body, definer_user,
                                   definer_host, sql_mode, client_charset, connection_collation)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(CascadeLink, name, child, parent, on_update, on_delete, child_columns,
                                   parent_columns)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(CascadePath, links, deletes, updates)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(KeyStep, kind, name, definition, parent_schema, parent, orphan_sql)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Detail, kind, alters, source_key, target_key, source_key_index,
                                   target_key_index, key_order_kept, columns, carried, deferred, source_text,
                                   target_text, native_texts, row_rules, unique_rules, foreign_keys, inbound,
                                   inbound_text, statistics, user_triggers, cascades, own_cascades,
                                   auto_increment, keep, key_steps)
// NOLINTEND(cppcoreguidelines-avoid-c-arrays)

std::string to_json(const Detail& detail) {
    return nlohmann::json(detail).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Detail detail_of(const Blueprint& blueprint) {
    try {
        auto json = nlohmann::json::parse(blueprint.detail);
        json.emplace("key_steps", nlohmann::json::array()); // plans of earlier versions have none
        return json.get<Detail>();
    } catch (const nlohmann::json::exception& error) {
        throw Error{ErrorKind::needs_repair, "blueprint_damaged",
                    std::string{"the engine's part of the stored plan cannot be read: "} + error.what()};
    }
}

} // namespace turntable::mysql
