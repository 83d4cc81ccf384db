#include "analysis/judge.h"

#include <algorithm>

namespace fleet::analysis {
namespace {

constexpr std::size_t kBytesOfStep = 32;  // that a regular expression looks at

}  // namespace

bool Judge::holds(const CompiledRule& rule, Candidate& candidate) {
  rule_ = &rule;
  came_.reset();
  const bool holds = std::all_of(rule.where.begin(), rule.where.end(),
                                 [&](const CompiledCondition& each) { return this->holds(each, candidate); });
  candidate.came = came_;
  // Without steps, nothing is found: then `not-inside` would hold of anything.
  return holds && !steps_.is_over();
}

bool Judge::is_found(const CompiledCondition& condition, std::string_view text) {
  return steps_.take(1 + text.size() / kBytesOfStep) && condition.expression->is_found_in(text);
}

bool Judge::holds(const CompiledCondition& condition, const Candidate& candidate) {
  if (!steps_.take()) return false;
  switch (condition.written->of) {
    case Condition::Of::capture:
      return holds_for_capture(condition, candidate);
    case Condition::Of::argument:
      return holds_for_argument(condition, candidate);
    case Condition::Of::code_around:
      return is_inside(condition, candidate.node) != condition.written->negated;
    case Condition::Of::any_of:
      return std::any_of(condition.any.begin(), condition.any.end(),
                         [&](const CompiledCondition& each) { return holds(each, candidate); });
    case Condition::Of::file:
    case Condition::Of::function:
      return function_has(condition, candidate) != condition.written->negated;
  }
  return false;
}

bool Judge::passes(const CompiledCondition& condition, std::string_view text) {
  const Condition& written = *condition.written;
  if (written.test == Condition::Test::equals)
    return std::find(written.texts.begin(), written.texts.end(), text) != written.texts.end();
  return is_found(condition, text);
}

bool Judge::passes(const CompiledCondition& condition, std::uint32_t node) {
  if (condition.written->test == Condition::Test::is) {
    const Is what = condition.written->is;
    return what == Is::tainted || what == Is::clean ? has_come(what, node) : values_->is(what, node);
  }
  const bool deep = condition.written->test == Condition::Test::matches;
  const auto texts = values_->texts(node, deep ? Values::Depth::all_names : Values::Depth::itself);
  return std::any_of(texts.begin(), texts.end(),
                     [&](std::string_view text) { return passes(condition, text); });
}

bool Judge::holds_for_capture(const CompiledCondition& condition, const Candidate& candidate) {
  const Condition& written = *condition.written;
  for (const Captured& each : candidate.captures) {
    if (each.name != written.capture) continue;
    if (each.node != kNowhere && code_ != nullptr) return passes(condition, each.node) != written.negated;
    if (written.test == Condition::Test::is) return false;  // text alone is neither
    return passes(condition, each.text) != written.negated;
  }
  return false;
}

bool Judge::holds_for_argument(const CompiledCondition& condition, const Candidate& candidate) {
  if (!candidate.call || code_ == nullptr) return false;
  const Condition& written = *condition.written;
  bool unknown = false;
  for (const ArgumentName& name : written.arguments) {
    const Arguments found = find_arguments(*code_, *values_, *candidate.call, name);
    unknown = unknown || found.unknown;
    if (found.nodes.empty()) continue;
    if (written.test == Condition::Test::is && (written.is == Is::present || written.is == Is::absent))
      return (written.is == Is::present) != written.negated;
    // `is: not-literal` is asked of each argument; `not-matches` is that none of them matches.
    const bool each_by_itself = written.test == Condition::Test::is && written.negated;
    const bool any = std::any_of(found.nodes.begin(), found.nodes.end(), [&](std::uint32_t node) {
      return passes(condition, node) != each_by_itself;
    });
    return each_by_itself ? any : any != written.negated;
  }
  if (unknown) return false;
  // What is not there is absent, and equals and matches nothing; nothing else can be said of it.
  if (written.test != Condition::Test::is) return written.negated;
  if (written.is != Is::present && written.is != Is::absent) return false;
  return (written.is == Is::absent) != written.negated;
}

bool Judge::is_inside(const CompiledCondition& condition, std::uint32_t node) {
  if (code_ == nullptr || node == kNowhere) return false;
  for (std::uint32_t at = code_->parent(node); at != kNowhere; at = code_->parent(at)) {
    for (const syntax::Pattern& pattern : condition.patterns) {
      if (fitter_->fit(pattern, at)) return true;
    }
  }
  return false;
}

// What went through a sanitizer of the rule is as good as what stands in the code.
bool Judge::has_come(Is what, std::uint32_t node) {
  if (flow_ == nullptr) return false;
  const FlowValue value = flow_->at(node);
  const bool is_bad =
      value.is_tainted() && (value.sources & rule_->sources) != 0 && (value.cleaned & rule_->sanitizers) == 0;
  if (is_bad) came_ = value;
  if (what == Is::tainted) return is_bad;
  return value.trust == Trust::clean || (value.cleaned & rule_->sanitizers) != 0;
}

// Of the innermost function, or of the file where it is not asked of a function or there is none.
bool Judge::function_has(const CompiledCondition& condition, const Candidate& candidate) {
  const bool in_function =
      condition.written->of == Condition::Of::function && code_ != nullptr && candidate.node != kNowhere;
  const std::uint32_t function = in_function ? code_->function_around(candidate.node) : kNowhere;
  const auto [known, is_new] = of_function_.emplace(std::pair(&condition, function), false);
  if (is_new) known->second = is_found(condition, function == kNowhere ? source_ : code_->text(function));
  return known->second;
}

}  // namespace fleet::analysis
