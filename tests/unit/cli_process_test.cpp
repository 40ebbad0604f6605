// The program as a shell sees it: exit codes, what goes to stdout and what to stderr, and what other users
// can see.
#include <cstdlib>
#include <fstream>
#include <iterator>

#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

extern char** environ; // NOLINT: POSIX

namespace turntable::cli {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class Directory {
  public:
    Directory() {
        std::string pattern = testing::TempDir() + "turntable-cli-XXXXXX";
        path_ = mkdtemp(pattern.data());
    }
    ~Directory() { std::system(("rm -rf '" + path_ + "'").c_str()); }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;
    [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

  private:
    std::string path_;
};

std::string contents(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

pid_t start(std::vector<std::string> arguments, const std::string& out, const std::string& err) {
    arguments.insert(arguments.begin(), TURNTABLE_BINARY);
    std::vector<char*> argv;
    for (std::string& argument : arguments) {
        argv.push_back(argument.data());
    }
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions{};
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_addopen(&actions, 2, err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    pid_t pid = 0;
    EXPECT_EQ(posix_spawn(&pid, TURNTABLE_BINARY, &actions, nullptr, argv.data(), environ), 0)
        << "the program cannot be started: " TURNTABLE_BINARY;
    posix_spawn_file_actions_destroy(&actions);
    return pid;
}

int exit_code_of(pid_t pid) {
    if (pid <= 0) {
        return -1;
    }
    int status = 0;
    EXPECT_EQ(waitpid(pid, &status, 0), pid);
    EXPECT_TRUE(WIFEXITED(status));
    return WEXITSTATUS(status);
}

// Opens a pipe for writing as soon as the process reads it; -1 if that process ends first.
int open_for_reader(const std::string& fifo, pid_t reader) {
    while (true) {
        const int opened = open(fifo.c_str(), O_WRONLY | O_NONBLOCK);
        if (opened >= 0 || waitpid(reader, nullptr, WNOHANG) != 0) {
            return opened;
        }
        usleep(5000);
    }
}

struct Ended {
    int exit_code;
    std::string out, err;
};

Ended run_program(const std::vector<std::string>& arguments) {
    const Directory directory;
    const std::string out = directory.file("out");
    const std::string err = directory.file("err");
    const int exit_code = exit_code_of(start(arguments, out, err));
    return {exit_code, contents(out), contents(err)};
}

TEST(Program, PrintsItsVersionOnStdout) {
    const Ended ended = run_program({"--version"});
    EXPECT_EQ(ended.exit_code, 0);
    EXPECT_EQ(ended.out, "turntable " TURNTABLE_VERSION "\n");
    EXPECT_EQ(ended.err, "");
}

TEST(Program, HelpIsAResult) {
    const Ended ended = run_program({"alter", "--help"});
    EXPECT_EQ(ended.exit_code, 0);
    EXPECT_THAT(ended.out, HasSubstr("--execute"));
    EXPECT_EQ(ended.err, "");
}

TEST(Program, WithoutACommandSaysHowToGoOn) {
    const Ended ended = run_program({});
    EXPECT_EQ(ended.exit_code, 2);
    EXPECT_EQ(ended.out, "");
    EXPECT_EQ(ended.err, "turntable: error: no command is given\n  left behind: nothing\n"
                         "  next: `turntable --help` lists commands and options\n");
}

TEST(Program, ErrorsAreJsonOnStdoutWhenJsonIsAskedFor) {
    const Ended ended = run_program({"--format", "json", "alter", "t", "--capture", "sync"});
    EXPECT_EQ(ended.exit_code, 2);
    const auto json = nlohmann::json::parse(ended.out);
    EXPECT_EQ(json["error"]["code"], "bad_option");
    EXPECT_THAT(json["error"]["message"].get<std::string>(), HasSubstr("--capture"));
    EXPECT_EQ(json["error"]["left_behind"], "nothing");
    EXPECT_THAT(ended.err, StartsWith("turntable: error: "));
}

TEST(Program, NeverPrintsAPassword) {
    for (const char* url : {"postgresql://u:secret@127.0.0.1:port/d", "nonsense://u:secret@127.0.0.1/d",
                            "mysql://u:secret@127.0.0.1:1/d"}) {
        const Ended ended = run_program({"jobs", "-v", "-u", url});
        EXPECT_NE(ended.exit_code, 0);
        EXPECT_THAT(ended.out + ended.err, Not(HasSubstr("secret"))) << url;
        EXPECT_THAT(ended.err, HasSubstr("the password in the URL could be read")) << url;
    }
}

TEST(Program, OverwritesAPasswordInItsArguments) {
    const Directory directory;
    const std::string fifo = directory.file("turntable.toml");
    ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
    const pid_t pid = start({"jobs", "-c", fifo, "-u", "mysql://u:secret@127.0.0.1:1/d"},
                            directory.file("out"), directory.file("err"));
    const int config = open_for_reader(fifo, pid); // the program has come to read its configuration
    ASSERT_GE(config, 0) << "the program ended before it read its configuration";
    const std::string seen = contents("/proc/" + std::to_string(pid) + "/cmdline");
    EXPECT_EQ(write(config, "unknown = 1\n", 12), 12);
    close(config);
    EXPECT_EQ(exit_code_of(pid), 2);
    EXPECT_THAT(seen, HasSubstr("mysql://u:******@127.0.0.1:1/d"));
    EXPECT_THAT(seen, Not(HasSubstr("secret")));
    EXPECT_THAT(contents(directory.file("err")), HasSubstr("unknown key 'unknown'"));
}

TEST(Program, ChecksEverySettingBeforeItConnects) {
    const Ended ended = run_program({"set", "j1", "workers=4", "verify=none", "-u", "nonsense:"});
    EXPECT_EQ(ended.exit_code, 2);
    EXPECT_THAT(ended.err, HasSubstr("verify"));
}

} // namespace
} // namespace turntable::cli
