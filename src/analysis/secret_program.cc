#include "analysis/secret_program.h"

#include <array>
#include <map>
#include <span>
#include <utility>

#include "base/assert.h"

namespace fleet::analysis {

std::size_t value_group_of(const text::Regex& regex) {
  return regex.group("secret").value_or(regex.count_groups() > 0 ? 1 : 0);
}

std::optional<SecretExpression::Found> SecretExpression::Compiled::find(std::string_view text,
                                                                        std::size_t from,
                                                                        text::Regex::Start start) const {
  std::array<text::Regex::Span, kMostSecretGroups> spans;
  if (!regex_.find(text, from, start, std::span(spans).first(group_ + 1))) return std::nullopt;
  return Found{spans[0], spans[group_]};
}

const SecretExpression::Compiled& SecretExpression::get() const {
  std::call_once(once_, [this] {
    auto regex = text::Regex::parse(text_);
    FLEET_ASSERT(regex && value_group_of(*regex) < kMostSecretGroups,
                 "the rules for secrets were read without diagnostics");
    compiled_.emplace(*std::move(regex));
  });
  return *compiled_;
}

SecretProgram::SecretProgram(std::vector<SecretRule> rules) : rules_(std::move(rules)) {
  std::map<std::string, std::uint32_t> numbers;
  for (std::uint32_t rule = 0; rule < rules_.size(); ++rule) {
    expressions_.push_back(std::make_unique<const SecretExpression>(rules_[rule].regex));
    for (const std::string& word : rules_[rule].keywords) {
      const auto [number, is_new] = numbers.emplace(word, static_cast<std::uint32_t>(words_.size()));
      if (is_new) {
        words_.push_back(word);
        rules_of_.emplace_back();
      }
      rules_of_[number->second].push_back(rule);
    }
  }
  keywords_.emplace(words_);
}

}  // namespace fleet::analysis
