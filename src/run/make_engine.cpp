#include "turntable/engines.hpp"

#include "turntable/engine.hpp"

namespace turntable {

std::unique_ptr<Engine> make_engine(const Url& url) {
    std::string known;
    for (const EngineFactory& factory : engine_factories()) {
        if (factory.scheme == url.scheme) {
            return factory.make(url);
        }
        known += (known.empty() ? "" : ", ") + std::string{factory.scheme};
    }
    throw Error{ErrorKind::usage, "unknown_engine",
                "no engine of this program serves the scheme '" + url.scheme + "' (known: " + known + ")"};
}

} // namespace turntable
