#include "analysis/compiled_rules.h"

#include <algorithm>

#include "analysis/imports.h"
#include "analysis/query_words.h"
#include "base/assert.h"

namespace fleet::analysis {
namespace {

template <class T>
T good(Result<T> result) {
  FLEET_ASSERT(result.has_value(), "rules are checked when they are read (read_rules)");
  return *std::move(result);
}

CompiledCondition compile_condition(const Condition& condition, std::optional<syntax::Language> language) {
  CompiledCondition compiled;
  compiled.written = &condition;
  if (condition.of == Condition::Of::any_of) {
    for (const Condition& each : condition.any)
      compiled.any.push_back(compile_condition(each, language));
  } else if (condition.of == Condition::Of::code_around) {
    for (const std::string& text : condition.texts) {
      if (language) compiled.patterns.push_back(good(syntax::Pattern::compile(*language, text)));
    }
  } else if (condition.test == Condition::Test::matches) {
    compiled.expression = good(text::Regex::parse(condition.texts[0]));
  }
  return compiled;
}

std::vector<std::string> expressions_of(const std::vector<const Rule*>& rules) {
  std::vector<std::string> all;
  for (const Rule* rule : rules)
    all.insert(all.end(), rule->expressions.begin(), rule->expressions.end());
  return all;
}

std::vector<const Rule*> rules_of(const std::vector<Rule>& all, std::optional<syntax::Language> language) {
  std::vector<const Rule*> ours;
  for (const Rule& rule : all) {
    const bool is_ours =
        language ? std::find(rule.languages.begin(), rule.languages.end(), *language) != rule.languages.end()
                 : rule.languages.empty();
    if (is_ours) ours.push_back(&rule);
  }
  return ours;
}

}  // namespace

CompiledRules::CompiledRules(const std::vector<Rule>& all, std::optional<syntax::Language> language)
    : filter(expressions_of(rules_of(all, language))) {
  if (language) patterns_by_kind.resize(syntax::kind_count(*language));
  std::size_t expressions = 0;
  for (const Rule* rule : rules_of(all, language)) {
    const auto index = static_cast<std::uint32_t>(rules.size());
    CompiledRule& compiled = rules.emplace_back();
    compiled.rule = rule;
    if (!rule->files.empty()) compiled.files = good(text::GlobSet::parse(rule->files));
    for (const Condition& condition : rule->where)
      compiled.where.push_back(compile_condition(condition, language));
    for (const std::string& expression : rule->expressions) {
      text::Regex regex = good(text::Regex::parse(expression));
      std::vector<std::string> names = regex.group_names();
      compiled.expressions.push_back({std::move(regex), std::move(names), expressions++});
    }
    if (!rule->expressions.empty()) with_expressions.push_back(index);
    if (!language) continue;
    add_patterns(*rule, index, *language);
    add_calls(*rule, index, *language);
    if (rule->query.empty()) continue;
    queries.add(index, rule->query, *language, words);
  }
  if (language) add_flow(*language);
  for (const std::string& word : filter.words())
    filter_words.push_back(words.add(word));
  words.build();
}

void CompiledRules::add_patterns(const Rule& rule, std::uint32_t index, syntax::Language language) {
  for (const std::string& text : rule.patterns) {
    syntax::Pattern pattern = good(syntax::Pattern::compile(language, text));
    for (const syntax::Kind kind : pattern.root_kinds()) {
      // Errors have a kind of their own, which is never looked for.
      if (kind < patterns_by_kind.size())
        patterns_by_kind[kind].push_back(static_cast<std::uint32_t>(patterns.size()));
    }
    const WordScan::Word word = words.add(pattern.needed_word());
    patterns.push_back({index, std::move(pattern), word});
  }
}

void CompiledRules::add_calls(const Rule& rule, std::uint32_t index, syntax::Language language) {
  for (const std::string& written : rule.calls) {
    const bool of_any_object = written.starts_with("*.");
    std::string name = of_any_object ? written.substr(1) : plain_name(written, language);
    const std::string last = name.substr(name.rfind('.') + 1);  // npos + 1 is 0
    calls_by_name[last].push_back({index, std::move(name), of_any_object});
    call_words.push_back(words.add(last));
  }
}

void CompiledRules::add_flow(syntax::Language language) {
  for (CompiledRule& rule : rules) {
    if (!rule.rule->flow) continue;
    if (!flow) flow.emplace(*rule.rule->flow, language);
    rule.sources = flow->source_groups.bits(rule.rule->sources);
    rule.sanitizers = flow->sanitizer_groups.bits(rule.rule->sanitizers);
  }
}

const syntax::Query& RuleQuery::compiled() const {
  std::call_once(once_, [this] { query_ = good(syntax::Query::compile(language_, text_)); });
  return *query_;
}

bool RuleQuery::may_match(const std::vector<bool>& present) const {
  return std::any_of(needed_.begin(), needed_.end(), [&](const auto& groups) {
    return std::all_of(groups.begin(), groups.end(), [&](const auto& group) {
      return std::any_of(group.begin(), group.end(), [&](WordScan::Word word) { return present[word]; });
    });
  });
}

void RuleQuery::add_words(WordScan& words) {
  for (const NeededWords& groups : words_needed_by(text_)) {
    auto& of_pattern = needed_.emplace_back();
    for (const std::vector<std::string>& group : groups) {
      auto& of_group = of_pattern.emplace_back();
      for (const std::string& word : group)
        of_group.push_back(words.add(word));
    }
  }
  if (needed_.empty()) needed_.emplace_back();  // it needs nothing
}

void RuleQueries::add(std::uint32_t rule, std::string_view text, syntax::Language language, WordScan& words) {
  language_ = language;
  single_.push_back(std::make_unique<RuleQuery>(rule, text, language));
  single_.back()->add_words(words);
}

const std::vector<JoinedQuery>* RuleQueries::joined_for(std::size_t bytes) const {
  if (bytes_.fetch_add(bytes) < kBytesOfFirst) return nullptr;
  std::call_once(once_, [this] { join(); });
  return &joined_;
}

void RuleQueries::join() const {
  std::string text;
  std::vector<std::pair<std::size_t, std::uint32_t>> ends;  // of each rule's part
  const auto finish = [&] {
    if (text.empty()) return;
    JoinedQuery query{good(syntax::Query::compile(language_, text)), {}};
    for (const std::uint32_t start : query.query.pattern_starts()) {
      const auto part =
          std::find_if(ends.begin(), ends.end(), [&](const auto& each) { return start < each.first; });
      query.rules.push_back(part->second);
    }
    joined_.push_back(std::move(query));
    text.clear();
    ends.clear();
  };
  for (const auto& single : single_) {
    if (text.size() + 1 + single->text().size() > syntax::Query::kMaxLength) finish();
    if (!text.empty()) text += '\n';
    text += single->text();
    ends.emplace_back(text.size(), single->rule());
  }
  finish();
}

}  // namespace fleet::analysis
