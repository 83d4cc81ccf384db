#include "analysis/compiled_rules.h"

#include <algorithm>

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

std::string with_dots(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c != ':') {
      out += c;
    } else if (out.empty() || out.back() != '.') {
      out += '.';
    }
  }
  return out;
}

}  // namespace

CompiledRules::CompiledRules(const std::vector<Rule>& all, std::optional<syntax::Language> language) {
  if (language) patterns_by_kind.resize(syntax::kind_count(*language));
  std::string query_text;
  std::vector<std::pair<std::size_t, std::uint32_t>> query_ends;  // of each rule's part
  for (const Rule& rule : all) {
    const bool is_ours =
        language ? std::find(rule.languages.begin(), rule.languages.end(), *language) != rule.languages.end()
                 : rule.languages.empty();
    if (!is_ours) continue;
    const auto index = static_cast<std::uint32_t>(rules.size());
    CompiledRule& compiled = rules.emplace_back();
    compiled.rule = &rule;
    if (!rule.files.empty()) compiled.files = good(text::GlobSet::parse(rule.files));
    for (const Condition& condition : rule.where)
      compiled.where.push_back(compile_condition(condition, language));
    for (const std::string& expression : rule.expressions) {
      text::Regex regex = good(text::Regex::parse(expression));
      std::vector<std::string> names = regex.group_names();
      compiled.expressions.push_back(
          {std::move(regex), std::move(names), words.add(needed_literal(expression))});
    }
    if (!rule.expressions.empty()) with_expressions.push_back(index);
    if (!language) continue;
    if (!rule.query.empty()) {
      query_text += rule.query;
      query_text += '\n';
      query_ends.emplace_back(query_text.size(), index);
    }
    for (const std::string& text : rule.patterns) {
      syntax::Pattern pattern = good(syntax::Pattern::compile(*language, text));
      for (const syntax::Kind kind : pattern.root_kinds()) {
        // Errors have a kind of their own, which is never looked for.
        if (kind < patterns_by_kind.size())
          patterns_by_kind[kind].push_back(static_cast<std::uint32_t>(patterns.size()));
      }
      const WordScan::Word word = words.add(pattern.needed_word());
      patterns.push_back({index, std::move(pattern), word});
    }
    for (const std::string& written : rule.calls) {
      const std::string name = with_dots(written);
      const std::size_t last_at = written.find_last_of(".:");
      const std::string_view last = std::string_view(written).substr(last_at + 1);  // npos + 1 is 0
      calls_by_name[last].push_back({index, name.starts_with("*.") ? std::string() : name});
      call_words.push_back(words.add(last));
    }
  }
  words.build();
  if (query_text.empty()) return;
  query = good(syntax::Query::compile(*language, query_text));
  for (const std::uint32_t start : query->pattern_starts()) {
    const auto part = std::find_if(query_ends.begin(), query_ends.end(),
                                   [&](const auto& each) { return start < each.first; });
    rule_of_query.push_back(part->second);
  }
}

}  // namespace fleet::analysis
