#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "syntax/compiled_pattern.h"
#include "syntax/pattern.h"
#include "syntax/steps.h"

namespace fleet::syntax {
namespace {

// Fits one reading of a pattern to nodes of a tree. It recurses over the pattern, whose depth is bounded, and
// never over the tree. A `$$$` takes as few nodes as will do. When what follows it was found once and the
// rest does not fit, going back to an earlier `$$$` cannot help (as in globs), unless a name comes twice and
// so a later place depends on an earlier one; that search is cut off by the count of steps.
class Matcher {
 public:
  Matcher(const Pattern& pattern, const Reading& reading, const Tree& tree, Steps& steps)
      : pattern_(pattern.compiled()),
        reading_(reading),
        tree_(tree),
        steps_(steps),
        found_(reading.nodes.size()),
        captures_(pattern.names().size()) {}

  [[nodiscard]] bool may_start_at(std::uint32_t index) const {
    return tree_.nodes()[index].kind == reading_.nodes[0].kind;
  }

  std::optional<Match> match(std::uint32_t index) {
    std::fill(found_.begin(), found_.end(), std::nullopt);
    forget(0);
    end_ = tree_.nodes()[index].span.start;
    if (!fit(0, index)) return std::nullopt;
    Match match{index, {tree_.nodes()[index].span.start, end_}, {}, words()};
    for (const auto& capture : captures_)
      match.captures.push_back(capture.value_or(Capture{}));
    return match;
  }

 private:
  enum class Fit { yes, no, never };

  [[nodiscard]] const PatternNode& wanted(std::uint32_t p) const { return reading_.nodes[p]; }
  [[nodiscard]] const Node& node(std::uint32_t t) const { return tree_.nodes()[t]; }
  [[nodiscard]] bool is_leaf(std::uint32_t p) const { return wanted(p).next == p + 1; }
  [[nodiscard]] bool is_separator(std::uint32_t t) const {
    return !node(t).named && (tree_.text(node(t)) == "," || tree_.text(node(t)) == ";");
  }

  void found(std::uint32_t p, Span span) {
    found_[p] = span;
    end_ = span.end;
  }

  bool fit(std::uint32_t p, std::uint32_t t) {
    if (!steps_.take()) return false;
    const PatternNode& want = wanted(p);
    if (want.role == Role::one) {
      if (!node(t).named || node(t).missing || node(t).error) return false;
      found(p, node(t).span);
      return bind(want.variable, {t, node(t).next, node(t).span});
    }
    if (node(t).kind != want.kind) return false;
    if (is_leaf(p)) {
      // The kind of what is not named says its text, or one as good (`# define`).
      if (!tree_.is_leaf(t) || (node(t).named && tree_.text(node(t)) != want.text)) return false;
      found(p, node(t).span);
      return true;
    }
    if (tree_.is_leaf(t)) return false;
    return fit_list(p + 1, want.next, t + 1, node(t).next) == Fit::yes;
  }

  // Fits neighbours [p, p_end) to neighbours [t, t_end).
  Fit fit_list(std::uint32_t p, std::uint32_t p_end, std::uint32_t t, std::uint32_t t_end) {
    for (;;) {
      while (p < p_end && wanted(p).folded)
        p = wanted(p).next;
      while (t < t_end && node(t).extra)
        t = node(t).next;
      if (p < p_end && wanted(p).role == Role::many) return fit_many(p, p_end, t, t_end);
      if (p < p_end && wanted(p).optional) {
        if (t < t_end && fit(p, t)) {
          t = node(t).next;
        } else {
          found_[p] = std::nullopt;
        }
        p = wanted(p).next;
        continue;
      }
      if (t < t_end && node(t).closing_separator) {
        t = node(t).next;
        continue;
      }
      if (p == p_end || t == t_end) return p == p_end && t == t_end ? Fit::yes : Fit::no;
      if (!fit(p, t)) return Fit::no;
      p = wanted(p).next;
      t = node(t).next;
    }
  }

  Fit fit_many(std::uint32_t p, std::uint32_t p_end, std::uint32_t t, std::uint32_t t_end) {
    const PatternNode& want = wanted(p);
    const std::size_t bound = bound_.size();
    const std::uint32_t end = end_;
    found_[p] = std::nullopt;
    if (want.separator != kNone) found_[want.separator] = std::nullopt;
    if (bind(want.variable, {t, t, {end_, end_}})) {
      if (const Fit rest = fit_list(want.next, p_end, t, t_end); rest != Fit::no) return rest;
    }
    const bool separator_first = want.separator != kNone && want.separator < p;
    const bool separator_last = want.separator != kNone && want.separator > p;
    if (separator_first) {
      if (t == t_end || !fit(want.separator, t)) return failure();
      t = node(t).next;
    }
    while (t < t_end && node(t).extra)
      t = node(t).next;
    if (t == t_end || is_separator(t)) return failure();

    const std::uint32_t first = t;
    while (t < t_end) {
      if (!steps_.take()) return Fit::never;
      const std::uint32_t last = t;
      t = node(t).next;
      if (node(last).extra || (is_separator(last) && t < t_end)) continue;
      forget(bound);
      const Span span{node(first).span.start, node(last).span.end};
      found(p, span);
      if (!bind(want.variable, {first, node(last).next, span})) continue;
      std::uint32_t rest_at = t;
      if (separator_last) {
        while (rest_at < t_end && node(rest_at).extra)
          rest_at = node(rest_at).next;
        if (rest_at == t_end || !fit(want.separator, rest_at)) continue;
        rest_at = node(rest_at).next;
      }
      if (const Fit rest = fit_list(want.next, p_end, rest_at, t_end); rest != Fit::no) return rest;
    }
    forget(bound);
    end_ = end;
    return failure();
  }

