#include <functional>

#include <gtest/gtest.h>

#include "change/parse.hpp"
#include "turntable/conversion_rules.hpp"
#include "turntable/error.hpp"

namespace turntable::change {
namespace {

std::string error_of(const std::function<void()>& act, ErrorKind kind = ErrorKind::usage) {
    try {
        act();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), kind) << error.what();
        return error.what();
    }
    ADD_FAILURE() << "nothing was thrown";
    return {};
}

TEST(ParseConversion, ReadsARuleWithItsParameters) {
    const Conversion asked =
        parse_conversion("amount=cents,round=half_even,inexact=report,into=amount_cents,nan=null");
    EXPECT_EQ(asked.column, "amount");
    EXPECT_EQ(asked.rule, "cents");
    EXPECT_EQ(asked.round, Rounding::half_even);
    EXPECT_EQ(asked.inexact, InexactPolicy::report);
    EXPECT_EQ(asked.into, "amount_cents");
    EXPECT_EQ(asked.nan, BadValuePolicy::null);
    EXPECT_EQ(asked.overflow, BadValuePolicy::fail);
    EXPECT_FALSE(asked.scale);
}

TEST(ParseConversion, ReadsExpressionsWithCommasAndQuotes) {
    const Conversion asked = parse_conversion(
        "state=using,type=int64,expr='coalesce(nullif(state, ''none''), 1)',inverse=state + 1");
    EXPECT_EQ(asked.expr, "coalesce(nullif(state, 'none'), 1)");
    EXPECT_EQ(asked.inverse, "state + 1");
    EXPECT_EQ(asked.type, "int64");
}

TEST(ParseConversion, ReadsQuotedColumnNames) {
    EXPECT_EQ(parse_conversion("\"a=b, \"\"c\"\"\"=cents,same_name=accept").column, "a=b, \"c\"");
}

TEST(ParseConversion, ReadsEveryRoundingByItsName) {
    for (const char* const name :
         {"half_even", "half_up", "half_down", "up", "down", "ceiling", "floor", "exact_only"}) {
        const Conversion asked = parse_conversion("a=minor_units,scale=3,round=" + std::string{name});
        EXPECT_EQ(to_string(asked.round.value()), name);
        EXPECT_EQ(asked.scale, 3);
    }
}

TEST(ParseConversion, RefusesWhatItCannotRead) {
    for (const char* const text : {"",
                                   "amount",
                                   "amount=",
                                   "=cents",
                                   "amount=cents,",
                                   "amount=cents,round",
                                   "amount=cents,round=",
                                   "amount=cents,round=nearest",
                                   "amount=cents,round=up,round=up",
                                   "amount=nonsense",
                                   "amount=minor_units",
                                   "amount=minor_units,scale=10",
                                   "amount=minor_units,scale=x",
                                   "amount=cents,scale=3",
                                   "amount=cents,colour=red",
                                   "amount=cents,inexact=accept",
                                   "amount=cents,inexact=report,round=exact_only",
                                   "amount=using",
                                   "amount=using,expr='a",
                                   "amount=using,expr='a'b",
                                   "\"amount=cents",
                                   "amount=cents,keep=maybe",
                                   "amount=cents,keep=yes",
                                   "amount=cents,malformed=zero",
                                   "amount=using,expr=a,round=up",
                                   "amount=decimal",
                                   "amount=decimal,type=int64",
                                   "amount=integer",
                                   "amount=integer,type=int32,inexact=report",
                                   "amount=from_minor_units,type='decimal(9,1)'",
                                   "amount=epoch",
                                   "amount=timestamp,unit=h",
                                   "amount=fill",
                                   "amount=date,format=YY-MM-DD",
                                   "amount=enum",
                                   "amount=lookup,map='a:1'",
                                   "amount=lookup,map='a',type=int16",
                                   "amount=boolean,true=x,false=x",
                                   "amount=charset",
                                   "amount=collation",
                                   "amount=collation,to=C,malformed=null",
                                   "amount=json,keep=yes,into=b",
                                   "amount=json,duplicates=first"}) {
        EXPECT_THROW((void)parse_conversion(text), Error) << text;
    }
}

