#include "migrate/user_schema.hpp"

#include <algorithm>

#include "run/journal.hpp"

namespace turntable::migrate {
namespace {

std::string common_beginning(const std::vector<std::string>& names) {
    std::string out = names.front();
    for (const std::string& name : names) {
        const auto end = std::ranges::mismatch(out, name);
        out.erase(end.in1, out.end());
    }
    return out;
}

// How the names of all helpers of a job begin; nothing for names that have no such mark.
std::vector<std::string> beginnings(const Engine& engine, Session& session) {
    const run::Journal journal{engine.journal()};
    std::vector<std::string> out;
    if (!journal.exists(session)) {
        return out;
    }
    for (const run::JobRecord& job : journal.all(session)) {
        const bool ended =
            job.job_state == "finalized" || job.job_state == "aborted" || job.job_state == "failed";
        const Blueprint& plan = job.blueprint;
        const std::string beginning =
            common_beginning({plan.shadow_name, plan.log_name, plan.reverse_log_name, plan.old_name});
        if (!ended && beginning.find("__tt_") != std::string::npos) {
            out.push_back(beginning);
        }
    }
    return out;
}

bool is_helper(const std::vector<std::string>& beginnings, const std::string& name) {
    return std::ranges::any_of(beginnings,
                               [&name](const std::string& beginning) { return name.starts_with(beginning); });
}

} // namespace

std::vector<SchemaObject> user_objects(const Engine& engine, Session& session) {
    std::vector<SchemaObject> objects = engine.schema().objects(session);
    std::erase_if(objects, [helpers = beginnings(engine, session)](const SchemaObject& object) {
        return is_helper(helpers, object.name);
    });
    return objects;
}

std::vector<SchemaPart> user_parts(const Engine& engine, Session& session) {
    std::vector<SchemaPart> parts = engine.schema().dump(session);
    std::erase_if(parts, [helpers = beginnings(engine, session)](const SchemaPart& part) {
        return is_helper(helpers, part.name) || is_helper(helpers, part.table.name);
    });
    return parts;
}

} // namespace turntable::migrate
