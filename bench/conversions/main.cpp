// What the exact conversion of money costs on one database: the program's own expression (a cheap exact test,
// decimals for the rest) against decimals for every row, and against the naive round(x * 100), with the rows
// in which the naive one errs.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

#include <boost/program_options.hpp>
#include <fmt/core.h>

#include "turntable/blueprint.hpp"
#include "turntable/engine.hpp"
#include "turntable/engines.hpp"

namespace {

namespace po = boost::program_options;
using namespace turntable;

struct Variant {
    std::string name, sql; // over the column amount
};

const EngineFactory& factory_of(const Url& url) {
    for (const EngineFactory& factory : engine_factories()) {
        if (factory.scheme == url.scheme) {
            return factory;
        }
    }
    throw Error{ErrorKind::usage, "unknown_engine", "no engine serves " + url.scheme};
}

std::vector<Variant> variants_of(const EngineFactory& factory) {
    Conversion cents;
    cents.column = "amount";
    cents.rule = "cents";
    cents.round = Rounding::half_up;
    cents.inexact = InexactPolicy::accept;
    cents.into = "amount_cents";
    std::vector<Variant> variants{
        {"exact test, decimals for the rest", factory.explain(factory.scheme, cents, "float64").forward_sql}};
    if (factory.engine == "postgresql") {
        variants.push_back({"decimals for every row", "round(amount::text::numeric * 100)::bigint"});
        variants.push_back({"naive", "round(amount * 100)::bigint"});
    } else if (factory.engine == "mysql") {
        variants.push_back(
            {"decimals for every row", "CAST(ROUND(CAST(amount AS DECIMAL(65,30)) * 100) AS SIGNED)"});
        variants.push_back({"naive", "CAST(ROUND(amount * 100) AS SIGNED)"});
    } else { // SQLite has no decimals of its own
        variants.push_back({"naive", "CAST(round(amount * 100) AS INTEGER)"});
    }
    return variants;
}

// Every second amount has whole cents, the others end in half a cent.
void fill(Session& session, const EngineFactory& factory, const std::string& table, std::int64_t rows) {
    const std::string real = factory.engine == "postgresql" ? "double precision"
                             : factory.engine == "mysql"    ? "double"
                                                            : "real";
    session.run("DROP TABLE IF EXISTS " + table);
    session.run("CREATE TABLE " + table + " (id bigint NOT NULL PRIMARY KEY, amount " + real + ")");
    session.run("INSERT INTO " + table + " VALUES (0, 0)");
    for (std::int64_t have = 1; have < rows; have *= 2) {
        session.run(fmt::format("INSERT INTO {0} SELECT id + {1}, 0 FROM {0} WHERE id < {2}", table, have,
                                rows - have));
    }
    session.run("UPDATE " + table + " SET amount = (id * 7919 % 2000003) * 0.5 / 100e0");
}

double seconds_of(Session& session, const std::string& table, const std::string& sql, int rounds) {
    std::vector<double> measured;
    for (int i = 0; i < rounds; ++i) {
        const auto start = std::chrono::steady_clock::now();
        (void)session.run("SELECT sum(" + sql + ") FROM " + table);
        measured.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    std::sort(measured.begin(), measured.end());
    return measured[measured.size() / 2];
}

int run(const std::string& url_text, std::int64_t rows, int rounds) {
    const Url url = Url::parse(url_text);
    const EngineFactory& factory = factory_of(url);
    const auto engine = factory.make(url);
    const auto session = engine->open(SessionUse::control);
    // The search_path of the program's sessions is pinned.
    const std::string table =
        std::string{factory.engine == "postgresql" ? "public." : ""} + "bench_conversions";
    fill(*session, factory, table, rows);
    const std::vector<Variant> variants = variants_of(factory);
    fmt::print("| {}, {} rows | ns a row | rows that differ |\n|---|---|---|\n", url.scheme, rows);
    const double nothing = seconds_of(*session, table, "id", rounds);
    for (const Variant& variant : variants) {
        const double taken = seconds_of(*session, table, variant.sql, rounds);
        const std::int64_t differ = session
                                        ->run(fmt::format("SELECT count(*) FROM {} WHERE ({}) <> ({})", table,
                                                          variant.sql, variants[0].sql))
                                        .only_integer();
        fmt::print("| {} | {:.0f} | {} |\n", variant.name,
                   std::max(0.0, taken - nothing) * 1e9 / static_cast<double>(rows), differ);
    }
    session->run("DROP TABLE " + table);
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    try {
        std::string url;
        std::int64_t rows = 0;
        int rounds = 0;
        po::options_description options{"Usage: turntable_conversion_bench --url URL [options]"};
        options.add_options()("help,h", "this text");
        options.add_options()("url", po::value(&url)->required(), "a database that the bench may fill");
        options.add_options()("rows", po::value(&rows)->default_value(2'000'000), "of the table");
        options.add_options()("rounds", po::value(&rounds)->default_value(3), "the middle one is reported");
        po::variables_map values;
        po::store(po::parse_command_line(argc, argv, options), values);
        if (values.contains("help")) {
            std::cout << options;
            return 0;
        }
        po::notify(values);
        if (rows < 1 || rounds < 1) {
            throw po::error{"--rows and --rounds must be at least 1"};
        }
        return run(url, rows, rounds);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "turntable_conversion_bench: %s\n", error.what());
        return 2;
    }
}
