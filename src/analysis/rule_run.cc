#include "analysis/rule_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include "analysis/flow.h"
#include "analysis/imports.h"
#include "analysis/judge.h"
#include "analysis/rule_set.h"
#include "analysis/views.h"

namespace fleet::analysis {
namespace {

// One pass of a set of rules over a file.
class Pass {
 public:
  Pass(const CompiledRules& rules, const SourceFile& file, FileLimit& limit, std::vector<Hit>& hits)
      : rules_(rules),
        file_(file),
        limit_(limit),
        hits_(hits),
        present_(rules.words.scan(file.text)),
        is_wanted_(rules.rules.size(), false) {
    std::vector<bool> is_there;
    for (const WordScan::Word word : rules.filter_words)
      is_there.push_back(present_[word]);
    may_match_ = rules.filter.may_match(is_there);
  }

  void want(std::optional<std::string_view> only) {
    for (std::size_t i = 0; i < is_wanted_.size(); ++i) {
      const CompiledRule& rule = rules_.rules[i];
      is_wanted_[i] = only ? rule.rule->id == *only : !rule.files || rule.files->matches(file_.path);
    }
  }

  void look_in_code(const syntax::Tree& tree) {
    code_.emplace(tree, limit_.steps());
    values_.emplace(*code_);
    fitter_.emplace(tree, limit_.steps());
    if (rules_.flow) flow_.emplace(*code_, imports(), *rules_.flow);
    judge_.emplace(file_.text, &*code_, &*values_, &*fitter_, limit_.steps(), flow_ ? &*flow_ : nullptr);
    walk();
    look_for_queries();
    look_for_expressions();
  }

  void look_in_text() {
    judge_.emplace(file_.text, nullptr, nullptr, nullptr, limit_.steps());
    look_for_expressions();
  }

  void finish(std::vector<std::string_view>& ran) {
    if (limit_.is_over()) return;
    for (std::size_t i = 0; i < is_wanted_.size(); ++i) {
      if (is_wanted_[i]) ran.push_back(rules_.rules[i].rule->id);
    }
  }

 private:
  enum : std::uint8_t { kPatterns = 1, kCalls = 2 };

  // What there is to do at each kind of node.
  [[nodiscard]] std::vector<std::uint8_t> duties() const {
    std::vector<std::uint8_t> duties(rules_.patterns_by_kind.size(), 0);
    for (std::size_t kind = 0; kind < duties.size(); ++kind) {
      for (const std::uint32_t each : rules_.patterns_by_kind[kind]) {
        if (is_active(rules_.patterns[each])) duties[kind] |= kPatterns;
      }
    }
    const bool any_call = std::any_of(rules_.call_words.begin(), rules_.call_words.end(),
                                      [&](WordScan::Word word) { return present_[word]; });
    const auto& shapes = shapes_of(code_->language());
    for (std::size_t kind = 0; any_call && kind < duties.size(); ++kind) {
      if (shapes[kind] == Shape::call || shapes[kind] == Shape::construction) duties[kind] |= kCalls;
    }
    return duties;
  }
  [[nodiscard]] bool is_active(const PatternProbe& probe) const {
    return is_wanted_[probe.rule] && present_[probe.word];
  }

  void walk() {
    const std::vector<std::uint8_t> duties = this->duties();
    if (std::all_of(duties.begin(), duties.end(), [](std::uint8_t duty) { return duty == 0; })) return;
    for (std::uint32_t i = 0; i < code_->size(); ++i) {
      if (i % 4096 == 0 && limit_.is_over()) return;
      const syntax::Kind kind = code_->node(i).kind;
      if (kind >= duties.size() || duties[kind] == 0) continue;
      if ((duties[kind] & kPatterns) != 0) look_for_patterns(i);
      if ((duties[kind] & kCalls) != 0) look_for_calls(i);
      // A node may cost much; the clock is asked once in a while by what was done.
      if (++dutiful_ % 256 == 0 && limit_.is_over()) return;
    }
  }

