#include "crash/in_process.hpp"

#include "change/parse.hpp"
#include "support/silence.hpp"
#include "turntable/engines.hpp"

namespace turntable::test {
namespace {

// Several chunks, and several rounds of replay, with few statements each.
constexpr std::int64_t rows = 60;
// The application writes after so many statements of the tool.
constexpr int write_every = 9;

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) {
        text += line + "\n";
    }
    return text;
}

// The cents conversion and a dropped column, with an index, a foreign key and a view-like reader left out:
// what the crash test is about is the order of the statements.
ChangeKind change_under_test(Flavor flavor) {
    return change_named(change_kinds(flavor), "several_at_once");
}

} // namespace

InProcessChange::InProcessChange(const Server& server)
    : database_(server),
      change_(change_under_test(database_.flavor())),
      model_(make_model(database_.flavor(), integer_key(database_.flavor()), nullptr, change_)) {
    old_shape_ = new_shape_ = same_shape(model_);
    change_.effect(new_shape_);
    database_.exec(model_.create());
    before_ = catalog_image(database_.flavor(), database_.client());
    writers_ = std::make_unique<Writers>(database_, model_,
                                         WriterOptions{.writers = 1, .rows = rows, .looks_at_shape = true});
    writers_->fill();
    writers_->step();
}

std::optional<run::Outcome> InProcessChange::call(FaultPlan plan, const Call& body) {
    plan_ = std::move(plan);
    plan_.between = [this, own = plan_.between] {
        own();
        if (writing_ && plan_.seen % write_every == write_every - 1) {
            writers_->step();
        }
    };
    FaultEngine engine{make_engine(Url::parse(database_.url())), plan_};
    Silence silence;
    try {
        return body(run::Context{engine, silence, [this] { return plan_.seen >= stop_at_; }, clock_,
                                 run::Threads::none});
    } catch (const SimulatedKill&) {
        return std::nullopt;
    }
}

run::Outcome InProcessChange::execute(const run::Context& context) const {
    ChangeRequest request;
    request.table.name = model_.key.table;
    const std::vector<std::string> arguments = arguments_of(model_, change_);
    for (std::size_t i = 2; i + 1 < arguments.size(); i += 2) {
        if (arguments[i] == "--alter") {
            request.alter_clauses.push_back(arguments[i + 1]);
        } else {
            request.conversions.push_back(change::parse_conversion(arguments[i + 1]));
        }
    }
    Settings settings;
    settings.workers = 1;
    settings.chunk_time = Millis{1};
    return run::execute(context, run::plan_change(context.engine, request, settings), settings);
}

std::string InProcessChange::job() {
    const auto engine = make_engine(Url::parse(database_.url()));
    const auto lines = run::jobs(*engine);
    return lines.empty() ? "" : lines.front().job;
}

std::optional<run::JobState> InProcessChange::state() {
    const auto engine = make_engine(Url::parse(database_.url()));
    const auto lines = run::jobs(*engine);
    return lines.empty() ? std::nullopt : std::optional{lines.front().state};
}

std::string InProcessChange::trouble(bool changed) {
    return joined(differences(database_.client(), model_, changed ? new_shape_ : old_shape_)) +
           joined(writers_->complaints());
}

std::string InProcessChange::catalogue_trouble() {
    return joined(image_changes(before_, catalog_image(database_.flavor(), database_.client())));
}

void InProcessChange::write(int transactions) {
    for (int i = 0; i < transactions; ++i) {
        writers_->step();
    }
}

} // namespace turntable::test
