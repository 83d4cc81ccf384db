#include "analysis/secret_pass.h"

#include <algorithm>
#include <utility>

#include "analysis/secret_values.h"
#include "analysis/secrets.h"
#include "text/ascii.h"

namespace fleet::analysis {
namespace {

constexpr std::size_t kSeenBefore = 4;  // bytes that `\b` may look at

bool is_token_byte(char c) {
  return text::is_ascii_letter(c) || text::is_ascii_digit(c);
}

// A keyword that begins within a word is another word: `compass`, `gxoxb-`. Long ones are told by themselves
// (`dbpassword`), and case starts a word in a name (`dbPass`).
bool begins_a_word(std::string_view text, std::size_t begin, std::size_t end) {
  if (begin == 0 || !text::is_ascii_letter(text[begin - 1]) || !text::is_ascii_letter(text[begin]))
    return true;
  const bool same_case = (text::to_ascii_lower(text[begin - 1]) == text[begin - 1]) ==
                         (text::to_ascii_lower(text[begin]) == text[begin]);
  constexpr std::size_t kTelling = 6;
  return !same_case || end - begin >= kTelling;
}

// Nor does a short one that goes on: `passed`, `OPpASSIGN`.
bool ends_a_word(std::string_view text, std::size_t begin, std::size_t end) {
  constexpr std::size_t kTelling = 5;
  if (end - begin > kTelling || end >= text.size() || !text::is_ascii_letter(text[end]) ||
      !text::is_ascii_letter(text[end - 1]))
    return true;
  const bool same_case = (text::to_ascii_lower(text[end]) == text[end]) ==
                         (text::to_ascii_lower(text[end - 1]) == text[end - 1]);
  return !same_case;
}

// A value that goes on is another one.
bool ends_a_value(std::string_view text, std::size_t end, std::size_t limit) {
  return end >= limit || !(is_token_byte(text[end]) || text[end] == '_');
}

model::Confidence less_sure_secret(model::Confidence confidence) {
  return confidence == model::Confidence::high ? model::Confidence::medium : model::Confidence::low;
}

// What stands before the token in a header's value.
void skip_scheme(std::string_view text, SecretAssignment& assignment) {
  for (const std::string_view scheme : {"Bearer ", "bearer ", "token ", "Token ", "Basic ", "basic "}) {
    if (text.substr(assignment.begin, scheme.size()) == scheme && assignment.is_quoted)
      assignment.begin = std::min(assignment.begin + scheme.size(), assignment.end);
  }
}

}  // namespace

SecretPass::SecretPass(const SecretProgram& program, const SecretPath& path, SecretFileKind kind,
                       std::size_t work)
    : program_(program), path_(path), kind_(kind), most_work_(work), done_(program.rules().size(), 0) {}

void SecretPass::search(std::string_view text) {
  layer_ = nullptr;
  search_text(text);
}

void SecretPass::search(const SecretLayer& layer) {
  if (state_ != SecretSearch::whole || !pay(layer.text.size())) return;
  layer_ = &layer;
  search_text(layer.text);
  layer_ = nullptr;
}

void SecretPass::search_text(std::string_view text) {
  for (const std::uint32_t rule : touched_)
    done_[rule] = 0;
  touched_.clear();
  assignment_at_ = {};
  program_.keywords().search(text, [&](std::uint32_t keyword, std::size_t end) {
    const std::size_t begin = end - program_.keyword_size(keyword);
    for (const std::uint32_t rule : program_.rules_of(keyword))
      try_rule(text, rule, begin, end);
    return state_ == SecretSearch::whole;
  });
}

bool SecretPass::pay(std::size_t bytes) {
  if (bytes <= most_work_ - looked_at_) {
    looked_at_ += bytes;
    return true;
  }
  state_ = SecretSearch::too_costly;
  return false;
}

void SecretPass::try_rule(std::string_view text, std::uint32_t rule, std::size_t begin, std::size_t end) {
  if (begin < done_[rule]) return;
  const SecretRule& what = program_.rules()[rule];
  if (kind_ == SecretFileKind::binary &&
      (what.place != SecretPlace::keyword || what.is_generic || what.confidence != model::Confidence::high))
    return;
  switch (what.place) {
    case SecretPlace::keyword:
      return try_at_keyword(text, rule, begin, end);
    case SecretPlace::near:
      return try_near(text, rule, begin);
    case SecretPlace::assigned:
      return try_assigned(text, rule, begin, end);
  }
}

SecretPass::Found SecretPass::found_in(std::string_view text, std::size_t from, std::size_t size,
                                       text::Regex::Span value) {
  if (value.begin == std::string_view::npos) return {};
  return {from + value.begin, from + value.end, value.end == size && from + size < text.size()};
}

void SecretPass::try_at_keyword(std::string_view text, std::uint32_t rule, std::size_t begin,
                                std::size_t end) {
  if (begin > 0 && is_token_byte(text[begin]) && is_token_byte(text[begin - 1])) {
    // `\n` and `\t` of a literal are no letters: "\nghp_..."
    const bool is_escape = begin > 1 && text[begin - 2] == '\\' &&
                           std::string_view("nrtbf").find(text[begin - 1]) != std::string_view::npos;
    if (!is_escape) return;
  }
  const std::size_t from = begin - std::min(begin, kSeenBefore);
  const std::string_view window =
      text.substr(from, begin - from + std::max(program_.rules()[rule].after, end - begin));
  if (!pay(window.size())) return;
  const auto found = program_.expression(rule).find(window, begin - from, text::Regex::Start::at_once);
  if (found) judge(text, rule, found_in(text, from, window.size(), found->value));
}

// All in reach: what is nearest may be something else.
void SecretPass::try_near(std::string_view text, std::uint32_t rule, std::size_t begin) {
  const SecretRule& what = program_.rules()[rule];
  std::size_t first = std::max(done_[rule], begin - std::min(begin, what.before));
  const std::size_t last = std::min(text.size(), begin + what.after);
  while (first < last) {
    const std::size_t from = first - std::min(first, kSeenBefore);
    const std::string_view window = text.substr(from, last - from);
    if (!pay(window.size())) return;
    const auto found = program_.expression(rule).find(window, first - from, text::Regex::Start::anywhere);
    if (!found) return;
    judge(text, rule, found_in(text, from, window.size(), found->value));
    first = std::max(from + found->match.end, first + 1);
  }
}

void SecretPass::try_assigned(std::string_view text, std::uint32_t rule, std::size_t begin, std::size_t end) {
  const SecretRule& what = program_.rules()[rule];
  if (what.is_generic && path_.is_lock) return;
  if (!begins_a_word(text, begin, end) || !ends_a_word(text, begin, end)) return;
  if (assignment_at_ != std::pair(begin, end)) {
    assignment_at_ = {begin, end};
    constexpr std::size_t kNameCost = 32;
    assignment_ = read_secret_assignment(text, begin, end);
    if (!pay(kNameCost + (assignment_ ? assignment_->end - assignment_->begin : 0))) return;
    if (assignment_) skip_scheme(text, *assignment_);
  }
  if (!assignment_) return;
  const SecretAssignment& assignment = *assignment_;
  const bool is_flag = assignment.head.starts_with("-");
  if (what.is_generic) {
    const bool may_be_bare = path_.has_bare_values || is_flag || assignment.is_parameter || layer_ != nullptr;
    if (!assignment.is_quoted && !(assignment.is_sole && may_be_bare)) return;
  }
  const std::size_t from = assignment.begin - std::min(assignment.begin, kSeenBefore);
  const std::string_view window = text.substr(from, assignment.end - from);
  if (!pay(window.size())) return;
  const auto match =
      program_.expression(rule).find(window, assignment.begin - from, text::Regex::Start::at_once);
  if (!match || match->value.begin == std::string_view::npos) return;
  Found found{from + match->value.begin, from + match->value.end};
  found.is_doubtful = names_another_thing(assignment, what.other_names);
  const std::string_view value = text.substr(found.begin, found.end - found.begin);
  if (!ends_a_value(text, found.end, assignment.end)) return;
  // `password = password_`, `kElasticKey = SomeLongNameOfAType`
  const std::string_view name = text.substr(begin - assignment.head.size(),
                                            assignment.head.size() + (end - begin) + assignment.tail.size());
  if (text::to_ascii_lower(name).find(text::to_ascii_lower(value)) != std::string::npos) return;
  const bool may_be_words = what.is_generic || what.may_have_words || what.check == SecretCheck::password;
  if (!may_be_words && word_share(value) >= 0.5) return;
  judge(text, rule, found);
}

model::Confidence SecretPass::confidence_of(const SecretRule& rule, SecretCheckResult check) const {
  model::Confidence confidence = rule.confidence;
  if (check == SecretCheckResult::wrong_sum) confidence = less_sure_secret(confidence);
  if (check == SecretCheckResult::weak) confidence = model::Confidence::low;
  if (path_.is_test) confidence = less_sure_secret(confidence);
  if (path_.is_translation && rule.is_generic) confidence = model::Confidence::low;
  return confidence;
}

void SecretPass::judge(std::string_view text, std::uint32_t rule, Found found) {
  const SecretRule& what = program_.rules()[rule];
  const std::string_view value = text.substr(found.begin, found.end - found.begin);
  if (value.empty()) return;  // also: its group took no part
  if (what.may_have_words ? is_monotonous(value) : is_placeholder(value)) return;
  if (what.entropy && entropy_of(value) < *what.entropy) return;
  if (is_documented_example(value)) return;
  const SecretCheckResult check = check_secret(what.check, value);
  if (check == SecretCheckResult::unlike || check == SecretCheckResult::known) return;
  SecretMatch match;
  match.rule = &what;
  match.value = value;
  match.confidence = found.is_doubtful ? model::Confidence::low : confidence_of(what, check);
  match.check = check;
  match.is_cut = found.is_cut;
  if (done_[rule] == 0) touched_.push_back(rule);
  done_[rule] = found.end;
  keep(std::move(match), found);
}

void SecretPass::keep(SecretMatch match, Found found) {
  match.begin = found.begin;
  match.end = found.end;
  if (layer_ != nullptr) {
    // What stands within one part was found in the file itself.
    const bool is_across =
        std::any_of(layer_->borders.begin(), layer_->borders.end(),
                    [&](std::size_t border) { return found.begin < border && border < found.end; });
    if (!layer_->borders.empty() && !is_across) return;
    match.begin = layer_->begin;
    match.end = layer_->end;
    match.form = layer_->borders.empty() ? SecretForm::in_base64 : SecretForm::in_parts;
  }
  if (matches_.size() >= SecretScanner::kMostMatches) {
    state_ = SecretSearch::too_many;
    return;
  }
  matches_.push_back(std::move(match));
}

}  // namespace fleet::analysis
