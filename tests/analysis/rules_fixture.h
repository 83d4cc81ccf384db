#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/rule_file.h"
#include "analysis/rule_set.h"

namespace fleet::analysis {

// What is wrong with the text of a file of rules: `line:column: message`.
inline std::vector<std::string> wrong_with(std::string_view text) {
  const RuleSource source{"r.yml", text};
  std::vector<std::string> out;
  for (const model::Diagnostic& each : read_rules({&source, 1}).diagnostics)
    out.push_back(std::to_string(each.at.line) + ":" + std::to_string(each.at.column) + ": " + each.message);
  return out;
}

inline const RuleSet& built_in_rule_set() {
  static const RuleSet rules(read_built_in_rules());
  return rules;
}

// A good rule with some lines of its own.
inline std::string rule_text(std::string_view lines, std::string_view languages = "python") {
  return "rules:\n  - id: test.rule\n    languages: [" + std::string(languages) +
         "]\n    message: found\n    why: w\n    fix: f\n    severity: error\n    examples:\n"
         "      match: [a]\n      no-match: [b]\n" +
         std::string(lines);
}

inline RuleSet rule_set(std::string_view text) {
  const RuleSource source{"r.yml", text};
  ReadRules read = read_rules({&source, 1});
  for (const model::Diagnostic& each : read.diagnostics)
    ADD_FAILURE() << each.at.line << ": " << each.message;
  return RuleSet(std::move(read.rules));
}

inline RuleResult run(const RuleSet& rules, syntax::Language language, std::string_view source,
                      const syntax::Bounds& bounds = {}) {
  const auto tree = syntax::parse(language, source, {}, syntax::Keep::nodes_and_parsed);
  if (!tree) {
    ADD_FAILURE() << tree.error().message();
    return {};
  }
  return rules.run({"f", source, &*tree}, bounds);
}

// `line:column`, of every finding.
inline std::vector<std::string> places(const RuleResult& result) {
  std::vector<std::string> out;
  for (const model::Finding& each : result.findings)
    out.push_back(std::to_string(each.at.line) + ":" + std::to_string(each.at.column));
  return out;
}

inline std::vector<std::string> found(std::string_view rule_lines, std::string_view source,
                                      syntax::Language language = syntax::Language::python) {
  const RuleSet rules = rule_set(rule_text(rule_lines, base::name_of(language)));
  return places(run(rules, language, source));
}

}  // namespace fleet::analysis
