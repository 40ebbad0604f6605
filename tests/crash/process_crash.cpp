#include "crash/process_crash.hpp"
#include "support/depth.hpp"

#include <thread>

namespace turntable::test {

int rounds(int quick, int full) {
    return full_depth() ? full : quick;
}

namespace {

// On MySQL and MariaDB a user of the tool's own, so that its sessions can be told from the writers'.
std::string tool_url(TestDatabase& database) {
    std::string url = database.url();
    if (is_mysql_like(database.flavor())) {
        database.exec({"CREATE USER IF NOT EXISTS 'tt_tool'@'%' IDENTIFIED BY ''",
                       "GRANT ALL ON *.* TO 'tt_tool'@'%' WITH GRANT OPTION"});
        const std::size_t from = url.find("://") + 3;
        url.replace(from, url.find('@') - from, "tt_tool");
    }
    return url;
}

} // namespace

DisturbedChange::DisturbedChange(const Server& server)
    : database_(server),
      tool_(tool_url(database_)),
      change_(change_named(change_kinds(database_.flavor()), "several_at_once")),
      model_(make_model(database_.flavor(), integer_key(database_.flavor()), nullptr, change_)) {
    old_shape_ = new_shape_ = same_shape(model_);
    change_.effect(new_shape_);
    database_.exec(model_.create());
    before_ = catalog_image(database_.flavor(), database_.client());
    writers_ = std::make_unique<Writers>(
        database_, model_,
        WriterOptions{.rows = 6000, .pause = std::chrono::microseconds{1500}, .looks_at_shape = true});
    writers_->fill();
    writers_->start();
}

std::unique_ptr<Process> DisturbedChange::start() {
    std::vector<std::string> arguments = arguments_of(model_, change_);
    arguments.insert(arguments.end(), {"--execute", "--yes", "--format", "json", "--chunk-time", "5ms"});
    return tool_.start(arguments);
}

void DisturbedChange::stall(Process& process) {
    if (database_.flavor() != Flavor::sqlite) {
        process.send(SIGSTOP);
        return;
    }
    writers_->hold();
    const auto probe = database_.open();
    probe->query("PRAGMA busy_timeout = 0");
    for (bool free = false; !free;) {
        process.send(SIGSTOP);
        try {
            probe->query("BEGIN IMMEDIATE");
            probe->query("ROLLBACK");
            free = true;
        } catch (const ClientError&) {
            process.send(SIGCONT);
            std::this_thread::sleep_for(std::chrono::milliseconds{3});
        }
    }
    writers_->proceed();
}

void DisturbedChange::cut_sessions() {
    if (database_.flavor() == Flavor::postgres) {
        database_.client().query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
                                 "current_database() AND application_name LIKE 'turntable%'");
        return;
    }
    // Id, User, …: information_schema cannot be read on MySQL while a statement holds characters beyond
    // utf8mb3.
    for (const auto& row : database_.client().query("SHOW PROCESSLIST").rows) {
        if (row[1] != "tt_tool") {
            continue;
        }
        try {
            database_.client().query("KILL " + *row[0]);
        } catch (const ClientError&) { // it ended by itself meanwhile
        }
    }
}

nlohmann::json DisturbedChange::job() const {
    const nlohmann::json lines = tool_.jobs();
    return lines.empty() ? nlohmann::json() : lines[0];
}

void DisturbedChange::check_rows(bool changed) {
    writers_->hold();
    EXPECT_THAT(differences(database_.client(), model_, changed ? new_shape_ : old_shape_),
                testing::IsEmpty());
    EXPECT_THAT(writers_->complaints(), testing::IsEmpty());
    writers_->proceed();
}

void DisturbedChange::finish_and_check() {
    const nlohmann::json line = job();
    ToolRun run;
    if (line.is_null()) {
        run = Tool::finish(*start());
    } else {
        run = tool_.json({"resume", line["job"]});
    }
    EXPECT_EQ(run.exit_code, 0) << run.text();
    EXPECT_EQ(job().value("state", ""), "swapped") << run.text();
    check_rows(true);
}

void DisturbedChange::abort_and_check() {
    const nlohmann::json line = job();
    if (!line.is_null() && line["state"] == "swapped") {
        check_rows(true);
        return;
    }
    if (!line.is_null()) {
        ToolRun run = tool_.json({"abort", line["job"]});
        if (run.exit_code == 2) { // killed between the swap and its last word: it is taken back instead
            check_rows(true);
            run = tool_.json({"revert", line["job"]});
            EXPECT_EQ(run.exit_code, 0) << run.text();
            run = tool_.json({"finalize", line["job"]});
        } else {
            EXPECT_EQ(job().value("state", ""), "aborted") << run.text();
        }
        EXPECT_EQ(run.exit_code, 0) << run.text();
    } else if (is_mysql_like(database_.flavor())) {
        // Planning there learns on an empty clone; one that was killed leaves it to the next.
        EXPECT_EQ(tool_.run(arguments_of(model_, change_)).exit_code, 0);
    }
    check_rows(false);
    const auto now = catalog_image(database_.flavor(), database_.client());
    EXPECT_THAT(image_changes(before_, now), testing::IsEmpty());
}

} // namespace turntable::test
