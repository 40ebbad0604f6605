// Steps as words, as the journal keeps them, and the phase that a step belongs to.
#include <array>
#include <utility>

#include "machine/state.hpp"

namespace turntable::machine {
namespace {

struct StepRow {
    Step step;
    std::string_view word;
    Phase phase;
    bool at_rest = false;
    bool swapped = false;
};

constexpr std::array<StepRow, 30> step_rows{{
    {Step::probe, "probe", Phase::probe},
    {Step::native, "native", Phase::native},
    {Step::second_look, "second_look", Phase::verify},
    {Step::create, "create", Phase::prepare},
    {Step::capture, "capture", Phase::prepare},
    {Step::origin, "origin", Phase::prepare},
    {Step::copy, "copy", Phase::copy},
    {Step::restart_copy, "restart_copy", Phase::copy},
    {Step::index, "index", Phase::index},
    {Step::replay, "replay", Phase::replay},
    {Step::verify, "verify", Phase::verify},
    {Step::recheck, "recheck", Phase::verify},
    {Step::swap, "swap", Phase::swap},
    {Step::after_swap, "after_swap", Phase::swap, false, true},
    {Step::set_aside, "set_aside", Phase::swap, false, true},
    {Step::recount, "recount", Phase::verify, false, true},
    {Step::window, "window", Phase::window, true, true},
    {Step::revert_probe, "revert_probe", Phase::window, false, true},
    {Step::revert_replay, "revert_replay", Phase::replay, false, true},
    {Step::revert_swap, "revert_swap", Phase::swap, false, true},
    {Step::after_revert, "after_revert", Phase::swap, false, true},
    {Step::revert_uncapture, "revert_uncapture", Phase::finalize, false, true},
    {Step::reverted, "reverted", Phase::window, true, true},
    {Step::uncapture, "uncapture", Phase::finalize, false, true},
    {Step::retire, "retire", Phase::finalize, false, true},
    {Step::undo, "undo", Phase::cleanup},
    {Step::finalized, "finalized", Phase::finalize, true, true},
    {Step::aborted, "aborted", Phase::cleanup, true},
    {Step::refused, "refused", Phase::probe, true},
    {Step::failed, "failed", Phase::cleanup, true},
}};

const StepRow& row_of(Step step) {
    for (const StepRow& row : step_rows) {
        if (row.step == step) {
            return row;
        }
    }
    check(false, "unknown Step");
    return step_rows.front();
}

} // namespace

std::string_view to_string(Step step) {
    return row_of(step).word;
}

Step step_from_string(std::string_view word) {
    for (const StepRow& row : step_rows) {
        if (row.word == word) {
            return row.step;
        }
    }
    throw Error{ErrorKind::needs_repair, "journal_step",
                "the journal names a step that this version does not know: " + std::string{word}};
}

Phase phase_of(Step step) {
    return row_of(step).phase;
}

bool at_rest(Step step) {
    return row_of(step).at_rest;
}

bool swapped(Step step) {
    return row_of(step).swapped;
}

} // namespace turntable::machine
