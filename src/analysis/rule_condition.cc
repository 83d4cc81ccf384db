#include <charconv>

#include "analysis/rule_fields.h"
#include "analysis/rule_reader.h"
#include "text/ascii.h"

namespace fleet::analysis {
namespace {

struct ConditionDraft {
  Condition condition;
  RuleDraft& rule;
  yaml::Node at;
  int subjects = 0;  // keys that say of what it is: one is wanted
  int tests = 0;
  bool needs_test = false;
};
using ConditionKey = yaml::Key<RuleReader, ConditionDraft>;

void read_capture(RuleReader& reader, yaml::Node node, ConditionDraft& draft) {
  const std::string text = read_text(reader.problems, node);
  ++draft.subjects;
  draft.needs_test = true;
  draft.condition.of = Condition::Of::capture;
  if (!text.starts_with('$')) {
    reader.problems.add(node, fmt::format("{} is no metavariable", yaml::quote(text)), "write `$NAME`");
    return;
  }
  draft.condition.capture = text.substr(1);
  draft.rule.captures.push_back(node);
}

// `0`, `shell`, `2.shell`, `any`, `any.shell`
ArgumentName argument_name(std::string_view text) {
  ArgumentName name;
  const std::string_view first = text.substr(0, text.find('.'));
  if (first.size() < text.size()) name.property = text.substr(first.size() + 1);
  std::uint32_t position = 0;
  const auto [end, error] = std::from_chars(first.data(), first.data() + first.size(), position);
  if (error == std::errc{} && end == first.data() + first.size()) {
    name.position = position;
  } else if (first != "any") {
    name.keyword = first;
  }
  return name;
}

void read_argument(RuleReader& reader, yaml::Node node, ConditionDraft& draft) {
  ++draft.subjects;
  draft.needs_test = true;
  draft.condition.of = Condition::Of::argument;
  for (const yaml::Node each : read_texts(reader.problems, node))
    draft.condition.arguments.push_back(argument_name(each.text()));
  draft.rule.arguments.push_back(node);
}

void read_is(RuleReader& reader, yaml::Node node, ConditionDraft& draft) {
  ++draft.tests;
  draft.condition.test = Condition::Test::is;
  if (const auto is = read_word<Is>(reader.problems, node, &draft.condition.negated))
    draft.condition.is = *is;
  if (draft.condition.is == Is::tainted || draft.condition.is == Is::clean)
    draft.rule.followed.push_back(node);
}

void read_equals(RuleReader& reader, yaml::Node node, ConditionDraft& draft) {
  ++draft.tests;
  draft.condition.test = Condition::Test::equals;
  for (const yaml::Node each : read_texts(reader.problems, node))
    draft.condition.texts.emplace_back(each.text());
}

void read_matches(RuleReader& reader, yaml::Node node, ConditionDraft& draft) {
  ++draft.tests;
  draft.condition.test = Condition::Test::matches;
  draft.condition.texts = {read_text(reader.problems, node)};
  draft.rule.of_conditions.push_back({node, false});
}

void read_inside(RuleReader& reader, yaml::Node node, ConditionDraft& draft) {
  ++draft.subjects;
  draft.condition.of = Condition::Of::code_around;
  for (const yaml::Node each : read_texts(reader.problems, node)) {
    draft.condition.texts.emplace_back(each.text());
    draft.rule.of_conditions.push_back({each, true});
  }
}

template <Condition::Of of>
void read_has(RuleReader& reader, yaml::Node node, ConditionDraft& draft) {
  ++draft.subjects;
  draft.condition.of = of;
  draft.condition.test = Condition::Test::matches;
  draft.condition.texts = {read_text(reader.problems, node)};
  draft.rule.of_conditions.push_back({node, false});
}

void read_any(RuleReader& reader, yaml::Node node, ConditionDraft& draft) {
  ++draft.subjects;
  draft.condition.of = Condition::Of::any_of;
  read_conditions(reader, node, draft.rule, draft.condition.any);
}

// `not-matches` is what `matches` is, and then the contrary.
template <void (*read)(RuleReader&, yaml::Node, ConditionDraft&)>
void read_not(RuleReader& reader, yaml::Node node, ConditionDraft& draft) {
  draft.condition.negated = true;
  read(reader, node, draft);
}

const ConditionKey kConditionKeys[] = {
    {"capture", read_capture},
    {"argument", read_argument},
    {"is", read_is},
    {"equals", read_equals},
    {"not-equals", read_not<read_equals>},
    {"matches", read_matches},
    {"not-matches", read_not<read_matches>},
    {"inside", read_inside},
    {"not-inside", read_not<read_inside>},
    {"file-has", read_has<Condition::Of::file>},
    {"file-lacks", read_not<read_has<Condition::Of::file>>},
    {"function-has", read_has<Condition::Of::function>},
    {"function-lacks", read_not<read_has<Condition::Of::function>>},
    {"any", read_any},
};

void read_condition(RuleReader& reader, yaml::Node node, RuleDraft& rule, std::vector<Condition>& into) {
  ConditionDraft draft{{}, rule, node, 0, 0, false};
  const std::size_t before = reader.problems.count();
  yaml::read_keys(reader, node, "a condition", kConditionKeys, draft);
  if (reader.problems.count() > before) return;
  if (draft.subjects != 1) {
    reader.problems.add(
        node,
        draft.subjects == 0 ? "the condition does not say of what it is" : "a condition is of one thing",
        "give it one of capture, argument, inside, file-has or function-has");
  } else if (draft.tests != (draft.needs_test ? 1 : 0)) {
    reader.problems.add(node,
                        draft.needs_test ? "the condition needs one test" : "this condition takes no test",
                        draft.needs_test ? "give it one of is, equals or matches" : "remove it");
  }
  const Condition& condition = draft.condition;
  const bool is_of_argument = condition.is == Is::present || condition.is == Is::absent;
  if (condition.of == Condition::Of::capture && condition.test == Condition::Test::is) {
    rule.values.push_back(node);
    if (is_of_argument)
      reader.problems.add(node, fmt::format("what is captured is never {}", base::name_of(condition.is)),
                          "arguments alone may be present or absent");
  }
  if (condition.of == Condition::Of::code_around) rule.around.push_back(node);
  into.push_back(std::move(draft.condition));
}

}  // namespace

void read_conditions(RuleReader& reader, yaml::Node node, RuleDraft& draft, std::vector<Condition>& into) {
  if (node.is_mapping()) return read_condition(reader, node, draft, into);
  if (!node.is_sequence()) {
    reader.problems.add(node,
                        fmt::format("expected a list of conditions, found {}", yaml::found_instead(node)));
  }
  for (const yaml::Node item : node.items())
    read_condition(reader, item, draft, into);
}

}  // namespace fleet::analysis
