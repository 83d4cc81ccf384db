#include "analysis/rule_file.h"

#include <map>
#include <optional>

#include "analysis/built_in_rules.h"
#include "analysis/flow_file.h"
#include "analysis/rule_fields.h"
#include "analysis/rule_reader.h"
#include "base/assert.h"

namespace fleet::analysis {
namespace {

using RuleFileKey = yaml::Key<RuleReader, RuleDraft>;

bool is_rule_id(std::string_view id) {
  const auto is_part = [](std::string_view part) {
    return !part.empty() && part.front() != '-' && part.back() != '-' &&
           std::all_of(part.begin(), part.end(),
                       [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
  };
  const std::size_t dot = id.find('.');
  return dot != std::string_view::npos && is_part(id.substr(0, dot)) && is_part(id.substr(dot + 1));
}

void read_id(RuleReader& reader, yaml::Node node, RuleDraft& draft) {
  draft.rule.id = read_text(reader.problems, node);
  draft.rule.at = node.at();
  if (!draft.rule.id.empty() && !is_rule_id(draft.rule.id)) {
    reader.problems.add(node, fmt::format("{} cannot name a rule", yaml::quote(draft.rule.id)),
                        "write `<group>.<name>` in small letters, digits and dashes: `python.eval`");
  }
}

void read_languages(RuleReader& reader, yaml::Node node, RuleDraft& draft) {
  for (const yaml::Node each : read_texts(reader.problems, node)) {
    if (const auto language = read_word<syntax::Language>(reader.problems, each))
      draft.rule.languages.push_back(*language);
  }
}

void read_cwe(RuleReader& reader, yaml::Node node, RuleDraft& draft) {
  for (const yaml::Node each : read_texts(reader.problems, node)) {
    const std::string_view id = each.text();
    if (id.starts_with("CWE-") && id.find_first_not_of("0123456789", 4) == std::string_view::npos &&
        id.size() > 4) {
      draft.rule.cwe.emplace_back(id);
    } else {
      reader.problems.add(each, fmt::format("{} is no id of a weakness", yaml::quote(id)),
                          "write it as `CWE-78`");
    }
  }
}

std::vector<std::string> to_strings(const std::vector<yaml::Node>& nodes) {
  std::vector<std::string> texts;
  texts.reserve(nodes.size());
  for (const yaml::Node node : nodes)
    texts.emplace_back(node.text());
  return texts;
}

void read_patterns(RuleReader& reader, yaml::Node node, RuleDraft& draft) {
  draft.patterns = read_texts(reader.problems, node);
  draft.rule.patterns = to_strings(draft.patterns);
}

void read_expressions(RuleReader& reader, yaml::Node node, RuleDraft& draft) {
  draft.expressions = read_texts(reader.problems, node);
  draft.rule.expressions = to_strings(draft.expressions);
}

// `os.system`, `std::system`, `*.execute`, `Runtime.getRuntime().exec`
bool is_call_name(std::string_view name) {
  if (name.starts_with("*.")) name.remove_prefix(2);
  return !name.empty() && name.find_first_of("* \t\r\n") == std::string_view::npos && name.back() != '.' &&
         name.back() != ':' && name.back() != ')';
}

void read_calls(RuleReader& reader, yaml::Node node, RuleDraft& draft) {
  for (const yaml::Node each : read_texts(reader.problems, node)) {
    if (!is_call_name(each.text()))
      reader.problems.add(each,
                          fmt::format("nothing that is called has the name {}", yaml::quote(each.text())),
                          "write `module.function`, or `*.method` for that of any object");
    draft.rule.calls.emplace_back(each.text());
  }
}

void read_query(RuleReader& reader, yaml::Node node, RuleDraft& draft) {
  draft.rule.query = read_text(reader.problems, node);
  draft.query = {node};
}

void read_where(RuleReader& reader, yaml::Node node, RuleDraft& draft) {
  read_conditions(reader, node, draft, draft.rule.where);
}

template <std::vector<Example> Rule::*examples>
void read_example(RuleReader& reader, yaml::Node node, RuleDraft& draft) {
  for (const yaml::Node each : read_texts(reader.problems, node))
    (draft.rule.*examples).push_back({std::string(each.text()), each.at()});
}

const RuleFileKey kExampleKeys[] = {
    {"match", read_example<&Rule::match>},
    {"no-match", read_example<&Rule::no_match>},
};

template <std::vector<std::string> Rule::*groups>
void read_groups(RuleReader& reader, yaml::Node node, RuleDraft& draft) {
  for (const yaml::Node each : read_texts(reader.problems, node)) {
    (draft.rule.*groups).emplace_back(each.text());
    draft.groups.push_back({each, groups == &Rule::sources});
  }
}

template <std::string Rule::*text>
void read_member(RuleReader& reader, yaml::Node node, RuleDraft& draft) {
  draft.rule.*text = read_text(reader.problems, node);
}

template <class T, T Rule::*member>
void read_word_into(RuleReader& reader, yaml::Node node, RuleDraft& draft) {
  if (const auto word = read_word<T>(reader.problems, node)) draft.rule.*member = *word;
}

const RuleFileKey kRuleKeys[] = {
    {"id", read_id},
    {"languages", read_languages},
    {"files",
     [](RuleReader& r, yaml::Node node, RuleDraft& draft) {
       draft.globs = read_texts(r.problems, node);
       draft.rule.files = to_strings(draft.globs);
     }},
    {"message",
     [](RuleReader& r, yaml::Node node, RuleDraft& draft) {
       draft.rule.message = read_text(r.problems, node);
       draft.message = {node};
     }},
    {"why", read_member<&Rule::why>},
    {"fix", read_member<&Rule::fix>},
    {"severity", read_word_into<model::Severity, &Rule::severity>},
    {"confidence", read_word_into<model::Confidence, &Rule::confidence>},
    {"category", read_word_into<Category, &Rule::category>},
    {"counts", [](RuleReader& r, yaml::Node node,
                  RuleDraft& draft) { draft.rule.counts = read_word<Counts>(r.problems, node); }},
    {"cwe", read_cwe},
    {"owasp", read_member<&Rule::owasp>},
    {"pattern", read_patterns},
    {"patterns", read_patterns},
    {"calls", read_calls},
    {"regex", read_expressions},
    {"in", read_word_into<View, &Rule::view>},
    {"query", read_query},
    {"where", read_where},
    {"examples", [](RuleReader& r, yaml::Node node,
                    RuleDraft& draft) { yaml::read_keys(r, node, "examples", kExampleKeys, draft); }},
    {"sources", read_groups<&Rule::sources>},
    {"sanitizers", read_groups<&Rule::sanitizers>},
};

std::optional<yaml::Node> find_key(yaml::Node mapping, std::string_view key) {
  for (const yaml::Entry entry : mapping.entries()) {
    if (entry.key.text() == key) return entry.key;
  }
  return std::nullopt;
}

bool has_key(yaml::Node mapping, std::string_view key) {
  return find_key(mapping, key).has_value();
}

// What stands in the rule and can have no effect, or lets nothing be found.
void check_sense(RuleReader& reader, yaml::Node node, const RuleDraft& draft) {
  const Rule& rule = draft.rule;
  if (const auto pattern = find_key(node, "pattern"); pattern && has_key(node, "patterns"))
    reader.problems.add(*pattern,
                        "`pattern` and `patterns` say the same thing, and one of them would be lost",
                        "put all of them under `patterns`");
  if (const auto in = find_key(node, "in")) {
    if (rule.expressions.empty())
      reader.problems.add(*in, "`in` is for `regex`, which this rule has not", "remove it");
    else if (rule.languages.empty() && (rule.view == View::comment || rule.view == View::string))
      reader.problems.add(*in,
                          fmt::format("in files of no language no {} is known", base::name_of(rule.view)),
                          "give it `languages`, or `in: text`");
  }
  if (!rule.expressions.empty()) {
    for (const yaml::Node each : draft.values)
      reader.problems.add(each, "a group of an expression is text, and `is` holds of none",
                          "compare it with `equals` or `matches`");
  }
  if (rule.languages.empty()) {
    for (const yaml::Node each : draft.followed)
      reader.problems.add(each, "in files of no language no data is followed", "give it `languages`");
  }
  if (draft.followed.empty()) {
    for (const RuleDraft::Group& each : draft.groups) {
      reader.problems.add(each.node, "this has no effect: the rule follows no data",
                          "ask for it: `where: [{argument: 0, is: tainted}]`");
      break;
    }
  }
  if (rule.languages.empty()) {
    for (const yaml::Node each : draft.around)
      reader.problems.add(each, "in files of no language there is no code around", "give it `languages`");
  }
}

void check_form(RuleReader& reader, yaml::Node node, const RuleDraft& draft) {
  const Rule& rule = draft.rule;
  for (const std::string_view key : {"id", "message", "why", "fix", "severity", "examples"}) {
    if (!has_key(node, key))
      reader.problems.add(node, fmt::format("the rule has no {}", yaml::quote(key)),
                          "every rule says what it finds, why that matters and how to mend it");
  }
  if (!has_key(node, "languages") && !has_key(node, "files"))
    reader.problems.add(node, "the rule does not say where it looks", "give it `languages` or `files`");
  const int ways = (rule.patterns.empty() ? 0 : 1) + (rule.calls.empty() ? 0 : 1) +
                   (rule.expressions.empty() ? 0 : 1) + (rule.query.empty() ? 0 : 1);
  if (ways != 1) {
    reader.problems.add(node,
                        ways == 0 ? "the rule does not say what it looks for"
                                  : "a rule looks in one way: patterns, calls, regex or query",
                        "give it one of `patterns`, `calls`, `regex` and `query`");
  }
  if (rule.languages.empty() && ways == 1 && rule.expressions.empty())
    reader.problems.add(node, "only a regex is looked for in files of no language", "give it `languages`");
  if (has_key(node, "examples") && (rule.match.empty() || rule.no_match.empty()))
    reader.problems.add(node, "the rule has no examples of both kinds",
                        "give it at least one under `match` and one under `no-match`");
  if (!draft.arguments.empty() && rule.calls.empty())
    reader.problems.add(draft.arguments[0], "arguments are those of `calls`, which this rule has not",
                        "name the code by a metavariable of the pattern: `capture: $X`");
  check_sense(reader, node, draft);
}

// The groups that a rule names, where they are checked when all files are read.
struct NamedGroup {
  std::string path;
  model::Location at;
  int length;
  std::string group;
  bool is_of_sources;
};

void read_file(const RuleSource& file, ReadRules& into, FlowFacts& facts, std::vector<NamedGroup>& groups) {
  const auto read_rule = [&](yaml::Problems& problems, yaml::Node node) {
    RuleReader reader{problems};
    RuleDraft draft;
    draft.rule.path = file.path;
    const std::size_t before = problems.count();
    if (!has_key(node, "in") && has_key(node, "languages")) draft.rule.view = View::code;
    yaml::read_keys(reader, node, "a rule", kRuleKeys, draft);
    if (node.is_mapping()) check_form(reader, node, draft);
    if (file.check == Check::everything && problems.count() == before) check_rule(reader, draft);
    for (const RuleDraft::Group& each : draft.groups) {
      groups.push_back(
          {file.path, each.node.at(), each.node.length(), std::string(each.node.text()), each.is_of_sources});
    }
    // What comes in from outside, if it does not say what; and a number is good for anything.
    if (!draft.followed.empty() && draft.rule.sources.empty())
      draft.rule.sources = {"web", "cli", "network", "environment", "file"};
    if (!draft.followed.empty()) draft.rule.sanitizers.emplace_back("number");
    into.rules.push_back(std::move(draft.rule));
  };
  const RuleLists lists{read_rule,
                        [&](yaml::Problems& problems, yaml::Node node) {
                          facts.sources.push_back(read_flow_source(problems, node));
                        },
                        [&](yaml::Problems& problems, yaml::Node node) {
                          facts.sanitizers.push_back(read_sanitizer(problems, node));
                        }};
  read_rule_lists(file, into.diagnostics, lists);
}

void say_unknown_groups(const FlowFacts& facts, const std::vector<NamedGroup>& groups, ReadRules& read) {
  for (const NamedGroup& named : groups) {
    const auto is_it = [&](const auto& each) { return each.group == named.group; };
    const bool is_known = named.is_of_sources
                              ? std::any_of(facts.sources.begin(), facts.sources.end(), is_it)
                              : std::any_of(facts.sanitizers.begin(), facts.sanitizers.end(), is_it);
    if (is_known) continue;
    read.diagnostics.push_back({named.path, named.at, named.length,
                                fmt::format("there is no group {} of {}", yaml::quote(named.group),
                                            named.is_of_sources ? "sources" : "sanitizers"),
                                "`fleet rules list --json` names them; a file of rules may have `sources` "
                                "and `sanitizers` of its own"});
  }
}

void say_doubled_ids(ReadRules& read) {
  std::map<std::string_view, const Rule*> seen;
  for (const Rule& rule : read.rules) {
    if (rule.id.empty()) continue;
    const auto [first, is_new] = seen.emplace(rule.id, &rule);
    if (is_new) continue;
    read.diagnostics.push_back(
        {rule.path, rule.at, static_cast<int>(rule.id.size()),
         fmt::format("there is another rule {}", yaml::quote(rule.id)),
         fmt::format("the first one is at {}:{}", first->second->path, first->second->at.line)});
  }
}

}  // namespace

ReadRules read_rules(std::span<const RuleSource> files) {
  ReadRules read;
  auto facts = std::make_shared<FlowFacts>();
  std::vector<NamedGroup> groups;
  for (const RuleSource& file : files)
    read_file(file, read, *facts, groups);
  say_doubled_ids(read);
  say_unknown_groups(*facts, groups, read);
  for (Rule& rule : read.rules) {
    if (!rule.sources.empty()) rule.flow = facts;
  }
  return read;
}

std::vector<Rule> read_built_in_rules() {
  std::vector<RuleSource> files;
  for (const BuiltInFile& file : built_in_rules()) {
    if (!is_of_secrets(file.path)) files.push_back({std::string(file.path), file.text, Check::form, &file});
  }
  ReadRules read = read_rules(files);
  FLEET_ASSERT(read.diagnostics.empty(), "the tests read them too");
  return std::move(read.rules);
}

}  // namespace fleet::analysis
