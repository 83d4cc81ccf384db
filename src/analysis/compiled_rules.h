#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "analysis/flow_names.h"
#include "analysis/rule.h"
#include "analysis/word_scan.h"
#include "syntax/pattern.h"
#include "syntax/query.h"
#include "text/glob.h"
#include "text/regex.h"
#include "text/regex_filter.h"

// The rules of one language, or of text, compiled: the inside of a RuleSet.
namespace fleet::analysis {

struct CompiledCondition {
  const Condition* written = nullptr;
  std::vector<CompiledCondition> any;
  std::vector<syntax::Pattern> patterns;  // of `inside`
  std::optional<text::Regex> expression;  // of `matches`
};

struct CompiledExpression {
  text::Regex expression;
  std::vector<std::string> names;  // of its groups
  std::size_t number = 0;          // in CompiledRules::filter
};

struct CompiledRule {
  const Rule* rule = nullptr;
  std::optional<text::GlobSet> files;  // nothing: all
  std::vector<CompiledCondition> where;
  std::vector<CompiledExpression> expressions;
  std::uint64_t sources = 0, sanitizers = 0;  // groups, of CompiledRules::flow
};

struct PatternProbe {
  std::uint32_t rule;
  syntax::Pattern pattern;
  WordScan::Word word;
};

// One name of a rule's `calls`.
struct CallProbe {
  std::uint32_t rule;
  std::string name;  // as Imports have it; of any object (`*.execute`), from the dot on
  bool of_any_object;
};

// The queries of several rules, as one: to look for it takes far less time.
struct JoinedQuery {
  syntax::Query query;
  std::vector<std::uint32_t> rules;  // of each of its patterns
};

// The query of a rule. To compile one takes up to some tenths of a second, whatever it is looked for in: so
// that is done where the first file holds what it needs. Any thread.
class RuleQuery {
 public:
  RuleQuery(std::uint32_t rule, std::string_view text, syntax::Language language)
      : rule_(rule), text_(text), language_(language) {}

  [[nodiscard]] std::uint32_t rule() const { return rule_; }
  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] const syntax::Query& compiled() const;
  // Whether a file with these words may hold a match.
  [[nodiscard]] bool may_match(const std::vector<bool>& present) const;
  void add_words(WordScan& words);

 private:
  std::uint32_t rule_;
  std::string_view text_;
  syntax::Language language_;
  // Of each pattern of the query, groups of which each must have a word in the file.
  std::vector<std::vector<std::vector<WordScan::Word>>> needed_;
  mutable std::once_flag once_;
  mutable std::optional<syntax::Query> query_;
};

// All queries of a language. Of the first files only those are compiled that they need; where there is more
// to read, joining all of them soon pays. What is found is the same. Any thread.
class RuleQueries {
 public:
  void add(std::uint32_t rule, std::string_view text, syntax::Language language, WordScan& words);

  [[nodiscard]] const std::vector<std::unique_ptr<RuleQuery>>& single() const { return single_; }
  // Null: this file, of so many bytes, is one of the first.
  [[nodiscard]] const std::vector<JoinedQuery>* joined_for(std::size_t bytes) const;

 private:
  // Looking for single ones costs some 0.7 s more for each MB, joining them 0.2 to 0.6 s.
  static constexpr std::uint64_t kBytesOfFirst = 200'000;
  void join() const;

  std::vector<std::unique_ptr<RuleQuery>> single_;
  syntax::Language language_ = syntax::Language::c;
  mutable std::atomic<std::uint64_t> bytes_ = 0;
  mutable std::once_flag once_;
  mutable std::vector<JoinedQuery> joined_;
};

struct CompiledRules {
  // Views the rules. They must be good: what does not compile is a bug. `language`: nothing for those of
  // text.
  CompiledRules(const std::vector<Rule>& rules, std::optional<syntax::Language> language);

  std::vector<CompiledRule> rules;
  std::vector<PatternProbe> patterns;
  std::vector<std::vector<std::uint32_t>> patterns_by_kind;               // indexes in `patterns`
  std::unordered_map<std::string, std::vector<CallProbe>> calls_by_name;  // by the last part
  std::vector<WordScan::Word> call_words;       // one of them is in a file with a call that is looked for
  std::vector<std::uint32_t> with_expressions;  // indexes in `rules`
  RuleQueries queries;
  std::optional<FlowNames> flow;  // where a rule asks for it
  WordScan words;
  text::RegexFilter filter;
  std::vector<WordScan::Word> filter_words;  // by the index of filter.words()

 private:
  void add_calls(const Rule& rule, std::uint32_t index, syntax::Language language);
  void add_patterns(const Rule& rule, std::uint32_t index, syntax::Language language);
  void add_flow(syntax::Language language);
};

}  // namespace fleet::analysis
