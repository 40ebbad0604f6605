#include "cli/desk.hpp"

#include <cstdlib>

#include <fmt/core.h>

#include "cli/log.hpp"
#include "cli/password.hpp"
#include "cli/terminal.hpp"
#include "turntable/engines.hpp"

namespace turntable::cli {
namespace {

enum class Entry { open, wants_password };

// Tries the door once. Trouble of any other kind is left to the command, which meets it again.
Entry try_entry(Engine& engine) {
    try {
        (void)engine.open(SessionUse::plain);
    } catch (const DatabaseError& error) {
        return wants_password(error) ? Entry::wants_password : Entry::open;
    }
    return Entry::open;
}

std::unique_ptr<Engine> engine_for(Url url) {
    auto engine = make_engine(url);
    if (url.password || !can_ask() || try_entry(*engine) == Entry::open) {
        return engine;
    }
    url.password = ask_password(fmt::format("password of {}: ", url.redacted()));
    return url.password ? make_engine(url) : std::move(engine);
}

} // namespace

std::unique_ptr<Engine> open_engine(const std::string& url) {
    return engine_for(
        Url::parse(expanded(url, [](const char* name) -> const char* { return std::getenv(name); })));
}

Desk open_desk(const Invocation& invocation) {
    Desk desk;
    desk.config = load_config(invocation.globals);
    const Url url = Url::parse(choose_url(invocation.globals, desk.config,
                                          [](const char* name) -> const char* { return std::getenv(name); }));
    log_detail("database " + url.redacted());
    desk.engine = engine_for(url);
    return desk;
}

} // namespace turntable::cli
