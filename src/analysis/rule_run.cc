#include "analysis/rule_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <set>
#include <tuple>

#include "analysis/hit.h"
#include "analysis/imports.h"
#include "analysis/judge.h"
#include "analysis/parts.h"

namespace fleet::analysis {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

// One pass of a set of rules over a file.
class Pass {
 public:
  Pass(const CompiledRules& rules, const SourceFile& file, const syntax::Bounds& bounds)
      : rules_(rules),
        file_(file),
        bounds_(bounds),
        deadline_(std::chrono::steady_clock::now() + bounds.time),
        work_(bounds.match_steps),
        present_(rules.words.scan(file.text)),
        is_wanted_(rules.rules.size(), false) {}

  void want(std::optional<std::string_view> only) {
    for (std::size_t i = 0; i < is_wanted_.size(); ++i) {
      const CompiledRule& rule = rules_.rules[i];
      is_wanted_[i] = only ? rule.rule->id == *only : !rule.files || rule.files->matches(file_.path);
    }
  }

  void look_in_code(const syntax::Tree& tree) {
    Code code(tree, work_);
    Values values(code);
    syntax::Fitter fitter(tree, bounds_);
    Judge judge(file_.text, &code, &values, &fitter, work_);
    code_ = &code;
    judge_ = &judge;
    fitter_ = &fitter;
    walk();
    look_for_queries();
    look_for_expressions();
    if (fitter.is_exhausted() && gave_up_.empty()) give_up("it takes too many steps");
    // While the code is there.
    for (Hit& hit : hits_) {
      if (hit.node != kNowhere) hit.symbol = code.symbol(hit.node);
    }
    code_ = nullptr;
  }

  void look_in_text() {
    Judge judge(file_.text, nullptr, nullptr, nullptr, work_);
    judge_ = &judge;
    look_for_expressions();
  }

  void finish(RuleResult& into) {
    if (work_.is_done() && gave_up_.empty()) give_up("it takes too many steps");
    for (model::Finding& each : to_findings(file_, std::move(hits_)))
      into.findings.push_back(std::move(each));
    if (!gave_up_.empty()) {
      into.gave_up = gave_up_;
      return;
    }
    for (std::size_t i = 0; i < is_wanted_.size(); ++i) {
      if (is_wanted_[i]) into.ran.push_back(rules_.rules[i].rule->id);
    }
  }

 private:
  enum : std::uint8_t { kPatterns = 1, kCalls = 2 };

  void give_up(std::string why) {
    if (gave_up_.empty()) gave_up_ = std::move(why);
  }
  [[nodiscard]] bool must_stop() {
    if (!gave_up_.empty()) return true;
    if (bounds_.is_stopped()) give_up(syntax::kStopped);
    if (work_.is_done()) give_up("it takes too many steps");
    if (std::chrono::steady_clock::now() >= deadline_)
      give_up(fmt::format("it takes longer than {}", base::format_duration(bounds_.time)));
    return !gave_up_.empty();
  }

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
      if (i % 4096 == 0 && must_stop()) return;
      const syntax::Kind kind = code_->node(i).kind;
      if (kind >= duties.size() || duties[kind] == 0) continue;
      if ((duties[kind] & kPatterns) != 0) look_for_patterns(i);
      if ((duties[kind] & kCalls) != 0) look_for_calls(i);
      // A node may cost much; the clock is asked once in a while by what was done.
      if (++dutiful_ % 256 == 0 && must_stop()) return;
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
    const std::uint32_t name = called_name(*code_, *call);
    if (name == kNowhere) return;
    std::string_view last = code_->text(name);
    std::string full;
    if (name == call->callee && imports().renames(last)) {
      full = imports().full_name(*code_, call->callee);
      last = std::string_view(full).substr(full.find_last_of(".") + 1);  // npos + 1 is 0
    }
    const auto probes = rules_.calls_by_name.find(last);
    if (probes == rules_.calls_by_name.end()) return;
    if (full.empty()) full = imports().full_name(*code_, call->callee);
    for (const CallProbe& probe : probes->second) {
      if (is_wanted_[probe.rule] && is_called(probe, *call, full)) judge_call(probe.rule, *call, name);
    }
  }

  bool is_called(const CallProbe& probe, const Call& call, const std::string& full) {
    if (probe.full_name.empty()) return code_->shape(call.callee) == Shape::member;
    if (probe.full_name == full) return true;
    if (code_->shape(call.callee) != Shape::name) return false;
    const auto& modules = imports().whole_modules();
    return std::any_of(modules.begin(), modules.end(),
                       [&](const std::string& module) { return probe.full_name == module + "." + full; });
  }

