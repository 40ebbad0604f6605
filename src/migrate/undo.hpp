#pragma once
// The way back of a step: found before it runs, from what the catalogue says then, and kept in the history as
// text, so that an older checkout, or none, can go back.

#include <optional>
#include <string>
#include <vector>

#include "migrate/step.hpp"
#include "run/api.hpp"

namespace turntable::migrate {

// What comes back.
enum class UndoClass {
    exact,       // schema and data
    stated,      // what the author of raw SQL wrote for it
    recoverable, // both, until a stated time (a revert window, a table set aside); then lossy
    lossy,       // the schema; some values are lost or stay changed
    none,        // nothing
};
[[nodiscard]] std::string_view to_string(UndoClass undo);

struct UndoStep {
    UndoClass undo = UndoClass::exact;
    std::string why; // of what is not exact
    std::string ops; // TOML of the operations that undo it; "": there is nothing to do
    std::string job; // an online change: while its window is open, it is swapped back
    std::string
        source; // Step::source, so that an edited file is told from one whose finished steps are the same
    std::string title;
};

[[nodiscard]] std::string to_json(const std::vector<UndoStep>& steps);
// Throws Error{needs_repair} on a text it does not know.
[[nodiscard]] std::vector<UndoStep> undo_from_json(const std::string& text);

// The worst of them.
[[nodiscard]] UndoClass class_of(const std::vector<UndoStep>& steps);

// Reads the jobs once, and only if somebody asks for the window of a step that has one.
class OpenWindows {
  public:
    explicit OpenWindows(Engine& engine) : engine_(engine) {}
    // When the window of this step's change ends, UTC, ISO 8601; nullopt: none is open.
    [[nodiscard]] std::optional<std::string> until(const UndoStep& step);

  private:
    Engine& engine_;
    std::optional<std::vector<run::JobLine>> jobs_;
};

// The same as the commands show it: while revert windows are open, what they cover comes back as it was.
struct UndoWords {
    std::string later; // class when no window is open any more; "": there is none to show
    std::string now;
    std::string until; // end of the first window to end, UTC, ISO 8601; "": none makes a difference
};
[[nodiscard]] UndoWords undo_words(const std::vector<UndoStep>& steps, OpenWindows& windows);

// Reads the catalogue and the rows concerned. The class is that of the time when no window is open any more.
// planned: of an online change, if it is planned already: it knows the inverse of its conversions.
[[nodiscard]] UndoStep find_undo(const Step& step, Session& session, const Engine& engine,
                                 const Blueprint* planned = nullptr);

} // namespace turntable::migrate
