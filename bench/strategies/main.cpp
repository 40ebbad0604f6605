// Compares strategies of one change (a float amount becomes cents) on one database, side by side in one run.
#include <cstdio>
#include <fstream>
#include <iostream>

#include <boost/program_options.hpp>
#include <fmt/core.h>

#include "report.hpp"
#include "turntable/engines.hpp"
#include "turntable/url.hpp"

namespace {

namespace po = boost::program_options;
using turntable::bench::Bench;

struct Request {
    Bench bench;
    std::string title, json_file;
};

Request parse(int argc, char** argv) {
    Request request;
    Bench& bench = request.bench;
    bool pt_osc = false;
    po::options_description options{"Usage: turntable_strategy_bench --url URL [options]"};
    options.add_options()("help,h", "this text");
    options.add_options()("url", po::value(&bench.url)->required(), "a database that the bench may fill");
    options.add_options()("title", po::value(&request.title), "of the report");
    options.add_options()("rows", po::value(&bench.rows)->default_value(1'000'000), "of the table");
    options.add_options()("writes", po::value(&bench.writes_per_second)->default_value(300),
                          "a second, beside each strategy; 0: measure alone only");
    options.add_options()("workers", po::value(&bench.workers)->multitoken(), "to compare");
    options.add_options()("chunk-times", po::value(&bench.chunk_times)->multitoken(),
                          "to compare, like 100ms 500ms");
    options.add_options()("only", po::value(&bench.only), "strategies whose name contains this");
    options.add_options()("rounds", po::value(&bench.rounds)->default_value(1),
                          "of everything; the middle one of each strategy is reported");
    options.add_options()("pt-osc", po::bool_switch(&pt_osc),
                          "also pt-online-schema-change (MySQL, MariaDB)");
    options.add_options()("json", po::value(&request.json_file), "write the figures there too");
    po::variables_map values;
    po::store(po::parse_command_line(argc, argv, options), values);
    if (values.contains("help")) {
        std::cout << options;
        std::exit(0);
    }
    po::notify(values);
    if (bench.rounds < 1) {
        throw po::error{"--rounds must be at least 1"};
    }
    bench.pt_osc = pt_osc ? Bench::Peer::yes : Bench::Peer::no;
    return request;
}

int run(const Request& request) {
    const auto engine = turntable::make_engine(turntable::Url::parse(request.bench.url));
    const auto measurements = turntable::bench::measure_all(*engine, request.bench);
    const std::string title = request.title.empty() ? std::string{engine->traits().name} : request.title;
    std::fputs(turntable::bench::markdown(title, measurements).c_str(), stdout);
    if (!request.json_file.empty()) {
        std::ofstream{request.json_file} << turntable::bench::json(title, measurements) << '\n';
    }
    for (const auto& measurement : measurements) {
        if (!measurement.error.empty()) {
            return 1;
        }
    }
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    try {
        return run(parse(argc, argv));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "turntable_strategy_bench: %s\n", error.what());
        return 2;
    }
}
