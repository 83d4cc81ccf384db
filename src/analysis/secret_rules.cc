#include "analysis/secret_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <string>

#include "analysis/built_in_rules.h"
#include "analysis/rule_fields.h"
#include "analysis/secret_program.h"
#include "base/assert.h"
#include "text/ascii.h"
#include "text/regex.h"

namespace fleet::analysis {
namespace {

struct SecretRuleReader {
  yaml::Problems& problems;
  Check check;
};

using SecretRuleKey = yaml::Key<SecretRuleReader, SecretRule>;

// A number from 0 to `most`; nothing when it was said that it is none.
template <class Number>
std::optional<Number> read_secret_number(SecretRuleReader& reader, yaml::Node node, Number most,
                                         std::string_view unit) {
  const std::string_view text = node.text();
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_number = error == std::errc{} && end == text.data() + text.size() && !text.starts_with('-');
  if (is_number && value <= most) return value;
  reader.problems.add(node,
                      fmt::format("expected {}, 0 to {}, found {}", unit, most, yaml::found_instead(node)));
  return std::nullopt;
}

template <std::size_t SecretRule::*bytes>
void read_secret_window(SecretRuleReader& reader, yaml::Node node, SecretRule& rule) {
  constexpr std::size_t kMostWindow = 16 * 1024;
  if (const auto number = read_secret_number(reader, node, kMostWindow, "a number of bytes"))
    rule.*bytes = *number;
}

void read_secret_entropy(SecretRuleReader& reader, yaml::Node node, SecretRule& rule) {
  constexpr double kMostBits = 8;
  rule.entropy = read_secret_number(reader, node, kMostBits, "bits a character");
}

template <std::string SecretRule::*text>
void read_secret_text(SecretRuleReader& reader, yaml::Node node, SecretRule& rule) {
  rule.*text = read_text(reader.problems, node);
}

template <class T, T SecretRule::*member>
void read_secret_word(SecretRuleReader& reader, yaml::Node node, SecretRule& rule) {
  if (const auto word = read_word<T>(reader.problems, node)) rule.*member = *word;
}

template <bool SecretRule::*flag>
void read_secret_flag(SecretRuleReader& reader, yaml::Node node, SecretRule& rule) {
  if (node.kind() == yaml::Kind::boolean) {
    rule.*flag = node.text() == "true";
  } else {
    reader.problems.add(node, fmt::format("expected `true` or `false`, found {}", yaml::found_instead(node)));
  }
}

void read_secret_id(SecretRuleReader& reader, yaml::Node node, SecretRule& rule) {
  rule.id = read_text(reader.problems, node);
  const bool is_plain = std::all_of(rule.id.begin(), rule.id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || text::is_ascii_digit(c) || c == '-' || c == '.';
  });
  if (!rule.id.empty() && !(is_plain && rule.id.starts_with("secrets.")))
    reader.problems.add(node, fmt::format("{} cannot name a rule for secrets", yaml::quote(rule.id)),
                        "write `secrets.` and then small letters, digits and dashes");
}

// Words in lower case, each of at least so many bytes.
std::vector<std::string> read_lower_words(SecretRuleReader& reader, yaml::Node node, std::size_t shortest) {
  std::vector<std::string> words;
  for (const yaml::Node item : read_texts(reader.problems, node)) {
    const std::string lower = text::to_ascii_lower(item.text());
    if (item.text() != lower) {
      reader.problems.add(item, "words are compared in lower case, and so are written in it",
                          fmt::format("write {}", yaml::quote(lower)));
    } else if (lower.size() < shortest) {
      reader.problems.add(item, "a word this short is everywhere",
                          fmt::format("write at least {} characters", shortest));
    } else {
      words.push_back(lower);
    }
  }
  return words;
}

void read_secret_keywords(SecretRuleReader& reader, yaml::Node node, SecretRule& rule) {
  rule.keywords = read_lower_words(reader, node, 3);
}

template <std::vector<std::string> SecretOtherNames::*words>
void read_other_words(SecretRuleReader& reader, yaml::Node node, SecretOtherNames& names) {
  names.*words = read_lower_words(reader, node, 2);
}

constexpr yaml::Key<SecretRuleReader, SecretOtherNames> kOtherNameKeys[] = {
    {"before", read_other_words<&SecretOtherNames::before>},
    {"after", read_other_words<&SecretOtherNames::after>},
};

void read_secret_regex(SecretRuleReader& reader, yaml::Node node, SecretRule& rule) {
  rule.regex = read_text(reader.problems, node);
  if (reader.check == Check::form || rule.regex.empty()) return;
  const auto regex = text::Regex::parse(rule.regex);
  if (!regex) {
    reader.problems.add(node, fmt::format("not a regular expression: {}", regex.error().why),
                        regex.error().hint);
  } else if (const std::size_t group = value_group_of(*regex); group >= kMostSecretGroups) {
    reader.problems.add(
        node,
        fmt::format("the value is group {}, past the {} that are looked at", group, kMostSecretGroups - 1),
        "write groups that are only for `|` as `(?:...)`");
  }
}

template <std::vector<std::string> SecretRule::*texts>
void read_secret_examples(SecretRuleReader& reader, yaml::Node node, SecretRule& rule) {
  if (!node.is_sequence() || node.empty())
    reader.problems.add(node,
                        fmt::format("expected a list of examples, found {}", yaml::found_instead(node)));
  for (const yaml::Node item : node.items()) {
    std::string text(item.text());
    for (const yaml::Node part : item.items())
      text += part.text();
    if (text.empty()) reader.problems.add(item, "expected text, or a list of parts of one");
    (rule.*texts).push_back(std::move(text));
  }
}

constexpr SecretRuleKey kSecretExampleKeys[] = {
    {"match", read_secret_examples<&SecretRule::examples>},
    {"no-match", read_secret_examples<&SecretRule::counter_examples>},
};

constexpr SecretRuleKey kSecretRuleKeys[] = {
    {"id", read_secret_id},
    {"provider", read_secret_text<&SecretRule::provider>},
    {"message", read_secret_text<&SecretRule::message>},
    {"keywords", read_secret_keywords},
    {"regex", read_secret_regex},
    {"place", read_secret_word<SecretPlace, &SecretRule::place>},
    {"before", read_secret_window<&SecretRule::before>},
    {"after", read_secret_window<&SecretRule::after>},
    {"entropy", read_secret_entropy},
    {"check", read_secret_word<SecretCheck, &SecretRule::check>},
    {"other-names",
     [](SecretRuleReader& r, yaml::Node node, SecretRule& rule) {
       yaml::read_keys(r, node, "other names", kOtherNameKeys, rule.other_names);
     }},
    {"generic", read_secret_flag<&SecretRule::is_generic>},
    {"words", read_secret_flag<&SecretRule::may_have_words>},
    {"confidence", read_secret_word<model::Confidence, &SecretRule::confidence>},
    {"severity", read_secret_word<model::Severity, &SecretRule::severity>},
    {"examples",
     [](SecretRuleReader& r, yaml::Node node, SecretRule& rule) {
       yaml::read_keys(r, node, "examples", kSecretExampleKeys, rule);
       if (rule.examples.empty() || rule.counter_examples.empty())
         r.problems.add(node, "the rule has no examples of both kinds",
                        "give it at least one under `match` and one under `no-match`");
     }},
};

void check_secret_form(SecretRuleReader& reader, yaml::Node node, const SecretRule& rule) {
  for (const std::string_view key : {"id", "provider", "message", "keywords", "regex", "examples"}) {
    // Only whoever looks at everything needs them.
    bool is_there = key == "examples" && reader.check == Check::form;
    for (const yaml::Entry entry : node.entries())
      is_there = is_there || entry.key.text() == key;
    if (!is_there) reader.problems.add(node, fmt::format("the rule has no {}", yaml::quote(key)));
  }
  const bool has_names = !rule.other_names.before.empty() || !rule.other_names.after.empty();
  if (has_names && rule.place != SecretPlace::assigned)
    reader.problems.add(node, "only a value that is assigned has a name",
                        "write `place: assigned`, or remove `other-names`");
}

using SecretRulePlaces = std::map<std::string, std::string, std::less<>>;  // by id: `secrets/cloud.yml:3`

void read_secret_file(const RuleSource& file, SecretRulePlaces& places, SecretRules& into) {
  const auto read_rule = [&](yaml::Problems& problems, yaml::Node node) {
    SecretRuleReader reader{problems, file.check};
    SecretRule rule;
    yaml::read_keys(reader, node, "a rule", kSecretRuleKeys, rule);
    if (node.is_mapping()) check_secret_form(reader, node, rule);
    const auto [first, is_new] = places.emplace(rule.id, fmt::format("{}:{}", file.path, node.at().line));
    if (!is_new && !rule.id.empty())
      problems.add(node, fmt::format("there is another rule {}", yaml::quote(rule.id)),
                   fmt::format("the first one is at {}", first->second));
    into.rules.push_back(std::move(rule));
  };
  read_rule_lists(file, into.diagnostics, {read_rule});
}

}  // namespace

SecretRules read_secret_rules(std::span<const RuleSource> files) {
  SecretRules read;
  SecretRulePlaces places;
  for (const RuleSource& file : files)
    read_secret_file(file, places, read);
  return read;
}

std::vector<RuleSource> built_in_secret_files() {
  std::vector<RuleSource> files;
  for (const BuiltInFile& file : built_in_rules()) {
    if (is_of_secrets(file.path))
      files.push_back({std::string(file.path), file.text, Check::everything, &file});
  }
  return files;
}

std::vector<SecretRule> read_built_in_secret_rules() {
  std::vector<RuleSource> files = built_in_secret_files();
  for (RuleSource& file : files)
    file.check = Check::form;
  SecretRules read = read_secret_rules(files);
  FLEET_ASSERT(read.diagnostics.empty(), "the tests read them too");
  return std::move(read.rules);
}

}  // namespace fleet::analysis