  void judge_call(std::uint32_t rule, const Call& call, std::uint32_t name) {
    Candidate candidate{call.node, code_->node(call.node).span, call, {}};
    candidate.captures.push_back({"CALLEE", call.callee, code_->text(call.callee)});
    if (name != call.callee) {
      const std::uint32_t object = code_->first_child(call.callee);
      candidate.captures.push_back({"OBJECT", object, code_->text(object)});
    }
    judge(rule, candidate);
  }

  void look_for_queries() {
    const auto is_wanted = [&](std::uint32_t rule) { return is_wanted_[rule]; };
    if (std::none_of(rules_.rule_of_query.begin(), rules_.rule_of_query.end(), is_wanted) || must_stop())
      return;
    const syntax::QueryMatches found = syntax::find_all(*rules_.query, code_->tree(), bounds_);
    if (found.is_cut_off) give_up("the queries have too many matches");
    for (const syntax::QueryMatch& match : found.all) {
      const std::uint32_t rule = rules_.rule_of_query[match.pattern];
      if (!is_wanted_[rule] || match.captures.empty()) continue;
      if (++dutiful_ % 256 == 0 && must_stop()) return;
      Candidate candidate;
      // The first capture is the finding.
      candidate.span = match.captures[0].span;
      candidate.node = code_->node_at(candidate.span);
      for (const syntax::QueryCapture& each : match.captures) {
        const std::uint32_t node = code_->node_at(each.span);
        candidate.captures.push_back({rules_.query->names()[each.name],
                                      code_->node(node).span == each.span ? node : kNowhere,
                                      each.span.of(file_.text)});
      }
      judge(rule, candidate);
    }
  }

  const std::string& part(Part wanted) {
    auto& made = parts_.at(static_cast<std::size_t>(wanted));
    if (!made) made = part_of(wanted, file_.text, code_);
    return *made;
  }

  void look_for_expressions() {
    for (const std::uint32_t rule : rules_.with_expressions) {
      if (!is_wanted_[rule]) continue;
      for (const CompiledExpression& each : rules_.rules[rule].expressions) {
        if (!present_[each.word]) continue;
        if (must_stop()) return;
        const Part wanted = rules_.rules[rule].rule->part;
        look_for(rule, each, wanted == Part::text ? file_.text : std::string_view(part(wanted)));
      }
    }
  }

  void look_for(std::uint32_t rule, const CompiledExpression& expression, std::string_view text) {
    for (std::size_t from = 0; from <= text.size();) {
      if (++dutiful_ % 256 == 0 && must_stop()) return;
      std::vector<text::Regex::Span> found(expression.names.size());
      if (!expression.expression.find(text, from, text::Regex::Start::anywhere, found)) return;
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
      if (code_ != nullptr) candidate.node = code_->node_at(candidate.span);
      judge(rule, candidate);
      from = std::max(whole.end, whole.begin + 1);
    }
  }

  static syntax::Span span_of(const text::Regex::Span& part) {
    return {static_cast<std::uint32_t>(part.begin), static_cast<std::uint32_t>(part.end)};
  }

  void judge(std::uint32_t rule, const Candidate& candidate) {
    if (!judge_->holds(rules_.rules[rule], candidate)) return;
    if (hits_.size() >= RuleSet::kMostFindings) {
      give_up(fmt::format("it has more than {} findings", RuleSet::kMostFindings));
      return;
    }
    const Rule& written = *rules_.rules[rule].rule;
    // Two patterns of a rule may find the same place.
    if (!seen_.emplace(rule, candidate.span.start).second) return;
    hits_.push_back(
        {&written, candidate.span, candidate.node, message_of(written.message, candidate.captures), {}});
  }

  const CompiledRules& rules_;
  const SourceFile& file_;
  const syntax::Bounds& bounds_;
  SteadyTime deadline_;
  Work work_;
  std::vector<bool> present_;    // by word
  std::vector<bool> is_wanted_;  // by rule
  std::array<std::optional<std::string>, base::EnumNames<Part>::names.size()> parts_;
  std::optional<Imports> imports_;
  std::vector<Hit> hits_;
  std::set<std::pair<std::uint32_t, std::uint32_t>> seen_;  // rule and start
  std::string gave_up_;
  std::uint64_t dutiful_ = 0;
  Code* code_ = nullptr;  // null: the file is text
  Judge* judge_ = nullptr;
  syntax::Fitter* fitter_ = nullptr;
};

}  // namespace

void run_rules(const CompiledRules& rules, const SourceFile& file, const syntax::Bounds& bounds,
               std::optional<std::string_view> only, RuleResult& into) {
  Pass pass(rules, file, bounds);
  pass.want(only);
  if (file.tree != nullptr) {
    pass.look_in_code(*file.tree);
  } else {
    pass.look_in_text();
  }
  pass.finish(into);
}

}  // namespace fleet::analysis
