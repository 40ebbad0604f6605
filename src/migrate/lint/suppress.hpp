#pragma once
// Comments that silence a rule, each with a reason:
//     -- turntable:lint-ignore RULE: reason        (TOML: # …) the statement or operation below, or around it
//     -- turntable:lint-ignore-file RULE: reason   the whole file

#include <string>
#include <string_view>
#include <vector>

namespace turntable::migrate::lint {

struct Suppression {
    std::string rule, reason;
    int line = 1;      // of the comment
    int step_line = 0; // the step that it is about; 0: the whole file
    bool used = false;
};

// step_lines: where the steps of the file begin.
[[nodiscard]] std::vector<Suppression> read_suppressions(std::string_view text,
                                                         const std::vector<int>& step_lines);

} // namespace turntable::migrate::lint