  void look_for_patterns(std::uint32_t node) {
    for (const std::uint32_t each : rules_.patterns_by_kind[code_->node(node).kind]) {
      const PatternProbe& probe = rules_.patterns[each];
      if (!is_active(probe)) continue;
      const auto match = fitter_->fit(probe.pattern, node);
      if (!match) continue;
      Candidate candidate{node, match->span, std::nullopt, {}};
      for (std::size_t i = 0; i < match->captures.size(); ++i) {
        const syntax::Capture& capture = match->captures[i];
        const bool is_one = !capture.is_empty() && code_->node(capture.first).next == capture.last;
        candidate.captures.push_back(
            {probe.pattern.names()[i], is_one ? capture.first : kNowhere, capture.span.of(file_.text)});
      }
      judge(probe.rule, candidate);
    }
  }

  const Imports& imports() {
    if (!imports_) imports_ = Imports::of(*code_);
    return *imports_;
  }

  void look_for_calls(std::uint32_t node) {
    const auto call = call_at(*code_, node);
    if (!call) return;
    std::string last(called_name(*code_, *call));
    if (last.empty()) return;
    std::string full;
    if (call->object == kNowhere && imports().renames(last)) {
      full = imports().full_name(*code_, *call);
      last = full.substr(full.rfind('.') + 1);  // npos + 1 is 0
    }
    const auto probes = rules_.calls_by_name.find(last);
    if (probes == rules_.calls_by_name.end()) return;
    if (full.empty()) full = imports().full_name(*code_, *call);
    for (const CallProbe& probe : probes->second) {
      if (is_wanted_[probe.rule] && is_called(probe, *call, full)) judge_call(probe.rule, *call);
    }
  }

  bool is_called(const CallProbe& probe, const Call& call, const std::string& full) {
    if (!probe.of_any_object) return probe.name == full || imports().may_be(full, probe.name);
    if (call.object == kNowhere) return false;
    const bool is_one_part = probe.name.rfind('.') == 0;  // the dot before it
    return is_one_part || full.ends_with(probe.name) || full == std::string_view(probe.name).substr(1) ||
           plain_name(call.callee_span.of(file_.text), code_->language()).ends_with(probe.name);
  }

  void judge_call(std::uint32_t rule, const Call& call) {
    Candidate candidate{call.node, code_->node(call.node).span, call, {}};
    candidate.captures.push_back({"CALLEE", call.callee, call.callee_span.of(file_.text)});
    if (call.object != kNowhere)
      candidate.captures.push_back({"OBJECT", call.object, code_->text(call.object)});
    judge(rule, candidate);
  }

  void look_for_queries() {
    const std::vector<JoinedQuery>* joined = rules_.queries.joined_for(file_.text.size());
    if (joined == nullptr) {
      for (const auto& query : rules_.queries.single()) {
        const std::uint32_t rule = query->rule();
        if (is_wanted_[rule] && query->may_match(present_) && !limit_.is_over())
          look_for(query->compiled(), [rule](std::uint32_t) { return rule; });
      }
      return;
    }
    for (const JoinedQuery& query : *joined) {
      const bool any =
          std::any_of(query.rules.begin(), query.rules.end(), [&](auto rule) { return is_wanted_[rule]; });
      if (any && !limit_.is_over())
        look_for(query.query, [&](std::uint32_t pattern) { return query.rules[pattern]; });
    }
  }

  // `rule_of` tells the rule of each of its patterns.
  template <class RuleOf>
  void look_for(const syntax::Query& query, RuleOf rule_of) {
    const syntax::Bounds rest = limit_.rest();
    const syntax::QueryMatches found = syntax::find_all(query, code_->tree(), rest);
    for (const syntax::QueryMatch& match : found.all) {
      const std::uint32_t rule = rule_of(match.pattern);
      if (!is_wanted_[rule] || match.captures.empty()) continue;
      if (++dutiful_ % 256 == 0 && limit_.is_over()) return;
      Candidate candidate;
      const auto here = std::find_if(match.captures.begin(), match.captures.end(),
                                     [&](const auto& each) { return query.names()[each.name] == "here"; });
      candidate.span = (here == match.captures.end() ? match.captures.front() : *here).span;
      candidate.node = code_->node_at(candidate.span);
      for (const syntax::QueryCapture& each : match.captures) {
        const std::uint32_t node = code_->node_at(each.span);
        candidate.captures.push_back({query.names()[each.name],
                                      code_->node(node).span == each.span ? node : kNowhere,
                                      each.span.of(file_.text)});
      }
      judge(rule, candidate);
    }
    if (found.is_cut_off && !limit_.is_over()) limit_.give_up("the queries have too many matches");
  }

