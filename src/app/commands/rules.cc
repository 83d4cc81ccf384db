#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>

#include "analysis/built_in_rules.h"
#include "analysis/examples.h"
#include "analysis/rule_file.h"
#include "analysis/rule_set.h"
#include "app/commands/commands.h"
#include "app/commands/options.h"
#include "model/json.h"
#include "os/files.h"
#include "text/utf8.h"
#include "workflow/diagnostic_text.h"

namespace fleet::app {
namespace {

constexpr const char* kOwnRules = ".fleet/rules";
constexpr std::uint64_t kMostRuleBytes = 8 << 20;  // of one file, as yaml/ has it

struct Options {
  std::string folder;  // empty: the rules that come with fleet, and kOwnRules
  bool json = false;
};

struct RuleText {
  std::string path, text;
};

// The .yml and .yaml files below a folder, by path.
Result<std::vector<RuleText>> read_folder(const std::string& folder) {
  std::vector<RuleText> files;
  std::error_code error;
  for (std::filesystem::recursive_directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    const std::string path = at->path().string();
    const bool is_rules = path.ends_with(".yml") || path.ends_with(".yaml");
    if (!is_rules) continue;
    std::error_code unknown;
    const bool is_file = at->is_regular_file(unknown);
    if (unknown)
      return base::fail_errno("read the rules", path, unknown.value(), "remove the link, or mend it");
    if (!is_file) continue;
    FLEET_TRY(std::string text, os::read_file(path, kMostRuleBytes));
    files.push_back({path, std::move(text)});
  }
  if (error)
    return base::fail_errno("read the rules", folder, error.value(), "name a folder with files of rules");
  std::sort(files.begin(), files.end(), [](const RuleText& a, const RuleText& b) { return a.path < b.path; });
  return files;
}

Result<std::vector<RuleText>> read_rule_texts(const Options& options) {
  if (!options.folder.empty()) return read_folder(options.folder);
  std::vector<RuleText> files;
  for (const analysis::BuiltInFile& file : analysis::built_in_rules()) {
    if (!analysis::is_of_secrets(file.path))
      files.push_back({fmt::format("rules/{}", file.path), std::string(file.text)});
  }
  if (!os::is_directory(kOwnRules)) return files;
  FLEET_TRY(std::vector<RuleText> own, read_folder(kOwnRules));
  for (RuleText& each : own)
    files.push_back(std::move(each));
  return files;
}

// Each file's own diagnostics under its own text.
void show(const World& world, const std::vector<RuleText>& files, const model::Diagnostics& wrong) {
  const bool colour = world.terminal->look(terminal::Stream::err).colour;
  for (const RuleText& file : files) {
    model::Diagnostics of_file;
    for (const model::Diagnostic& each : wrong) {
      if (each.path == file.path) of_file.push_back(each);
    }
    world.err(
        workflow::diagnostic_text(of_file, file.text, colour ? workflow::Colour::on : workflow::Colour::off));
  }
}

Result<std::vector<analysis::Rule>> load_rules(const World& world, const std::vector<RuleText>& files) {
  std::vector<analysis::RuleSource> sources;
  for (const RuleText& file : files)
    sources.push_back({file.path, file.text});
  analysis::ReadRules read = analysis::read_rules(sources, analysis::Check::everything);
  if (read.diagnostics.empty()) return std::move(read.rules);
  show(world, files, read.diagnostics);
  return base::fail_input("use the rules", "",
                          read.diagnostics.size() == 1
                              ? "there is an error"
                              : fmt::format("there are {} errors", read.diagnostics.size()));
}

Result<base::ExitCode> run_test(World& world, const Options& options) {
  FLEET_TRY(const std::vector<RuleText> files, read_rule_texts(options));
  FLEET_TRY(std::vector<analysis::Rule> rules, load_rules(world, files));
  const analysis::RuleSet set(std::move(rules));
  std::size_t examples = 0;
  for (const analysis::Rule& rule : set.rules())
    examples += rule.match.size() + rule.no_match.size();
  const model::Diagnostics wrong = analysis::check_examples(set);
  if (wrong.empty()) {
    world.out(fmt::format("{} rules, {} examples: all hold\n", set.rules().size(), examples));
    return world.printed();
  }
  show(world, files, wrong);
  world.err(fmt::format("{} of {} examples do not hold\n", wrong.size(), examples));
  return base::ExitCode::failed;
}

model::Json to_json(const analysis::Rule& rule) {
  model::Json languages = model::Json::array();
  for (const syntax::Language language : rule.languages)
    languages.push_back(base::name_of(language));
  return {{"id", rule.id},
          {"languages", std::move(languages)},
          {"files", rule.files},
          {"message", rule.message},
          {"why", rule.why},
          {"fix", rule.fix},
          {"severity", base::name_of(rule.severity)},
          {"confidence", base::name_of(rule.confidence)},
          {"category", base::name_of(rule.category)},
          {"counts", rule.counts ? model::Json(base::name_of(*rule.counts)) : model::Json()},
          {"cwe", rule.cwe},
          {"owasp", rule.owasp},
          {"path", rule.path},
          {"line", rule.at.line}};
}

Result<base::ExitCode> run_list(World& world, const Options& options) {
  FLEET_TRY(const std::vector<RuleText> files, read_rule_texts(options));
  FLEET_TRY(const std::vector<analysis::Rule> rules, load_rules(world, files));
  model::Json json = model::Json::array();
  std::string text;
  for (const analysis::Rule& rule : rules) {
    json.push_back(to_json(rule));
    text +=
        fmt::format("{:<36} {:<8} {:<7} {}\n", rule.id, base::name_of(rule.severity),
                    base::name_of(rule.confidence), text::printable(rule.message, text::Newlines::escape));
  }
  world.out(options.json ? model::dump_json(json) + "\n" : text);
  return world.printed();
}

}  // namespace

void add_rules(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  app.require_subcommand(1);
  CLI::App* test = app.add_subcommand("test", "Try every rule on its own examples");
  test->add_option("folder", options->folder,
                   "A folder with files of rules (default: those that come with fleet, and .fleet/rules)");
  test->callback(
      [options, &action] { action = [options](World& world) { return run_test(world, *options); }; });
  CLI::App* list = app.add_subcommand("list", "List the rules");
  list->add_option("folder", options->folder, "As with `test`");
  list->add_flag("--json", options->json, "As a JSON array, with all that a rule says");
  list->callback(
      [options, &action] { action = [options](World& world) { return run_list(world, *options); }; });
}

}  // namespace fleet::app
