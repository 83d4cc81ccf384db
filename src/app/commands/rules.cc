#include "app/rules.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>
#include <memory>

#include "analysis/examples.h"
#include "analysis/rule_set.h"
#include "analysis/secrets.h"
#include "app/commands/commands.h"
#include "app/commands/options.h"
#include "model/json.h"
#include "os/files.h"
#include "text/utf8.h"

namespace fleet::app {
namespace {

struct RulesOptions {
  std::string folder;  // empty: the rules that come with fleet, and kOwnRules
  bool json = false;
};

Result<std::vector<RuleText>> rule_texts(const RulesOptions& options) {
  if (!options.folder.empty()) return read_rule_folder(options.folder);
  std::vector<RuleText> files = built_in_rule_texts();
  if (!os::is_directory(kOwnRules)) return files;
  FLEET_TRY(std::vector<RuleText> own, read_rule_folder(kOwnRules));
  std::move(own.begin(), own.end(), std::back_inserter(files));
  return files;
}

Result<base::ExitCode> run_test(World& world, const RulesOptions& options) {
  FLEET_TRY(const std::vector<RuleText> files, rule_texts(options));
  FLEET_TRY(std::vector<analysis::Rule> rules, load_rules(world, files, RuleCheck::all));
  const analysis::RuleSet set(std::move(rules));
  std::size_t examples = 0;
  for (const analysis::Rule& rule : set.rules())
    examples += rule.match.size() + rule.no_match.size();
  const model::Diagnostics wrong = analysis::check_examples(set);
  std::size_t count = set.rules().size();
  std::vector<std::string> wrong_secrets;
  if (options.folder.empty()) {
    const analysis::SecretScanner& secrets = analysis::SecretScanner::built_in();
    count += secrets.rules().size();
    for (const analysis::SecretRule& rule : secrets.rules())
      examples += rule.examples.size() + rule.counter_examples.size();
    wrong_secrets = analysis::check_examples(secrets);
  }
  if (wrong.empty() && wrong_secrets.empty()) {
    world.out(fmt::format("{} rules, {} examples: all hold\n", count, examples));
    return world.printed();
  }
  show_rule_diagnostics(world, files, wrong);
  for (const std::string& each : wrong_secrets)
    world.say(each + "\n");
  world.say(fmt::format("{} of {} examples do not hold\n", wrong.size() + wrong_secrets.size(), examples));
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

// The expressions stand in rules/secrets.
model::Json to_json(const analysis::SecretRule& rule) {
  return {{"id", rule.id},
          {"provider", rule.provider},
          {"message", rule.message},
          {"severity", base::name_of(rule.severity)},
          {"confidence", base::name_of(rule.confidence)},
          {"category", "security"},
          {"cwe", {"CWE-798"}},
          {"owasp", "A07:2021"}};
}

template <class Rule>
std::string line(const Rule& rule) {
  return fmt::format("{:<36} {:<8} {:<7} {}\n", rule.id, base::name_of(rule.severity),
                     base::name_of(rule.confidence), text::printable(rule.message, text::Newlines::escape));
}

Result<base::ExitCode> run_list(World& world, const RulesOptions& options) {
  FLEET_TRY(const std::vector<RuleText> files, rule_texts(options));
  FLEET_TRY(const std::vector<analysis::Rule> rules, load_rules(world, files, RuleCheck::all));
  model::Json json = model::Json::array();
  std::string text;
  for (const analysis::Rule& rule : rules) {
    json.push_back(to_json(rule));
    text += line(rule);
  }
  if (options.folder.empty()) {
    for (const analysis::SecretRule& rule : analysis::SecretScanner::built_in().rules()) {
      json.push_back(to_json(rule));
      text += line(rule);
    }
  }
  world.out(options.json ? model::dump_json(json) + "\n" : text);
  return world.printed();
}

}  // namespace

void add_rules(CLI::App& app, Action& action) {
  auto options = std::make_shared<RulesOptions>();
  app.require_subcommand(1);
  add_folder(app);
  CLI::App* test = app.add_subcommand("test", "Try every rule on its own examples");
  test->add_option("folder", options->folder,
                   "A folder with files of rules (default: those that come with fleet, and .fleet/rules)");
  add_folder(*test);
  test->callback(
      [options, &action] { action = [options](World& world) { return run_test(world, *options); }; });
  CLI::App* list = app.add_subcommand("list", "List the rules");
  list->add_option("folder", options->folder, "As with `test`");
  list->add_flag("--json", options->json, "As a JSON array, with all that a rule says");
  add_folder(*list);
  list->callback(
      [options, &action] { action = [options](World& world) { return run_list(world, *options); }; });
}

}  // namespace fleet::app
