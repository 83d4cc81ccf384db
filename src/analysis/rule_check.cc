#include <set>

#include "analysis/rule_fields.h"
#include "analysis/rule_reader.h"
#include "syntax/pattern.h"
#include "syntax/query.h"
#include "syntax/words.h"
#include "text/glob.h"
#include "text/regex.h"
#include "text/utf8.h"

namespace fleet::analysis {
namespace {

using Names = std::set<std::string, std::less<>>;

// What a compiler says quotes what was written, which may hold what turns a terminal over.
void say(RuleReader& reader, yaml::Node node, const Error& error, std::string_view what = {}) {
  reader.problems.add(node, fmt::format("{}{}", what, text::printable(error.why, text::Newlines::escape)),
                      text::printable(error.hint, text::Newlines::escape));
}

void check_patterns(RuleReader& reader, const Rule& rule, const std::vector<yaml::Node>& nodes,
                    Names* names) {
  for (const yaml::Node node : nodes) {
    for (const syntax::Language language : rule.languages) {
      const auto pattern = syntax::Pattern::compile(language, node.text());
      if (!pattern) {
        say(reader, node, pattern.error(), fmt::format("no pattern of {}: ", base::name_of(language)));
        break;
      }
      if (names != nullptr) names->insert(pattern->names().begin(), pattern->names().end());
    }
  }
}

void check_expression(RuleReader& reader, yaml::Node node, Names* names) {
  const auto expression = text::Regex::parse(node.text());
  if (!expression) return say(reader, node, expression.error());
  if (names == nullptr) return;
  for (const std::string& name : expression->group_names())
    names->insert(name);
}

void check_query(RuleReader& reader, const Rule& rule, yaml::Node node, Names& names) {
  for (const syntax::Language language : rule.languages) {
    const auto query = syntax::Query::compile(language, node.text());
    if (!query) return say(reader, node, query.error());
    names.insert(query->names().begin(), query->names().end());
  }
}

}  // namespace

void check_rule(RuleReader& reader, const RuleDraft& draft) {
  const Rule& rule = draft.rule;
  Names names;
  const std::size_t before = reader.problems.count();
  check_patterns(reader, rule, draft.patterns, &names);
  for (const yaml::Node node : draft.expressions)
    check_expression(reader, node, &names);
  for (const yaml::Node node : draft.query)
    check_query(reader, rule, node, names);
  if (!rule.calls.empty()) names.insert({"CALLEE", "OBJECT"});
  for (const RuleDraft::Code& each : draft.of_conditions) {
    if (each.is_pattern) {
      check_patterns(reader, rule, {each.node}, nullptr);
    } else {
      check_expression(reader, each.node, nullptr);
    }
  }
  for (const yaml::Node node : draft.globs) {
    const auto globs = text::GlobSet::parse({std::string(node.text())});
    if (!globs) say(reader, node, globs.error());
  }
  if (reader.problems.count() > before) return;  // the names are not all known
  for (const yaml::Node node : draft.captures) {
    const std::string_view name = node.text().substr(1);
    if (names.count(name) > 0) continue;
    reader.problems.add(node, fmt::format("{} is captured by nothing in this rule", yaml::quote(node.text())),
                        reader.problems.did_you_mean(name, names));
  }
  for (const yaml::Node node : draft.message) {
    for (const syntax::Word& word : syntax::split_words(node.text())) {
      if (word.name.empty() || names.count(word.name) > 0) continue;
      reader.problems.add(node, fmt::format("the message names `${}`, which nothing captures", word.name),
                          reader.problems.did_you_mean(word.name, names));
    }
  }
}

}  // namespace fleet::analysis