TEST(ParseConversion, RefusesByNameWhatIsNotBuilt) {
    for (const char* const text :
         {"a=decimal,type='decimal(40,2)'", "a=cents,into=b,keep=yes,nan=quarantine"}) {
        const std::string message = error_of([&] { (void)parse_conversion(text); }, ErrorKind::refused);
        EXPECT_NE(message.find("does not support"), std::string::npos) << message;
    }
}

TEST(ParseConversion, TakesAReplacementThatTheTargetCanHold) {
    for (const char* const text :
         {"a=cents,nan=quarantine", "a=cents,inexact=quarantine,round=half_up",
          "a=cents,overflow=quarantine,replacement=-1",
          "a=integer,type=int16,malformed=quarantine,replacement=-32768",
          "a=decimal,type='decimal(4,2)',nan=quarantine,replacement=99.99",
          "a=date,malformed=quarantine,replacement=1970-01-01",
          "a=boolean,malformed=quarantine,replacement=false",
          "a=timestamp,unit=ms,overflow=quarantine,replacement=1970-01-01 00:00:00,into=b",
          "a=enum,values='x;y',type=t,malformed=quarantine,replacement=y",
          "a=uuid,malformed=quarantine,replacement=00000000-0000-0000-0000-000000000000",
          "a=json,malformed=quarantine,replacement='{\"a\":[]}'",
          "a=charset,to=latin1,malformed=quarantine,replacement='?'"}) {
        EXPECT_TRUE(quarantines(parse_conversion(text))) << text;
    }
    for (const char* const text :
         {"a=cents,replacement=0", "a=cents,nan=null,replacement=0", "a=cents,nan=quarantine,replacement=1.5",
          "a=integer,type=int16,malformed=quarantine,replacement=32768",
          "a=decimal,type='decimal(4,2)',nan=quarantine,replacement=100",
          "a=decimal,type='decimal(4,2)',nan=quarantine,replacement=0.001",
          "a=date,malformed=quarantine,replacement=1970-02-30",
          "a=boolean,malformed=quarantine,replacement=maybe",
          "a=timestamp,unit=ms,overflow=quarantine,replacement=yesterday",
          "a=enum,values='x;y',type=t,malformed=quarantine,replacement=z",
          "a=uuid,malformed=quarantine,replacement=0", "a=json,malformed=quarantine,replacement={a:1}",
          "a=charset,to=latin1,malformed=quarantine,replacement=é", "a=cents,inexact=quarantine",
          "a=cents,malformed=perhaps"}) {
        (void)error_of([&] { (void)parse_conversion(text); }, ErrorKind::usage);
    }
}

TEST(ParseConversion, ExamplesOfTheVocabularyAreValid) {
    for (const ConversionRule& rule : conversion_rules()) {
        EXPECT_EQ(parse_conversion(rule.example).rule, rule.name);
    }
}

TEST(CheckRequest, AChangeOfUnitNeedsANewNameOrConsent) {
    ChangeRequest request;
    request.table.name = "payments";
    request.conversions = {parse_conversion("amount=cents")};
    const std::string message = error_of([&] { check_request(request); }, ErrorKind::refused);
    EXPECT_NE(message.find("amount"), std::string::npos);
    request.conversions = {parse_conversion("amount=cents,into=amount")};
    EXPECT_THROW(check_request(request), Error);
    for (const char* const text : {"amount=cents,into=amount_cents", "amount=cents,same_name=accept",
                                   "amount=using,expr=amount * 2"}) {
        request.conversions = {parse_conversion(text)};
        EXPECT_NO_THROW(check_request(request)) << text;
    }
    request.conversions = {parse_conversion("amount=cents")};
    request.operations = {RenameColumn{"amount", "amount_cents"}};
    EXPECT_NO_THROW(check_request(request));
}

TEST(CheckRequest, AColumnHasOneConversion) {
    ChangeRequest request;
    request.table.name = "payments";
    request.conversions = {parse_conversion("amount=cents,into=a")};
    request.operations = {ChangeColumn{"amount", "int64", {}, parse_conversion("amount=cents,into=b"), {}}};
    EXPECT_NE(error_of([&] { check_request(request); }).find("two conversions"), std::string::npos);
}

