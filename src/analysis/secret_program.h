#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "analysis/secret_rule.h"
#include "text/keyword_search.h"
#include "text/regex.h"

namespace fleet::analysis {

// The expression of a rule, compiled when it is first needed. Any thread.
class SecretExpression {
 public:
  struct Compiled {
    text::Regex regex;
    std::size_t group;  // that is the value
  };
  // `text` outlives it, and is an expression.
  explicit SecretExpression(const std::string& text) : text_(text) {}
  [[nodiscard]] const Compiled& get() const;

 private:
  const std::string& text_;
  mutable std::once_flag once_;
  mutable std::optional<Compiled> compiled_;
};

// Rules made ready to search with. Immutable but for expressions not yet compiled.
class SecretProgram {
 public:
  explicit SecretProgram(std::vector<SecretRule> rules);

  [[nodiscard]] const std::vector<SecretRule>& rules() const { return rules_; }
  [[nodiscard]] const text::KeywordSearch& keywords() const { return *keywords_; }
  [[nodiscard]] std::size_t keyword_size(std::uint32_t keyword) const { return words_[keyword].size(); }
  // Indexes of the rules that a keyword may be the beginning of.
  [[nodiscard]] const std::vector<std::uint32_t>& rules_of(std::uint32_t keyword) const {
    return rules_of_[keyword];
  }
  [[nodiscard]] const SecretExpression::Compiled& expression(std::uint32_t rule) const {
    return expressions_[rule]->get();
  }

 private:
  std::vector<SecretRule> rules_;
  std::vector<std::string> words_;
  std::vector<std::vector<std::uint32_t>> rules_of_;
  std::optional<text::KeywordSearch> keywords_;
  std::vector<std::unique_ptr<const SecretExpression>> expressions_;
};

}  // namespace fleet::analysis
