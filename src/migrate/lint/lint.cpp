#include "migrate/lint/lint.hpp"

#include <algorithm>
#include <tuple>

#include <fmt/core.h>

#include "migrate/lint/suppress.hpp"
#include "migrate/version.hpp"
#include "turntable/error.hpp"

namespace turntable::migrate::lint {
namespace {

class Linter {
  public:
    Linter(LintSet set, const LintConfig& config) : set_(std::move(set)), config_(config) {}

    LintReport run() {
        for (const auto& [id, severity] : config_.severities) {
            if (find_rule(id) == nullptr) {
                throw Error{ErrorKind::usage, "unknown_rule", fmt::format("there is no lint rule '{}'", id)}
                    .next("docs/lint.md lists them");
            }
        }
        for (const SqlFlavor flavor : flavors()) {
            look_at(flavor);
        }
        for (const Rule& rule : rules()) {
            if (rule.on_set != nullptr && severity_of(rule) != Severity::off) {
                for (const Spot& spot : rule.on_set(set_)) {
                    add(rule, spot.file, spot.line, spot.message, {});
                }
            }
        }
        suppress();
        sort_findings();
        report_.files = static_cast<std::size_t>(
            std::count_if(set_.migrations.begin(), set_.migrations.end(),
                          [this](const MigrationFile& file) { return shown(file); }));
        return std::move(report_);
    }

  private:
    [[nodiscard]] Severity severity_of(const Rule& rule) const {
        const auto given = config_.severities.find(std::string{rule.id});
        return given == config_.severities.end() ? rule.severity : given->second;
    }

    // Those of the configuration; else all, for files that do not say which.
    [[nodiscard]] std::vector<SqlFlavor> flavors() const {
        if (!config_.engines.empty()) {
            return config_.engines;
        }
        for (const MigrationFile& file : set_.migrations) {
            if (std::any_of(file.sections.begin(), file.sections.end(),
                            [](const SqlSection& section) { return !section.engine; })) {
                throw Error{ErrorKind::usage, "no_engine",
                            fmt::format("{}: whose SQL it is is not said anywhere", file.path)}
                    .next("--engine NAME, or engines = [\"…\"] in [lint] of turntable.toml, or the URL of a "
                          "database");
            }
        }
        return {sql_flavors.begin(), sql_flavors.end()};
    }

    [[nodiscard]] bool shown(const MigrationFile& file) const {
        const std::string name = file.path.substr(file.path.find_last_of('/') + 1);
        return file.version >= config_.ignore_before && set_.changed(name) &&
               (config_.only.empty() || config_.only.contains(name));
    }

    void add(const Rule& rule, const std::string& file, int line, const std::string& message,
             std::vector<SqlFlavor> flavors) {
        for (Finding& known : report_.findings) {
            if (known.rule == &rule && known.file == file && known.line == line && known.message == message) {
                known.flavors.insert(known.flavors.end(), flavors.begin(), flavors.end());
                return;
            }
        }
        report_.findings.push_back({&rule, severity_of(rule), file, line, message, std::move(flavors)});
    }

    void look_at(SqlFlavor flavor) {
        SchemaModel schema{flavor};
        for (const MigrationFile& file : set_.migrations) {
            const MigrationView view = view_of(file, flavor);
            for (const auto* const steps : {&view.up, &view.down}) {
                for (const Step& step : *steps) {
                    step_lines_[file.path].push_back(step.line);
                }
            }
            const bool show = shown(file);
            if (show) {
                check_migration(view);
            }
            for (const Step& step : view.up) {
                for (const SqlAction& action : step.actions) {
                    if (show) {
                        check_action({view, step, action, schema});
                    }
                    schema.apply(action);
                }
            }
        }
    }

    void check_action(const Place& place) {
        for (const Rule& rule : rules()) {
            const bool in_scope =
                rule.scope == Scope::any || (rule.scope == Scope::typed) == place.step.typed;
            if (rule.on_action == nullptr || !in_scope || !applies(rule, place.view.flavor)) {
                continue;
            }
            if (const std::string message = rule.on_action(place); !message.empty()) {
                add(rule, place.view.file->path, place.step.line, message, {place.view.flavor});
            }
        }
    }

