#include "analysis/secret_program.h"

#include <map>
#include <utility>

#include "base/assert.h"

namespace fleet::analysis {

const SecretExpression::Compiled& SecretExpression::get() const {
  std::call_once(once_, [this] {
    auto regex = text::Regex::parse(text_);
    FLEET_ASSERT(regex, "the rules for secrets were read without diagnostics");
    const std::size_t otherwise = regex->count_groups() > 0 ? 1 : 0;
    const std::size_t group = regex->group("secret").value_or(otherwise);
    compiled_ = Compiled{*std::move(regex), group};
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
