#include "support/kinds.hpp"

#include <cstdio>

namespace turntable::test {
namespace {

using Literals = std::vector<std::string>;

std::string text(std::int64_t n) {
    return std::to_string(n);
}

std::string hex_of(std::int64_t n, int digits) {
    // A scattered, injective image of n: neighbours must not be neighbours in the index.
    const auto scattered = static_cast<unsigned long long>(n) * 0x9E3779B1ULL % (1ULL << 48U);
    std::string buffer(static_cast<std::size_t>(digits), '0');
    std::snprintf(buffer.data(), buffer.size() + 1, "%0*llx", digits, scattered);
    return buffer;
}

KeyKind plain(const std::string& name, const std::string& type,
              const std::function<std::string(std::int64_t)>& literal) {
    KeyKind kind;
    kind.name = name;
    kind.columns = {{"id", type}};
    kind.literals = [literal](std::int64_t n) { return Literals{literal(n)}; };
    kind.constraint = "CONSTRAINT \"@_pkey\" PRIMARY KEY (id)";
    return kind;
}

std::string spread_big(std::int64_t n) {
    return text(n % 2 == 0 ? n * 1'000'003 + (1LL << 40) : -n * 7'000'001);
}
std::string word(std::int64_t n) {
    return "'key ''" + text(n % 13) + "'' \\ %_" + text(n) + "'";
}

std::string uuid(std::int64_t n) {
    const std::string h = hex_of(n, 32);
    return "'" + h.substr(0, 8) + "-" + h.substr(8, 4) + "-" + h.substr(12, 4) + "-" + h.substr(16, 4) + "-" +
           h.substr(20) + "'";
}

KeyKind composite(const std::string& text_type) {
    KeyKind kind;
    kind.name = "composite";
    kind.columns = {{"region", "integer NOT NULL"}, {"code", text_type + " NOT NULL"}};
    kind.literals = [](std::int64_t n) { return Literals{text(n % 7 - 3), "'c" + text(n) + "'"}; };
    kind.constraint = "CONSTRAINT \"@_pkey\" PRIMARY KEY (region, code)";
    return kind;
}

KeyKind ignoring_case(const std::string& name, const std::string& type) {
    KeyKind kind = plain(name, type, [](std::int64_t n) { return "'Key-a" + text(n) + "z'"; });
    kind.alias = [](std::int64_t n) { return Literals{"'kEY-A" + text(n) + "Z'"}; };
    return kind;
}

KeyKind named(KeyKind kind, const std::string& name, const std::string& schema, const std::string& table,
              const std::string& column, const std::string& quoted_column) {
    kind.name = name;
    kind.schema = schema;
    kind.table = table;
    kind.columns[0].name = column;
    kind.constraint = "PRIMARY KEY (" + quoted_column + ")";
    return kind;
}

std::string number(std::int64_t n) {
    return text(n);
}

std::vector<KeyKind> sqlite_keys() {
    std::vector<KeyKind> kinds{integer_key(Flavor::sqlite)};
    kinds.push_back(plain("bigint", "bigint NOT NULL", spread_big));
    kinds.back().integer = true;
    kinds.push_back(composite("text"));
    kinds.push_back(plain("text", "text NOT NULL", word));
    kinds.push_back(ignoring_case("case_insensitive", "text NOT NULL COLLATE NOCASE"));
    kinds.push_back(plain("uuid", "uuid NOT NULL", uuid));
    kinds.push_back(plain("date", "date NOT NULL",
                          [](std::int64_t n) { return "date('2000-01-01', '+" + text(n) + " days')"; }));
    kinds.push_back(plain("decimal", "decimal(20,4) NOT NULL",
                          [](std::int64_t n) { return text(n) + "." + text(n % 4 * 25 + 1); }));
    kinds.push_back(
        plain("blob", "blob NOT NULL", [](std::int64_t n) { return "x'00" + hex_of(n, 12) + "ff'"; }));
    KeyKind descending = plain("descending", "integer NOT NULL", number);
    descending.constraint = "PRIMARY KEY (id DESC)";
    kinds.push_back(descending);
    kinds.push_back(named(plain("", "integer", number), "quoted", "", "Order Items", "Order \"Id\"",
                          "\"Order \"\"Id\"\"\""));
    kinds.push_back(named(plain("", "integer", number), "reserved", "", "select", "from", "\"from\""));
    kinds.push_back(
        named(plain("", "integer", number), "unicode", "", "größe_注文", "schlüssel", "\"schlüssel\""));
    KeyKind without = composite("text");
    without.name = "without_rowid";
    without.options = "WITHOUT ROWID";
    kinds.push_back(without);
    KeyKind without_text = ignoring_case("without_rowid_nocase", "text NOT NULL COLLATE NOCASE");
    without_text.options = "WITHOUT ROWID";
    kinds.push_back(without_text);
    KeyKind unique = plain("unique_not_null", "text NOT NULL", word);
    unique.constraint = "CONSTRAINT \"@_key\" UNIQUE (id)";
    kinds.push_back(unique);
    return kinds;
}

std::vector<KeyKind> postgres_keys() {
    std::vector<KeyKind> kinds{integer_key(Flavor::postgres)};
    kinds.push_back(plain("bigint", "bigint", spread_big));
    kinds.push_back(composite("text"));
    kinds.push_back(plain("text", "text COLLATE \"C\"", word));
    kinds.push_back(plain("varchar_icu", "varchar(60) COLLATE \"de-x-icu\"", word));
    KeyKind nocase = ignoring_case("case_insensitive", "text COLLATE no_case");
    nocase.before = {
        "CREATE COLLATION no_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)"};
    kinds.push_back(nocase);
    kinds.push_back(plain("uuid", "uuid", uuid));
    kinds.push_back(
        plain("date", "date", [](std::int64_t n) { return "(date '1999-12-31' + " + text(n) + ")"; }));
    kinds.push_back(plain("timestamptz", "timestamptz", [](std::int64_t n) {
        return "(timestamptz '2000-01-01 00:00Z' + " + text(n) + " * interval '1.000001 s')";
    }));
    kinds.push_back(plain("decimal", "numeric", [](std::int64_t n) {
        return text(n) + "." + text(n % 4 * 25 + 1) + (n % 2 == 0 ? "00" : "");
    }));
    kinds.push_back(
        plain("bytea", "bytea", [](std::int64_t n) { return "'\\x00" + hex_of(n, 12) + "ff'::bytea"; }));
    KeyKind descending = plain("descending", "integer NOT NULL", number);
    descending.constraint = "";
    descending.after = {"CREATE UNIQUE INDEX \"@_desc\" ON # (id DESC)"};
    kinds.push_back(descending);
    kinds.push_back(named(plain("", "integer", number), "quoted", "", "Order Items", "Order \"Id\"",
                          "\"Order \"\"Id\"\"\""));
    kinds.push_back(named(plain("", "integer", number), "reserved", "", "select", "from", "\"from\""));
    kinds.push_back(
        named(plain("", "integer", number), "unicode", "", "größe_注文", "schlüssel", "\"schlüssel\""));
    KeyKind schema =
        named(plain("", "bigint", number), "schema_qualified", "Sales Data", "orders", "id", "id");
    schema.before = {"CREATE SCHEMA \"Sales Data\""};
    kinds.push_back(schema);
    KeyKind unique = plain("unique_not_null", "text NOT NULL", word);
    unique.constraint = "CONSTRAINT \"@_key\" UNIQUE (id)";
    kinds.push_back(unique);
    return kinds;
}

std::vector<KeyKind> mysql_keys(Flavor flavor) {
    const auto unnamed = [](KeyKind kind) {
        kind.constraint = kind.columns.size() > 1 ? "PRIMARY KEY (region, code)" : "PRIMARY KEY (id)";
        return kind;
    };
    std::vector<KeyKind> kinds{integer_key(flavor)};
    kinds.push_back(unnamed(plain("bigint", "bigint NOT NULL", spread_big)));
    kinds.push_back(unnamed(plain("bigint_unsigned", "bigint unsigned NOT NULL",
                                  [](std::int64_t n) { return text(n) + " + 18446744073708000000"; })));
    kinds.push_back(unnamed(composite("varchar(40)")));
    const auto slashed = [](std::int64_t n) {
        return "'key ''" + text(n % 13) + "'' \\\\ %_" + text(n) + "'";
    };
    kinds.push_back(unnamed(plain("text", "varchar(60) COLLATE utf8mb4_bin NOT NULL", slashed)));
    kinds.push_back(
        unnamed(ignoring_case("case_insensitive", "varchar(60) COLLATE utf8mb4_general_ci NOT NULL")));
    kinds.push_back(unnamed(
        plain("uuid", flavor == Flavor::mariadb ? "uuid NOT NULL" : "char(36) CHARACTER SET ascii NOT NULL",
              uuid)));
    kinds.push_back(unnamed(plain("date", "date NOT NULL", [](std::int64_t n) {
        return "DATE_ADD('1999-12-31', INTERVAL " + text(n) + " DAY)";
    })));
    kinds.push_back(unnamed(plain("decimal", "decimal(20,4) NOT NULL",
                                  [](std::int64_t n) { return text(n) + "." + text(n % 4 * 25 + 1); })));
    kinds.push_back(unnamed(plain("varbinary", "varbinary(16) NOT NULL",
                                  [](std::int64_t n) { return "x'00" + hex_of(n, 12) + "ff'"; })));
    KeyKind descending = unnamed(plain("descending", "integer NOT NULL", number));
    descending.constraint = "PRIMARY KEY (id DESC)";
    kinds.push_back(descending);
    kinds.push_back(named(plain("", "integer NOT NULL", number), "quoted", "", "Order Items", "Order `Id`",
                          "`Order ``Id```"));
    kinds.push_back(named(plain("", "integer NOT NULL", number), "reserved", "", "select", "from", "`from`"));
    kinds.push_back(named(plain("", "integer NOT NULL", number), "unicode", "", "größe_注文", "schlüssel",
                          "`schlüssel`"));
    KeyKind unique = unnamed(plain("unique_not_null", "varchar(60) COLLATE utf8mb4_bin NOT NULL", slashed));
    unique.constraint = "UNIQUE KEY id_key (id)";
    kinds.push_back(unique);
    return kinds;
}

} // namespace

KeyKind integer_key(Flavor flavor) {
    KeyKind kind = plain("integer", is_mysql_like(flavor) ? "integer NOT NULL" : "integer", number);
    if (is_mysql_like(flavor)) {
        kind.constraint = "PRIMARY KEY (id)";
    }
    kind.integer = flavor != Flavor::sqlite; // there it is the rowid, and no other type is
    return kind;
}

std::vector<KeyKind> key_kinds(Flavor flavor) {
    switch (flavor) {
    case Flavor::sqlite:
        return sqlite_keys();
    case Flavor::postgres:
        return postgres_keys();
    case Flavor::mariadb:
    case Flavor::mysql:
        return mysql_keys(flavor);
    }
    return {};
}

} // namespace turntable::test
