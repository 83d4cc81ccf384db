#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/secret_rule.h"
#include "text/keyword_search.h"
#include "text/regex.h"

namespace fleet::analysis {

// Groups of an expression that may be the value: the match itself and the first ones. RE2 takes longer the
// more groups it is asked for.
inline constexpr std::size_t kMostSecretGroups = 8;

// The group that is the value: `secret`, else the first, else the match itself.
[[nodiscard]] std::size_t value_group_of(const text::Regex& regex);

// The expression of a rule, compiled when it is first needed. Any thread.
class SecretExpression {
 public:
  struct Found {
    text::Regex::Span match;
    text::Regex::Span value;  // both npos: its group took no part
  };
  class Compiled {
   public:
    explicit Compiled(text::Regex regex) : regex_(std::move(regex)), group_(value_group_of(regex_)) {}
    [[nodiscard]] std::optional<Found> find(std::string_view text, std::size_t from,
                                            text::Regex::Start start) const;

   private:
    text::Regex regex_;
    std::size_t group_;
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
