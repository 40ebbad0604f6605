#include "support/kinds.hpp"

namespace turntable::test {
namespace {

// A text with a quote, a backslash, a line end, blanks at the end and characters of two to four bytes.
const std::string hard_text = "it''s a \"test\" \\ % _ ä € 😀 {} $1 ? :x  ";

std::vector<ColumnKind> sqlite_columns() {
    return {
        {"integers",
         {column("c_int", "integer", {"NULL", "0", "-1", "9223372036854775807", "-9223372036854775808"}),
          column("c_bool", "boolean NOT NULL", {"0", "1"})}},
        {"floats",
         {column("c_real", "real",
                 {"NULL", "0.1", "-0.0", "0.0", "1e308", "-5e-324", "0.1 + 0.2", "9e999", "3"})}},
        {"text",
         {column("c_text", "text",
                 {"NULL", "''", "'" + hard_text + "'", "'a' || char(0) || 'b'", "'Abc'", "'abc'"}),
          column("c_nocase", "text COLLATE NOCASE", {"'Abc'", "'ABC'", "'abc'", "'abc '"}),
          column("c_long", "varchar(10)", {"printf('%.*c', 20000, 'x')", "'short'"})}},
        {"blobs", {column("c_blob", "blob", {"NULL", "x''", "x'00'", "x'00ff27225c'", "zeroblob(5000)"})}},
        {"any_type",
         {column("c_any", "", {"NULL", "1", "1.0", "'1'", "x'31'", "'1.0'"}),
          column("c_num", "numeric", {"'abc'", "12", "12.5", "x'00'", "NULL"})}},
        {"json_and_dates",
         {column("c_json", "json",
                 {"NULL", "'{}'", "'{\"a\": [1, 2.50, null], \"b\":\"ü\"}'",
                  "'{\"b\":\"ü\",\"a\":[1,2.5,null]}'"}),
          column("c_time", "timestamp",
                 {"NULL", "'2024-02-29 23:59:59.999'", "'2024-02-29T23:59:59.999'", "1709251199"})}},
        {"defaults_and_checks",
         {column("c_default", "integer NOT NULL DEFAULT (7)", {"7", "8", "-1"}),
          column("c_check", "text CHECK (c_check <> 'never' OR c_check IS NULL)", {"'x'", "NULL"})}},
    };
}

std::vector<ColumnKind> postgres_columns() {
    return {
        {"integers",
         {column("c_small", "smallint", {"NULL", "0", "-32768", "32767"}),
          column("c_big", "bigint", {"NULL", "9223372036854775807", "-9223372036854775808"}),
          column("c_bool", "boolean NOT NULL", {"true", "false"})}},
        {"floats",
         {column(
              "c_double", "double precision",
              {"NULL", "0.1", "'-0'", "0", "1e308", "-5e-324", "0.1::float8 + 0.2", "'NaN'", "'-Infinity'"}),
          column("c_float", "real", {"NULL", "1.005", "123456.78", "'NaN'", "'-0'", "3.4e38"})}},
        {"numerics",
         {column("c_numeric", "numeric",
                 {"NULL", "1", "1.0", "1.00", "'NaN'", "12345678901234567890.123456789", "-0.0001"}),
          column("c_money", "numeric(20,4)", {"0", "1.5", "-9999999999999999.9999"})}},
        {"text",
         {column("c_text", "text",
                 {"NULL", "''", "'" + hard_text + "'", "repeat('x', 20000)", "'Abc'", "'abc'"}),
          column("c_char", "char(8)", {"'a'", "'a  '", "NULL"}),
          column("c_varchar", "varchar(40) COLLATE \"C\"", {"'a'", "'a '", "'ä'", "NULL"})}},
        {"bytea",
         {column("c_bytea", "bytea",
                 {"NULL", "''", "'\\x00'", "'\\x00ff275c22'", "decode(repeat('00', 5000), 'hex')"})}},
        {"dates",
         {column("c_date", "date",
                 {"NULL", "'2024-02-29'", "'0044-03-15 BC'", "'infinity'", "'5874897-12-31'"}),
          column("c_ts", "timestamp", {"NULL", "'2024-02-29 23:59:59.999999'", "'-infinity'"}),
          column("c_tstz", "timestamptz", {"NULL", "'2024-10-27 02:30:00+02'", "'2024-10-27 02:30:00+01'"}),
          column("c_interval", "interval", {"NULL", "'1 day'", "'24 hours'", "'1 mon -1 day'"}),
          column("c_time", "time", {"NULL", "'24:00:00'", "'00:00:00.000001'"})}},
        {"json",
         {column("c_json", "json",
                 {"NULL", "'{}'", "'{\"b\": 1,  \"a\": 2.50}'", "'{\"a\": 2.50, \"b\": 1}'", "'null'"}),
          column("c_jsonb", "jsonb", {"NULL", "'{}'", "'{\"a\": 1.0}'", "'{\"a\": 1.00}'", "'[null]'"})}},
        {"others",
         {column(
              "c_uuid", "uuid",
              {"NULL", "'00000000-0000-0000-0000-000000000000'", "'ffffffff-ffff-ffff-ffff-ffffffffffff'"}),
          column("c_array", "integer[]", {"NULL", "'{}'", "'{1,NULL,3}'", "'[0:1]={1,2}'"}),
          column("c_inet", "inet", {"NULL", "'::1'", "'10.0.0.1/8'"}),
          column("c_point", "point", {"NULL", "'(1,2)'", "'(1.0000000001,2)'"}),
          column("c_range", "int4range", {"NULL", "'empty'", "'[1,5)'", "'(,)'"}),
          column("c_bits", "bit varying(9)", {"NULL", "B''", "B'101'"}),
          column("c_xid", "xid", {"NULL", "'5'"})}},
        {"generated",
         {column("c_base", "integer", {"1", "2", "NULL"}),
          column("c_default", "text NOT NULL DEFAULT 'new'::text", {"'x'", "'y'", "DEFAULT"})}},
    };
}

std::vector<ColumnKind> mysql_columns() {
    const std::string text = "'it''s a \"test\" \\\\ % _ ä € 😀 {} $1 ? :x  '";
    return {
        {"integers",
         {column("c_tiny", "tinyint unsigned", {"NULL", "0", "255"}),
          column("c_big", "bigint unsigned", {"NULL", "18446744073709551615", "0"}),
          column("c_bool", "boolean NOT NULL", {"true", "false"}),
          column("c_bit", "bit(9)", {"NULL", "b'101010101'", "b'0'"})}},
        {"floats",
         {column("c_double", "double", {"NULL", "0.1", "-0e0", "0", "1e308", "-5e-324", "0.1e0 + 0.2e0"})}},
        {"numerics",
         {column("c_decimal", "decimal(65,30)", {"NULL", "1", "1.00", "-12345678901234567890.123456789"}),
          column("c_money", "decimal(20,4) NOT NULL", {"0", "1.5", "-9999999999999999.9999"})}},
        {"text",
         {column("c_text", "text CHARACTER SET utf8mb4",
                 {"NULL", "''", text, "repeat('x', 20000)", "'Abc'", "'abc'", "'abc '"}),
          column("c_varchar", "varchar(40) COLLATE utf8mb4_bin", {"'a'", "'a '", "'ä'", "NULL"}),
          column("c_char", "char(8)", {"'a'", "'a  '", "NULL"}),
          column("c_latin", "varchar(40) CHARACTER SET latin1", {"'é'", "'e'", "'E'", "NULL"})}},
        {"blobs",
         {column("c_blob", "blob", {"NULL", "''", "x'00'", "x'00ff275c22'", "repeat(x'00', 5000)"}),
          column("c_varbinary", "varbinary(20)", {"NULL", "x'00'", "x'0000'", "'a '"})}},
        {"dates",
         {column("c_date", "date", {"NULL", "'2024-02-29'", "'9999-12-31'", "'1000-01-01'"}),
          column("c_datetime", "datetime(6)", {"NULL", "'2024-02-29 23:59:59.999999'"}),
          column("c_timestamp", "timestamp(3) NULL", {"NULL", "'2024-10-27 01:30:00.123'"}),
          column("c_time", "time(6)", {"NULL", "'-838:59:58.999999'", "'838:59:58'"}),
          column("c_year", "year", {"NULL", "1901", "2155"})}},
        {"json",
         {column("c_json", "json", {"NULL", "'{}'", "'{\"a\": [1, 2.50, null], \"b\":\"ü\"}'", "'null'"})}},
        {"enums",
         {column("c_enum", "enum('a','b','it''s')", {"NULL", "'a'", "'it''s'"}),
          column("c_set", "set('x','y','z')", {"NULL", "''", "'x,z'"}),
          column("c_default", "varchar(20) NOT NULL DEFAULT 'new'", {"'x'", "DEFAULT"})}},
    };
}

} // namespace

std::vector<ColumnKind> column_kinds(Flavor flavor) {
    switch (flavor) {
    case Flavor::sqlite:
        return sqlite_columns();
    case Flavor::postgres:
        return postgres_columns();
    case Flavor::mariadb:
    case Flavor::mysql:
        return mysql_columns();
    }
    return {};
}

} // namespace turntable::test