TEST(CheckRequest, ARequestNamesATableAndAsksForSomething) {
    ChangeRequest request;
    (void)error_of([&] { check_request(request); });
    request.table.name = "payments";
    (void)error_of([&] { check_request(request); });
}

constexpr const char* every_kind = R"toml(
        description = "all of them"
        [[op]]
        kind = "add_column"
        table = "shop.payments"
        column = "note"
        type = "varchar(40) NOT NULL"
        default = "'none'"
        [[op]]
        kind = "drop_column"
        column = "old"
        [[op]]
        kind = "rename_column"
        column = "a"
        to = "b"
        [[op]]
        kind = "change_column"
        table = "shop.payments"
        column = "amount"
        type = "int64 not null"
        convert = { rule = "cents", round = "half_even", inexact = "report", into = "amount_cents" }
        [[op]]
        kind = "set_not_null"
        column = "state"
        fill = "'open'"
        default = 0
        [[op]]
        kind = "drop_not_null"
        column = "state"
        [[op]]
        kind = "set_default"
        column = "state"
        default = true
        [[op]]
        kind = "drop_default"
        column = "state"
        [[op]]
        kind = "add_check"
        name = "positive"
        expression = "amount > 0"
        [[op]]
        kind = "add_unique"
        name = "u"
        columns = ["a", "b"]
        [[op]]
        kind = "add_foreign_key"
        name = "fk"
        columns = ["customer"]
        references = "customers"
        referenced_columns = ["id"]
        on_delete = "set null"
        [[op]]
        kind = "drop_constraint"
        name = "c"
        [[op]]
        kind = "add_index"
        name = "i"
        columns = ["lower(a)", "b desc"]
        unique = true
        where = "b > 0"
        [[op]]
        kind = "drop_index"
        name = "i2"
        [[op]]
        kind = "set_primary_key"
        columns = ["id"]
    )toml";

TEST(ChangeFile, ReadsEveryKindOfOperation) {
    const ChangeRequest request = parse_change_text(every_kind, "change.toml");
    EXPECT_EQ(request.table.display(), "shop.payments");
    ASSERT_EQ(request.operations.size(), 15U);
    const auto& add = std::get<AddColumn>(request.operations[0]);
    EXPECT_EQ(add.type, "varchar(40)");
    EXPECT_FALSE(add.nullable);
    EXPECT_EQ(add.default_sql, "'none'");
    const auto& change = std::get<ChangeColumn>(request.operations[3]);
    EXPECT_EQ(change.type, "int64");
    EXPECT_EQ(change.nullable, false);
    ASSERT_TRUE(change.convert);
    EXPECT_EQ(change.convert->column, "amount");
    EXPECT_EQ(change.convert->type, "int64");
    EXPECT_EQ(change.convert->round, Rounding::half_even);
    EXPECT_EQ(change.convert->into, "amount_cents");
    EXPECT_EQ(std::get<SetNotNull>(request.operations[4]).default_sql, "0");
    EXPECT_EQ(std::get<SetDefault>(request.operations[6]).default_sql, "true");
    EXPECT_EQ(std::get<AddForeignKey>(request.operations[10]).on_delete, "set null");
    EXPECT_TRUE(std::get<AddIndex>(request.operations[12]).unique);
}

TEST(ChangeFile, ShowsTheLineOfWhatItRefuses) {
    const auto message = [](const std::string& text) {
        return error_of([&] { (void)parse_change_text(text, "f.toml"); });
    };
    const std::string drop = "[[op]]\nkind = \"drop_column\"\ncolumn = \"a\"\n";
    EXPECT_NE(message(drop + "colour = 1\n").find("f.toml, line 4: unknown key 'colour'"), std::string::npos);
    EXPECT_NE(message("\nopp = 1\n").find("line 2: unknown key 'opp'"), std::string::npos);
    EXPECT_NE(message("[[op]]\nkind = \"explode\"\n").find("line 1: there is no operation named 'explode'"),
              std::string::npos);
    EXPECT_NE(message("[[op]]\nkind = \"drop_column\"\n").find("line 1: the operation lacks column"),
              std::string::npos);
    EXPECT_NE(message("a = \n").find("f.toml, line 1"), std::string::npos);
    EXPECT_NE(
        message("[[op]]\nkind = \"drop_column\"\ntable = \"a\"\ncolumn = \"x\"\n" + drop + "table = \"b\"\n")
            .find("one change is on one table"),
        std::string::npos);
    EXPECT_NE(
        message("[[op]]\nkind = \"change_column\"\ncolumn = \"x\"\nconvert = { rule = \"cents\", hue = 1 }\n")
            .find("takes no hue="),
        std::string::npos);
    EXPECT_NE(message("[[op]]\nkind = \"set_primary_key\"\ncolumns = [1]\n").find("line 3"),
              std::string::npos);
    EXPECT_NE(message("description = \"x\"\n").find("no [[op]]"), std::string::npos);
}

