#include "analysis/query_words.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "text/ascii.h"

namespace fleet::analysis {
namespace {

constexpr std::size_t kShortestWord = 3;  // shorter ones stand in every source

class QueryReader {
 public:
  explicit QueryReader(std::string_view query) : query_(query) {}

  std::vector<NeededWords> read() {
    std::vector<NeededWords> patterns;
    for (skip(); at_ < query_.size(); skip()) {
      asked_.clear();
      const std::size_t before = at_;
      const Captures sure = read_item();
      if (at_ == before) break;  // it is no query
      NeededWords needed;
      for (auto& [capture, words] : asked_) {
        const bool is_told_apart = std::all_of(
            words.begin(), words.end(), [](const std::string& word) { return word.size() >= kShortestWord; });
        if (sure.contains(capture) && !words.empty() && is_told_apart) needed.push_back(std::move(words));
      }
      patterns.push_back(std::move(needed));
    }
    return patterns;
  }

 private:
  using Captures = std::set<std::string>;

  void skip() {
    while (at_ < query_.size()) {
      if (query_[at_] == ';') {
        at_ = std::min(query_.find('\n', at_), query_.size());
      } else if (text::is_ascii_blank(query_[at_])) {
        ++at_;
      } else {
        return;
      }
    }
  }
  [[nodiscard]] char next() const { return at_ < query_.size() ? query_[at_] : '\0'; }
  std::string_view read_word() {
    const std::size_t begin = at_;
    const auto is_of_word = [](char c) {
      return text::is_ascii_letter(c) || text::is_ascii_digit(c) || c == '_' || c == '-' || c == '.' ||
             c == '/';
    };
    while (is_of_word(next()) && !(next() == '.' && at_ == begin))
      ++at_;
    return query_.substr(begin, at_ - begin);
  }
  std::string read_text() {
    std::string out;
    for (++at_; at_ < query_.size() && query_[at_] != '"'; ++at_) {
      if (query_[at_] == '\\') ++at_;
      if (at_ < query_.size()) out += query_[at_];
    }
    ++at_;
    return out;
  }

  // One node, group, alternation or token, with what stands behind it: the captures that it always has.
  Captures read_item() {
    skip();
    Captures sure;
    if (next() == '(') {
      ++at_;
      skip();
      if (next() == '#') {
        read_predicate();
        return sure;
      }
      sure = read_until(')', false);
    } else if (next() == '[') {
      ++at_;
      sure = read_until(']', true);
    } else if (next() == '"') {
      static_cast<void>(read_text());
    } else if (next() == '.') {
      ++at_;
    } else if (next() == '!') {
      ++at_;
      static_cast<void>(read_word());
    } else {
      static_cast<void>(read_word());
      if (next() == ':') {  // a field: what follows is its node
        ++at_;
        return read_item();
      }
    }
    return read_behind(std::move(sure));
  }

  Captures read_behind(Captures sure) {
    bool may_be_missing = false;
    for (skip(); at_ < query_.size(); skip()) {
      const char c = next();
      if (c == '?' || c == '*') {
        may_be_missing = true;
        ++at_;
      } else if (c == '+') {
        ++at_;
      } else if (c == '@') {
        ++at_;
        sure.emplace(read_word());
      } else {
        break;
      }
    }
    return may_be_missing ? Captures() : sure;
  }

  Captures read_until(char close, bool is_choice) {
    Captures sure;
    bool is_first = true;
    for (skip(); at_ < query_.size() && next() != close; skip()) {
      const std::size_t before = at_;
      Captures one = read_item();
      if (at_ == before) {
        ++at_;  // a sign that is not known
        continue;
      }
      if (!is_choice || is_first) {
        sure.insert(one.begin(), one.end());
      } else {
        std::erase_if(sure, [&](const std::string& each) { return !one.contains(each); });
      }
      is_first = false;
    }
    ++at_;
    return sure;
  }

  // Behind `(`, on `#`.
  void read_predicate() {
    ++at_;
    std::string name(read_word());
    if (next() == '?') {
      name += '?';
      ++at_;
    }
    skip();
    std::string capture;
    std::vector<std::string> words;
    bool has_other = false;  // it is compared with another capture
    for (; at_ < query_.size() && next() != ')'; skip()) {
      if (next() == '@') {
        ++at_;
        has_other = !capture.empty();
        (capture.empty() ? capture : other_) = std::string(read_word());
      } else if (next() == '"') {
        words.push_back(read_text());
      } else {
        ++at_;
      }
    }
    ++at_;
    if ((name == "eq?" || name == "any-of?") && !has_other) asked_.emplace(capture, std::move(words));
  }

  std::string_view query_;
  std::size_t at_ = 0;
  std::multimap<std::string, std::vector<std::string>> asked_;  // by capture
  std::string other_;
};

}  // namespace

std::vector<NeededWords> words_needed_by(std::string_view query) {
  return QueryReader(query).read();
}

}  // namespace fleet::analysis
