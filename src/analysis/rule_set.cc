#include "analysis/rule_set.h"

#include <array>
#include <mutex>
#include <optional>

#include "analysis/compiled_rules.h"
#include "analysis/rule_run.h"

namespace fleet::analysis {

struct RuleSet::State {
  struct Lazy {
    std::once_flag once;
    std::optional<CompiledRules> rules;
  };

  std::vector<Rule> rules;
  std::array<Lazy, base::EnumNames<syntax::Language>::names.size()> by_language;
  Lazy of_text;

  const CompiledRules& compiled(std::optional<syntax::Language> language) {
    Lazy& lazy = language ? by_language.at(static_cast<std::size_t>(*language)) : of_text;
    std::call_once(lazy.once, [&] { lazy.rules.emplace(rules, language); });
    return *lazy.rules;
  }

  RuleResult run(const SourceFile& file, const syntax::Bounds& bounds, std::optional<std::string_view> only) {
    RuleResult result;
    FileLimit limit(bounds);
    std::vector<Hit> hits;
    if (file.tree != nullptr)
      run_rules(compiled(file.tree->language()), file, file.tree, only, limit, hits, result.ran);
    run_rules(compiled(std::nullopt), file, nullptr, only, limit, hits, result.ran);
    result.findings = to_findings(file, std::move(hits));
    result.gave_up = limit.why();
    return result;
  }
};

RuleSet::RuleSet(std::vector<Rule> rules) : state_(std::make_unique<State>()) {
  state_->rules = std::move(rules);
}
RuleSet::~RuleSet() = default;
RuleSet::RuleSet(RuleSet&&) noexcept = default;
RuleSet& RuleSet::operator=(RuleSet&&) noexcept = default;

const std::vector<Rule>& RuleSet::rules() const {
  return state_->rules;
}

RuleResult RuleSet::run(const SourceFile& file, const syntax::Bounds& bounds) const {
  return state_->run(file, bounds, std::nullopt);
}

RuleResult RuleSet::run_one(std::string_view id, const SourceFile& file, const syntax::Bounds& bounds) const {
  return state_->run(file, bounds, id);
}

}  // namespace fleet::analysis
