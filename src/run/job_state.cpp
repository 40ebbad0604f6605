#include <array>
#include <utility>

#include "run/api.hpp"
#include "run/outcome.hpp"

namespace turntable::run {
namespace {

constexpr std::array<std::pair<JobState, std::string_view>, 11> words{{{JobState::planned, "planned"},
                                                                       {JobState::refused, "refused"},
                                                                       {JobState::running, "running"},
                                                                       {JobState::paused, "paused"},
                                                                       {JobState::stopped, "stopped"},
                                                                       {JobState::ready, "ready"},
                                                                       {JobState::swapped, "swapped"},
                                                                       {JobState::reverted, "reverted"},
                                                                       {JobState::finalized, "finalized"},
                                                                       {JobState::aborted, "aborted"},
                                                                       {JobState::failed, "failed"}}};

} // namespace

std::string_view to_string(JobState state) {
    for (const auto& [known, word] : words) {
        if (known == state) {
            return word;
        }
    }
    check(false, "unknown JobState");
    return {};
}

JobState job_state_from_string(std::string_view text) {
    for (const auto& [known, word] : words) {
        if (word == text) {
            return known;
        }
    }
    throw Error{ErrorKind::needs_repair, "journal_state",
                "the journal names a state that this version does not know: " + std::string{text}};
}

} // namespace turntable::run
