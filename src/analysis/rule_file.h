#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/built_in_rules.h"
#include "analysis/rule.h"
#include "model/diagnostic.h"

namespace fleet::analysis {

// What of a rule is looked at. Patterns, expressions and queries take time to compile: those of the rules
// that come with fleet are checked by its tests.
enum class Check { form, everything };

struct RuleSource {
  std::string path;  // for messages
  std::string_view text;
  Check check = Check::everything;
  const BuiltInFile* built_in = nullptr;  // whose text it is; null: it does not come with fleet
};

struct ReadRules {
  std::vector<Rule> rules;         // complete only when there are no diagnostics
  model::Diagnostics diagnostics;  // by file, in each file's order
};

// Reads files of rules (docs/rules.md says what may stand in them) and says at once all that is wrong with
// them; text that is not YAML stops at its first error. No I/O.
[[nodiscard]] ReadRules read_rules(std::span<const RuleSource> files);

// Those that come with fleet.
[[nodiscard]] std::vector<Rule> read_built_in_rules();

}  // namespace fleet::analysis