TEST(ChangeFile, AMissingFileIsAnError) {
    EXPECT_NE(error_of([] { (void)parse_change_file("/nonexistent/change.toml"); }).find("/nonexistent"),
              std::string::npos);
    EXPECT_THROW((void)parse_change_file("/"), Error);
}

TEST(Combine, RefusesTwoTables) {
    ChangeRequest request;
    request.table.name = "a";
    ChangeRequest more;
    more.alter_clauses = {"DROP COLUMN x"};
    combine(request, more);
    EXPECT_EQ(request.alter_clauses.size(), 1U);
    more.table.name = "b";
    EXPECT_THROW(combine(request, more), Error);
}

TEST(TableNames, AreReadWithSchemaAndQuotes) {
    EXPECT_EQ(parse_table_name("payments"), (TableName{"", "payments"}));
    EXPECT_EQ(parse_table_name("shop.Payments"), (TableName{"shop", "Payments"}));
    EXPECT_EQ(parse_table_name("\"a.b\".\"c\"\"d\""), (TableName{"a.b", "c\"d"}));
    for (const char* const text : {"", ".", "a.", ".b", "a.b.c", "\"a", "\"a\"b", "\"\""}) {
        EXPECT_THROW((void)parse_table_name(text), Error) << text;
    }
}

TEST(Durations, HaveAUnit) {
    EXPECT_EQ(parse_duration("500ms"), Millis{500});
    EXPECT_EQ(parse_duration("2s"), Millis{2000});
    EXPECT_EQ(parse_duration("1.5m"), Millis{90'000});
    EXPECT_EQ(parse_duration("24h"), Millis{86'400'000});
    EXPECT_EQ(parse_duration("7d"), Millis{604'800'000});
    EXPECT_EQ(parse_duration("0.1ms"), Millis{1});
    EXPECT_EQ(parse_duration("0.3s"), Millis{300});
    EXPECT_EQ(parse_duration("0"), Millis{0});
    for (const char* const text :
         {"", "5", "-1s", "1 s", "s", "1e3s", "infs", "nan", "1sec", "99999999999d", "+1s"}) {
        EXPECT_THROW((void)parse_duration(text), Error) << text;
    }
}

// `--convert` and `convert = {…}` are one vocabulary.
TEST(Convert, MeansTheSameOnTheCommandLineAndInAFile) {
    const Conversion line = parse_conversion(
        "amount=cents,round=half_up,inexact=report,into=amount_cents,keep=yes,nan=null,type=int64");
    const ChangeRequest file = parse_change_text(R"([[op]]
kind = "change_column"
table = "payments"
column = "amount"
type = "int64"
convert = { rule = "cents", round = "half_up", inexact = "report", into = "amount_cents", keep = true, nan = "null" }
)",
                                                 "change.toml");
    const Conversion& read = std::get<ChangeColumn>(file.operations.at(0)).convert.value();
    EXPECT_EQ(read.column, line.column);
    EXPECT_EQ(read.rule, line.rule);
    EXPECT_EQ(read.round, line.round);
    EXPECT_EQ(read.inexact, line.inexact);
    EXPECT_EQ(read.into, line.into);
    EXPECT_TRUE(read.keep && line.keep);
    EXPECT_EQ(read.nan, line.nan);
    EXPECT_EQ(read.type, line.type);
}

} // namespace
} // namespace turntable::change