  std::string_view seen_by(View view) {
    if (view == View::text) return file_.text;
    auto& made = views_.at(static_cast<std::size_t>(view));
    if (!made) made = view_of(view, file_.text, code_ ? &*code_ : nullptr);
    return *made;
  }

  void look_for_expressions() {
    for (const std::uint32_t rule : rules_.with_expressions) {
      if (!is_wanted_[rule]) continue;
      for (const CompiledExpression& each : rules_.rules[rule].expressions) {
        if (!may_match_[each.number]) continue;
        if (limit_.is_over()) return;
        look_for(rule, each, seen_by(rules_.rules[rule].rule->view));
      }
    }
  }

  void look_for(std::uint32_t rule, const CompiledExpression& expression, std::string_view text) {
    constexpr std::size_t kBytesOfMatchStep = 32;
    for (std::size_t from = 0; from <= text.size();) {
      // To find one may take a look at all of the rest.
      if (++dutiful_ % 16 == 0 && limit_.is_over()) return;
      std::vector<text::Regex::Span> found(expression.names.size());
      const bool any = expression.expression.find(text, from, text::Regex::Start::anywhere, found);
      const std::size_t seen = (any ? found.front().end : text.size()) - from;
      if (!limit_.steps().take(1 + seen / kBytesOfMatchStep) || !any) return;
      const text::Regex::Span whole = found.front();
      Candidate candidate;
      candidate.span = span_of(whole);
      for (std::size_t group = 1; group < found.size(); ++group) {
        const text::Regex::Span& part = found[group];
        if (expression.names[group].empty() || part.begin == std::string_view::npos) continue;
        if (expression.names[group] == "here") candidate.span = span_of(part);
        candidate.captures.push_back(
            {expression.names[group], kNowhere, file_.text.substr(part.begin, part.end - part.begin)});
      }
      if (code_) candidate.node = code_->node_at(candidate.span);
      judge(rule, candidate);
      from = std::max(whole.end, whole.begin + 1);
    }
  }

  static syntax::Span span_of(const text::Regex::Span& part) {
    return {static_cast<std::uint32_t>(part.begin), static_cast<std::uint32_t>(part.end)};
  }

  void judge(std::uint32_t rule, Candidate& candidate) {
    if (!judge_->holds(rules_.rules[rule], candidate)) return;
    const Rule& written = *rules_.rules[rule].rule;
    // Two patterns of a rule may find the same place. Two nodes may begin at the same one, and are two
    // places; two expressions that do find the same.
    const std::uint32_t end = written.expressions.empty() ? candidate.span.end : 0;
    if (!seen_.emplace(rule, candidate.span.start, end).second) return;
    if (hits_.size() >= RuleSet::kMostFindings) {
      limit_.give_up(fmt::format("it has more than {} findings", RuleSet::kMostFindings));
      return;
    }
    hits_.push_back(
        {&written, candidate.span, candidate.node, message_of(written.message, candidate.captures), {}});
    if (candidate.came) hits_.back().way = flow_->way_of(*candidate.came);
  }

  const CompiledRules& rules_;
  const SourceFile& file_;
  FileLimit& limit_;
  std::vector<Hit>& hits_;
  std::vector<bool> present_;    // by word
  std::vector<bool> may_match_;  // by expression
  std::vector<bool> is_wanted_;  // by rule
  std::array<std::optional<std::string>, base::EnumNames<View>::names.size()> views_;
  std::set<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>> seen_;  // rule, start and end
  std::uint64_t dutiful_ = 0;
  // Each looks at those before it.
  std::optional<Code> code_;  // none: the file is text
  std::optional<Values> values_;
  std::optional<syntax::Fitter> fitter_;
  std::optional<Imports> imports_;
  std::optional<Flow> flow_;
  std::optional<Judge> judge_;
};

}  // namespace

void run_rules(const CompiledRules& rules, const SourceFile& file, const syntax::Tree* tree,
               std::optional<std::string_view> only, FileLimit& limit, std::vector<Hit>& hits,
               std::vector<std::string_view>& ran) {
  Pass pass(rules, file, limit, hits);
  pass.want(only);
  if (tree != nullptr) {
    pass.look_in_code(*tree);
  } else {
    pass.look_in_text();
  }
  pass.finish(ran);
}

}  // namespace fleet::analysis
