#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace fleet::text {

// Which of many expressions cannot be found in a text, told by the words that it holds: most expressions need
// a word that most texts do not have. RE2's own filter, and so right for all of its syntax; it is right also
// for copies of the text in which some of it is blank. Immutable; any thread.
class RegexFilter {
 public:
  // Expressions that Regex::parse() takes; they go by their index.
  explicit RegexFilter(const std::vector<std::string>& expressions);
  ~RegexFilter();
  RegexFilter(RegexFilter&&) noexcept;
  RegexFilter& operator=(RegexFilter&&) noexcept;

  // What to look for in the text, without regard to ASCII case; in lower case, none empty, no
  // two the same.
  [[nodiscard]] const std::vector<std::string>& words() const;
  // By expression. `is_there` is by the index of words().
  [[nodiscard]] std::vector<bool> may_match(const std::vector<bool>& is_there) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace fleet::text