    void check_migration(const MigrationView& view) {
        for (const Rule& rule : rules()) {
            if (rule.on_migration == nullptr || !applies(rule, view.flavor)) {
                continue;
            }
            for (const Spot& spot : rule.on_migration(view)) {
                add(rule, view.file->path, spot.line, spot.message, {view.flavor});
            }
        }
    }

    [[nodiscard]] bool applies(const Rule& rule, SqlFlavor flavor) const {
        return severity_of(rule) != Severity::off && (rule.engines & engine_bit(flavor)) != 0;
    }

    void suppress() {
        for (const MigrationFile& file : set_.migrations) {
            std::vector<Suppression> given = read_suppressions(file.text, step_lines_[file.path]);
            std::erase_if(report_.findings, [&](const Finding& finding) {
                return finding.file == file.path && silenced(given, finding);
            });
            if (shown(file)) {
                report_suppressions(file, given);
            }
        }
    }

    bool silenced(std::vector<Suppression>& given, const Finding& finding) {
        bool found = false;
        for (Suppression& suppression : given) {
            const bool here = suppression.step_line == 0 || suppression.step_line == finding.line;
            if (here && suppression.rule == finding.rule->id && !suppression.reason.empty()) {
                suppression.used = true;
                found = true;
            }
        }
        report_.suppressed += found ? 1 : 0;
        return found;
    }

    void report_suppressions(const MigrationFile& file, const std::vector<Suppression>& given) {
        const Rule& unused = *find_rule("unused-suppression");
        const Rule& unreasoned = *find_rule("suppression-without-reason");
        for (const Suppression& suppression : given) {
            const Rule* const rule = find_rule(suppression.rule);
            if (suppression.reason.empty() && severity_of(unreasoned) != Severity::off) {
                add(unreasoned, file.path, suppression.line,
                    fmt::format("'{}' is silenced without a reason", suppression.rule), {});
            } else if (rule == nullptr) {
                add(unused, file.path, suppression.line,
                    fmt::format("there is no rule '{}'", suppression.rule), {});
            } else if (!suppression.used && severity_of(unused) != Severity::off &&
                       severity_of(*rule) != Severity::off) {
                add(unused, file.path, suppression.line,
                    fmt::format("{} finds nothing here", suppression.rule), {});
            }
        }
    }

    void sort_findings() {
        std::stable_sort(
            report_.findings.begin(), report_.findings.end(), [](const Finding& a, const Finding& b) {
                return std::tie(a.file, a.line, a.rule->id) < std::tie(b.file, b.line, b.rule->id);
            });
    }

    LintSet set_;
    const LintConfig& config_;
    std::map<std::string, std::vector<int>> step_lines_;
    LintReport report_;
};

// Names that do not parse are left to the rule about them; texts that do not parse are not.
std::vector<MigrationFile> parse_all(const std::vector<LintFile>& files) {
    std::vector<MigrationFile> migrations;
    for (const LintFile& file : files) {
        std::optional<FileName> name;
        try {
            name = parse_file_name(file.name);
        } catch (const Error&) {
            continue;
        }
        if (name) {
            migrations.push_back(parse_migration(file.text, *name, file.path));
        }
    }
    std::stable_sort(migrations.begin(), migrations.end(),
                     [](const MigrationFile& a, const MigrationFile& b) { return a.version < b.version; });
    return migrations;
}

} // namespace

bool LintSet::changed(const std::string& name) const {
    if (!base) {
        return true;
    }
    const auto before = base->files.find(name);
    const auto now =
        std::find_if(files.begin(), files.end(), [&](const LintFile& file) { return file.name == name; });
    return before == base->files.end() || now == files.end() ||
           canonical_text(before->second) != canonical_text(now->text);
}

LintReport lint(std::vector<LintFile> files, std::optional<LintBase> base, const LintConfig& config) {
    std::sort(files.begin(), files.end(),
              [](const LintFile& a, const LintFile& b) { return a.name < b.name; });
    std::vector<MigrationFile> migrations = parse_all(files);
    return Linter{{std::move(files), std::move(migrations), std::move(base)}, config}.run();
}

Severity worst(const LintReport& report) {
    Severity severity = Severity::off;
    for (const Finding& finding : report.findings) {
        severity = std::max(severity, finding.severity);
    }
    return severity;
}

} // namespace turntable::migrate::lint
