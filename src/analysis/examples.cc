#include "analysis/examples.h"

#include <fmt/format.h>

#include <optional>

namespace fleet::analysis {
namespace {

// What is wrong with one example; empty: nothing.
std::string try_example(const RuleSet& rules, const Rule& rule, const Example& example, bool wanted,
                        std::optional<syntax::Language> language) {
  const std::string as = language ? fmt::format(" as {}", base::name_of(*language)) : std::string();
  std::optional<syntax::Tree> tree;
  if (language) {
    auto parsed = syntax::parse(*language, example.text, {}, syntax::Keep::nodes_and_parsed);
    if (!parsed) return parsed.error().line();
    tree = *std::move(parsed);
    if (tree->errors() > 0) {
      const syntax::Place place = syntax::place_at(example.text, tree->first_error()->span.start);
      return fmt::format("it does not parse{}: line {}, column {} of it", as, place.line, place.column);
    }
  }
  const RuleResult result = rules.run_one(rule.id, {rule.path, example.text, tree ? &*tree : nullptr});
  if (!result.gave_up.empty()) return fmt::format("it was not looked through{}: {}", as, result.gave_up);
  if (wanted && result.findings.empty()) return fmt::format("`{}` does not find it{}", rule.id, as);
  if (!wanted && !result.findings.empty())
    return fmt::format("`{}` finds it{}, on line {} of it", rule.id, as, result.findings[0].at.line);
  return {};
}

}  // namespace

model::Diagnostics check_examples(const RuleSet& rules) {
  model::Diagnostics wrong;
  for (const Rule& rule : rules.rules()) {
    std::vector<std::optional<syntax::Language>> languages(rule.languages.begin(), rule.languages.end());
    if (languages.empty()) languages.emplace_back();
    for (const auto* examples : {&rule.match, &rule.no_match}) {
      for (const Example& example : *examples) {
        for (const auto& language : languages) {
          std::string what = try_example(rules, rule, example, examples == &rule.match, language);
          if (!what.empty()) wrong.push_back({rule.path, example.at, 1, std::move(what), {}});
        }
      }
    }
  }
  return wrong;
}

std::vector<std::string> check_examples(const SecretScanner& secrets) {
  std::vector<std::string> wrong;
  const auto is_found = [&](const SecretRule& rule, const std::string& example, model::Confidence least) {
    const std::vector<model::Finding> found = secrets.scan("src/app.conf", example);
    return std::any_of(found.begin(), found.end(), [&](const model::Finding& finding) {
      return finding.rule == rule.id && finding.confidence >= least;
    });
  };
  for (const SecretRule& rule : secrets.rules()) {
    for (std::size_t i = 0; i < rule.examples.size(); ++i) {
      if (!is_found(rule, rule.examples[i], model::Confidence::medium))
        wrong.push_back(fmt::format("{}: its example {} is not found", rule.id, i + 1));
    }
    for (std::size_t i = 0; i < rule.counter_examples.size(); ++i) {
      if (is_found(rule, rule.counter_examples[i], model::Confidence::low))
        wrong.push_back(fmt::format("{}: its counter-example {} is found", rule.id, i + 1));
    }
  }
  return wrong;
}

}  // namespace fleet::analysis
