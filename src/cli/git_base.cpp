#include "cli/git_base.hpp"

#include <algorithm>
#include <set>

#include <fmt/core.h>

#include "cli/child_process.hpp"
#include "turntable/error.hpp"

namespace turntable::cli {
namespace {

class Git {
  public:
    explicit Git(std::string folder) : folder_(std::move(folder)) {}

    // Throws Error{usage, "git"} with what git says.
    [[nodiscard]] std::string operator()(std::vector<std::string> words) const {
        std::string complaint;
        words.insert(words.begin(), {"git", "-C", folder_});
        const ChildResult result = run_program("/usr/bin/env", words, [&](const std::string& line) {
            complaint += (complaint.empty() ? "" : "; ") + line;
        });
        if (result.exit_code != 0) {
            throw Error{
                ErrorKind::usage, "git",
                fmt::format("git {}: {}", words[3],
                            complaint.empty() ? fmt::format("exit code {}", result.exit_code) : complaint)};
        }
        return result.output;
    }

    [[nodiscard]] std::string line(std::vector<std::string> words) const {
        std::string text = (*this)(std::move(words));
        text.erase(text.find_last_not_of('\n') + 1);
        return text;
    }

    // The output of a command with -z.
    [[nodiscard]] std::vector<std::string> names(std::vector<std::string> words) const {
        const std::string text = (*this)(std::move(words));
        std::vector<std::string> found;
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t end = std::min(text.find('\0', at), text.size());
            found.push_back(text.substr(at, end - at));
            at = end + 1;
        }
        return found;
    }

  private:
    std::string folder_;
};

} // namespace

migrate::lint::LintBase read_git_base(const std::string& folder, const std::string& revision,
                                      const std::vector<migrate::lint::LintFile>& files) {
    const Git git{folder};
    // A revision is never an option.
    const std::string tip = git.line({"rev-parse", "--verify", "--end-of-options", revision + "^{commit}"});
    const std::string fork = git.line({"merge-base", tip, "HEAD"});
    migrate::lint::LintBase base;
    base.revision = revision;
    const std::vector<std::string> changed =
        git.names({"diff", "--name-only", "-z", "--relative", fork, "--", "."});
    for (const std::string& name : git.names({"ls-tree", "-z", "--name-only", fork, "./"})) {
        const auto now =
            std::find_if(files.begin(), files.end(), [&](const auto& file) { return file.name == name; });
        const bool same =
            now != files.end() && std::find(changed.begin(), changed.end(), name) == changed.end();
        base.files[name] = same ? now->text : git({"show", fork + ":./" + name});
    }
    for (std::string& name : git.names({"ls-tree", "-z", "--name-only", tip, "./"})) {
        base.tip.insert(std::move(name));
    }
    const std::string prefix = git.line({"rev-parse", "--show-prefix"});
    for (const std::string& path : git.names({"diff", "--name-only", "-z", fork})) {
        if (prefix.empty() || !path.starts_with(prefix)) {
            base.other_changes.push_back(path);
        }
    }
    return base;
}

} // namespace turntable::cli
