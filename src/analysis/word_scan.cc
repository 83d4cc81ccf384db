#include "analysis/word_scan.h"

#include <algorithm>
#include <set>

#include "text/ascii.h"

namespace fleet::analysis {
namespace {

constexpr std::size_t kLeastLength = 3;

// Past the `]` of a set that begins at `at`.
std::size_t after_set(std::string_view text, std::size_t at) {
  ++at;
  if (at < text.size() && text[at] == '^') ++at;
  if (at < text.size() && text[at] == ']') ++at;
  while (at < text.size() && text[at] != ']')
    at += text[at] == '\\' ? 2 : 1;
  return at + 1;
}

// Past the `)` of a group that begins at `at`.
std::size_t after_group(std::string_view text, std::size_t at) {
  int depth = 0;
  while (at < text.size()) {
    if (text[at] == '\\') {
      at += 2;
      continue;
    }
    if (text[at] == '[') {
      at = after_set(text, at);
      continue;
    }
    if (text[at] == '(') ++depth;
    if (text[at] == ')' && --depth == 0) return at + 1;
    ++at;
  }
  return at;
}

}  // namespace

WordScan::Word WordScan::add(std::string_view word) {
  if (word.empty()) return kAlways;
  return numbers_.emplace(std::string(word), static_cast<Word>(numbers_.size() + 1)).first->second;
}

void WordScan::build() {
  std::set<std::string> words;
  for (const auto& each : numbers_)
    words.insert(each.first);
  if (words.empty()) return;
  for (const auto& each : numbers_) {
    auto& ending = ending_[each.first];
    for (std::size_t from = 0; from < each.first.size(); ++from) {
      const auto known = numbers_.find(each.first.substr(from));
      if (known != numbers_.end()) ending.push_back(known->second);
    }
  }
  automaton_ = std::make_unique<text::Automaton>(words);
}

std::vector<bool> WordScan::scan(std::string_view text) const {
  std::vector<bool> found(numbers_.size() + 1, false);
  found[kAlways] = true;
  if (automaton_ == nullptr) return found;
  std::uint32_t node = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    node = automaton_->advance(node, static_cast<unsigned char>(text[i]));
    const std::uint32_t length = automaton_->match(node);
    if (length == 0) continue;
    const auto ending = ending_.find(text.substr(i + 1 - length, length));
    if (ending == ending_.end()) continue;
    for (const Word word : ending->second)
      found[word] = true;
  }
  return found;
}

std::string needed_literal(std::string_view expression) {
  if (expression.find("(?i)") != std::string_view::npos) return {};
  std::string best;
  std::string run;
  const auto end_run = [&] {
    if (run.size() > best.size()) best = run;
    run.clear();
  };
  for (std::size_t at = 0; at < expression.size();) {
    const char c = expression[at];
    switch (c) {
      case '|':
        return {};
      case '(':
        end_run();
        at = after_group(expression, at);
        continue;
      case '[':
        end_run();
        at = after_set(expression, at);
        continue;
      case '?':
      case '*':
      case '{':
        // What stands before it may be missing.
        if (!run.empty()) run.pop_back();
        end_run();
        if (c == '{') at = std::min(expression.find('}', at), expression.size() - 1);
        break;
      case '+':
      case '.':
      case '^':
      case '$':
        end_run();
        break;
      case '\\':
        ++at;
        if (at < expression.size() && !text::is_ascii_letter(expression[at]) &&
            !text::is_ascii_digit(expression[at])) {
          run += expression[at];
        } else {
          end_run();
        }
        break;
      default:
        run += c;
    }
    ++at;
  }
  end_run();
  return best.size() < kLeastLength ? std::string() : best;
}

}  // namespace fleet::analysis
