#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/built_in_rules.h"
#include "analysis/rule.h"
#include "app/world.h"
#include "base/object_id.h"
#include "git/repository.h"
#include "model/diagnostic.h"

// The rules of the analysis: where they come from.
namespace fleet::app {

struct RuleText {
  std::string path, text;
  const analysis::BuiltInFile* built_in = nullptr;  // that it is; null: it does not come with fleet
};

inline constexpr const char* kOwnRules = ".fleet/rules";

// Those that come with fleet.
[[nodiscard]] std::vector<RuleText> built_in_rule_texts();
// The .yml and .yaml files below a folder on disk, by path.
[[nodiscard]] Result<std::vector<RuleText>> read_rule_folder(const std::string& folder);
// Those below kOwnRules in a commit: a change cannot loosen the rules that it is judged by.
[[nodiscard]] Result<std::vector<RuleText>> committed_rule_texts(const git::Repository& repository,
                                                                 ObjectId commit);

// Whether all is checked that takes time, or not what the tests of fleet have checked.
enum class RuleCheck { all, what_is_not_ours };
// An Error when something is wrong with them; what, has then been shown.
[[nodiscard]] Result<std::vector<analysis::Rule>> load_rules(const World& world,
                                                             const std::vector<RuleText>& texts,
                                                             RuleCheck check);

// Those that come with fleet, and the commit's.
[[nodiscard]] Result<std::vector<analysis::Rule>> rules_at(const World& world,
                                                           const git::Repository& repository,
                                                           ObjectId commit);

// Each file's own diagnostics under its own text.
void show_rule_diagnostics(const World& world, const std::vector<RuleText>& texts,
                           const model::Diagnostics& wrong);

}  // namespace fleet::app