  [[nodiscard]] Fit failure() const { return pattern_.repeats_a_name ? Fit::no : Fit::never; }

  bool bind(std::uint32_t variable, Capture capture) {
    if (variable == kNone) return true;
    auto& known = captures_[variable];
    if (known) return is_same_code(*known, capture);
    known = capture;
    bound_.push_back(variable);
    return true;
  }

  // Takes back what was bound since there were `count` of them.
  void forget(std::size_t count) {
    while (bound_.size() > count) {
      captures_[bound_.back()].reset();
      bound_.pop_back();
    }
  }

  // The next leaf of code from `t` on.
  std::uint32_t leaf(std::uint32_t t, std::uint32_t end) const {
    while (t < end && (node(t).extra || node(t).closing_separator || !tree_.is_leaf(t))) {
      t = node(t).extra ? node(t).next : t + 1;
    }
    return t;
  }

  bool is_same_code(const Capture& a, const Capture& b) {
    std::uint32_t i = leaf(a.first, a.last);
    std::uint32_t j = leaf(b.first, b.last);
    while (i < a.last && j < b.last) {
      if (!steps_.take() || node(i).kind != node(j).kind || tree_.text(node(i)) != tree_.text(node(j)))
        return false;
      i = leaf(i + 1, a.last);
      j = leaf(j + 1, b.last);
    }
    return i >= a.last && j >= b.last;
  }

  std::vector<std::optional<Span>> words() const {
    std::vector<std::optional<Span>> out(pattern_.words.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
      const std::uint32_t p = reading_.node_of_word[i];
      if (p == kNone || !found_[p]) continue;
      if (wanted(p).role != Role::code) {
        out[i] = found_[p];
        continue;
      }
      if (found_[p]->end - found_[p]->start != wanted(p).text.size()) continue;
      const Span word = pattern_.words[i].span;
      const std::uint32_t start = found_[p]->start + reading_.offset_in_node[i];
      out[i] = Span{start, start + (word.end - word.start)};
    }
    return out;
  }

  const Pattern::Compiled& pattern_;
  const Reading& reading_;
  const Tree& tree_;
  Steps& steps_;
  std::vector<std::optional<Span>> found_;  // by pattern node
  std::vector<std::optional<Capture>> captures_;
  std::vector<std::uint32_t> bound_;
  std::uint32_t end_ = 0;  // of what was found last
};

std::vector<Matcher> matchers_of(const Pattern& pattern, const Tree& tree, Steps& steps) {
  std::vector<Matcher> matchers;
  for (const Reading& reading : pattern.compiled().readings)
    matchers.emplace_back(pattern, reading, tree, steps);
  return matchers;
}

}  // namespace

struct Fitter::State {
  const Tree& tree;
  Steps& steps;
  std::unordered_map<const Pattern::Compiled*, std::vector<Matcher>> matchers;
};

Fitter::Fitter(const Tree& tree, Steps& steps) : state_(new State{tree, steps, {}}) {}
Fitter::~Fitter() = default;

std::optional<Match> Fitter::fit(const Pattern& pattern, std::uint32_t node) {
  auto known = state_->matchers.find(&pattern.compiled());
  if (known == state_->matchers.end()) {
    known = state_->matchers.emplace(&pattern.compiled(), matchers_of(pattern, state_->tree, state_->steps))
                .first;
  }
  for (Matcher& matcher : known->second) {
    if (!matcher.may_start_at(node)) continue;
    if (auto match = matcher.match(node)) return match;
  }
  return std::nullopt;
}

Result<std::vector<Match>> find_all(const Pattern& pattern, const Tree& tree, const Bounds& bounds) {
  const std::string tried = "search for the pattern";
  std::vector<Match> matches;
  Steps steps(bounds);
  std::vector<Matcher> matchers = matchers_of(pattern, tree, steps);
  for (std::uint32_t i = 0; i < tree.nodes().size(); ++i) {
    if (i % 1024 == 0 && bounds.is_stopped()) return base::fail_world(tried, "", kStopped);
    for (Matcher& matcher : matchers) {
      if (!matcher.may_start_at(i)) continue;
      if (auto match = matcher.match(i)) {
        matches.push_back(std::move(*match));
        break;
      }
    }
    if (steps.is_over()) {
      if (bounds.is_stopped()) return base::fail_world(tried, "", kStopped);
      return base::fail_input(tried, "", fmt::format("it takes more than {} steps", bounds.match_steps),
                              "a name that comes twice next to several $$$ makes a search slow");
    }
  }
  return matches;
}

}  // namespace fleet::syntax
