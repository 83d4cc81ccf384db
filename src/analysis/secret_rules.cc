#include "analysis/secret_rules.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "text/ascii.h"
#include "text/distance.h"
#include "text/regex.h"
#include "text/utf8.h"
#include "yaml/document.h"

namespace fleet::analysis {
namespace {

constexpr std::size_t kMostSecretWindow = 16 * 1024;  // of `before` and `after`

// One file on its way to rules.
struct SecretRuleReader {
  std::string path;
  SecretReading reading;
  SecretRules& into;
  std::map<std::string, std::string, std::less<>>& places;  // of the ids: `secrets/cloud.yml:3`

  void say(yaml::Node at, std::string message, std::string suggestion = {}) {
    into.diagnostics.push_back({path, at.at(), at.length(), std::move(message), std::move(suggestion)});
  }
};

std::string secret_rule_quote(std::string_view text) {
  constexpr std::size_t kColumns = 60;
  return fmt::format(
      "`{}`",
      text::truncate(text::printable(text.substr(0, 4 * kColumns), text::Newlines::escape), kColumns));
}

std::string read_secret_text(SecretRuleReader& reader, yaml::Node node) {
  if (node.is_scalar() && !text::trim(node.text()).empty()) return std::string(node.text());
  reader.say(node, "expected text");
  return {};
}

void read_secret_number(SecretRuleReader& reader, yaml::Node node, std::size_t& into) {
  const std::string_view text = node.text();
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
  if (error != std::errc{} || end != text.data() + text.size() || into > kMostSecretWindow)
    reader.say(node, fmt::format("expected a number of bytes, at most {}", kMostSecretWindow));
}

template <class E>
void read_secret_word(SecretRuleReader& reader, yaml::Node node, E& into) {
  const auto& names = base::EnumNames<E>::names;
  const auto value = base::from_name<E>(node.text());
  if (value) {
    into = *value;
    return;
  }
  const auto meant = text::suggest(node.text(), names);
  reader.say(node,
             fmt::format("{} is not one of: {}", secret_rule_quote(node.text()), fmt::join(names, ", ")),
             meant ? fmt::format("did you mean `{}`?", *meant) : std::string());
}

void read_secret_flag(SecretRuleReader& reader, yaml::Node node, bool& into) {
  if (node.kind() == yaml::Kind::boolean) {
    into = node.text() == "true";
  } else {
    reader.say(node, "expected `true` or `false`");
  }
}

void read_secret_keywords(SecretRuleReader& reader, yaml::Node node, SecretRule& rule) {
  for (const yaml::Node item : node.items()) {
    std::string word = read_secret_text(reader, item);
    if (word != text::to_ascii_lower(word)) {
      reader.say(item, "keywords are compared in lower case, and so are written in it",
                 fmt::format("write `{}`", text::to_ascii_lower(word)));
    } else if (word.size() < 3) {
      reader.say(item, "a keyword this short is everywhere", "write at least 3 characters");
    } else {
      rule.keywords.push_back(std::move(word));
    }
  }
  if (node.empty() || !node.is_sequence()) reader.say(node, "expected a list of keywords");
}

void read_secret_regex(SecretRuleReader& reader, yaml::Node node, SecretRule& rule) {
  rule.regex = read_secret_text(reader, node);
  if (reader.reading == SecretReading::trust) return;
  if (const auto regex = text::Regex::parse(rule.regex); !regex)
    reader.say(node, fmt::format("not a regular expression: {}", regex.error().why), regex.error().hint);
}

void read_secret_entropy(SecretRuleReader& reader, yaml::Node node, SecretRule& rule) {
  constexpr double kMostBits = 8;
  const std::string_view text = node.text();
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0 || value > kMostBits) {
    reader.say(node, "expected bits a character, 0 to 8");
  } else {
    rule.entropy = value;
  }
}

void read_secret_example_list(SecretRuleReader& reader, yaml::Node node, std::vector<std::string>& into) {
  if (!node.is_sequence() || node.empty()) reader.say(node, "expected a list of examples");
  for (const yaml::Node item : node.items()) {
    std::string text;
    for (const yaml::Node part : item.items())
      text += part.text();
    if (item.is_scalar()) text = item.text();
    if (text.empty()) reader.say(item, "expected text, or a list of parts of one");
    into.push_back(std::move(text));
  }
}

void read_secret_examples(SecretRuleReader& reader, yaml::Node node, SecretRule& rule) {
  for (const yaml::Entry entry : node.entries()) {
    if (entry.key.text() == "match") {
      read_secret_example_list(reader, entry.value, rule.examples);
    } else if (entry.key.text() == "no-match") {
      read_secret_example_list(reader, entry.value, rule.counter_examples);
    } else {
      reader.say(entry.key, fmt::format("examples have no key {}", secret_rule_quote(entry.key.text())),
                 "write `match` and `no-match`");
    }
  }
  if (rule.examples.empty() || rule.counter_examples.empty())
    reader.say(node, "a rule has examples of both kinds", "write `match` and `no-match`");
}

struct SecretRuleKey {
  std::string_view name;
  bool is_required;
  void (*read)(SecretRuleReader&, yaml::Node, SecretRule&);
};

const SecretRuleKey kSecretRuleKeys[] = {
    {"id", true,
     [](SecretRuleReader& r, yaml::Node v, SecretRule& rule) { rule.id = read_secret_text(r, v); }},
    {"provider", true,
     [](SecretRuleReader& r, yaml::Node v, SecretRule& rule) { rule.provider = read_secret_text(r, v); }},
    {"message", true,
     [](SecretRuleReader& r, yaml::Node v, SecretRule& rule) { rule.message = read_secret_text(r, v); }},
    {"keywords", true, read_secret_keywords},
    {"regex", true, read_secret_regex},
    {"context", false,
     [](SecretRuleReader& r, yaml::Node v, SecretRule& rule) { read_secret_word(r, v, rule.place); }},
    {"before", false,
     [](SecretRuleReader& r, yaml::Node v, SecretRule& rule) { read_secret_number(r, v, rule.before); }},
    {"after", false,
     [](SecretRuleReader& r, yaml::Node v, SecretRule& rule) { read_secret_number(r, v, rule.after); }},
    {"entropy", false, read_secret_entropy},
    {"checksum", false,
     [](SecretRuleReader& r, yaml::Node v, SecretRule& rule) { read_secret_word(r, v, rule.check); }},
    {"generic", false,
     [](SecretRuleReader& r, yaml::Node v, SecretRule& rule) { read_secret_flag(r, v, rule.is_generic); }},
    {"words", false,
     [](SecretRuleReader& r, yaml::Node v, SecretRule& rule) {
       read_secret_flag(r, v, rule.may_have_words);
     }},
    {"confidence", false,
     [](SecretRuleReader& r, yaml::Node v, SecretRule& rule) { read_secret_word(r, v, rule.confidence); }},
    {"severity", false,
     [](SecretRuleReader& r, yaml::Node v, SecretRule& rule) { read_secret_word(r, v, rule.severity); }},
    {"examples", true, read_secret_examples},
};

void say_unknown_secret_key(SecretRuleReader& reader, yaml::Node key) {
  std::vector<std::string_view> known;
  for (const SecretRuleKey& each : kSecretRuleKeys)
    known.push_back(each.name);
  const auto meant = text::suggest(key.text(), known);
  reader.say(key, fmt::format("a rule for secrets has no key {}", secret_rule_quote(key.text())),
             meant ? fmt::format("did you mean `{}`?", *meant)
                   : fmt::format("it may have: {}", fmt::join(known, ", ")));
}

void check_secret_id(SecretRuleReader& reader, yaml::Node at, const SecretRule& rule) {
  const bool plain = std::all_of(rule.id.begin(), rule.id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || text::is_ascii_digit(c) || c == '-' || c == '.';
  });
  if (!plain || !rule.id.starts_with("secrets."))
    reader.say(at, fmt::format("{} is not the id of a rule for secrets", secret_rule_quote(rule.id)),
               "write `secrets.` and then lower-case letters, digits and `-`");
  const auto [first, is_new] =
      reader.places.emplace(rule.id, fmt::format("{}:{}", reader.path, at.at().line));
  if (!is_new)
    reader.say(at, fmt::format("the rule {} is here twice", secret_rule_quote(rule.id)),
               fmt::format("the first one is at {}", first->second));
}

void read_secret_rule(SecretRuleReader& reader, yaml::Node node) {
  if (!node.is_mapping()) return reader.say(node, "a rule is a mapping of keys and values");
  SecretRule rule;
  for (const yaml::Entry entry : node.entries()) {
    const auto key = std::find_if(std::begin(kSecretRuleKeys), std::end(kSecretRuleKeys),
                                  [&](const SecretRuleKey& each) { return each.name == entry.key.text(); });
    if (key == std::end(kSecretRuleKeys)) {
      say_unknown_secret_key(reader, entry.key);
    } else {
      key->read(reader, entry.value, rule);
      if (key->name == "id") check_secret_id(reader, entry.value, rule);
    }
  }
  for (const SecretRuleKey& key : kSecretRuleKeys) {
    bool is_there = !key.is_required;
    for (const yaml::Entry entry : node.entries())
      is_there = is_there || entry.key.text() == key.name;
    if (key.name == "examples" && reader.reading == SecretReading::trust) continue;
    if (!is_there) reader.say(node, fmt::format("the rule has no `{}`", key.name));
  }
  reader.into.rules.push_back(std::move(rule));
}

// The lines of a file of rules but for those of `examples`, as the files that come with fleet are laid out.
std::string without_examples(std::string_view source) {
  constexpr std::string_view kKey = "    examples:";
  constexpr std::string_view kDeeper = "      ";
  std::string text;
  bool is_example = false;
  while (!source.empty()) {
    const std::string_view line = source.substr(0, source.find('\n'));
    is_example = line.starts_with(kKey) || (is_example && line.starts_with(kDeeper));
    if (!is_example) text.append(line).append("\n");
    source.remove_prefix(std::min(source.size(), line.size() + 1));
  }
  return text;
}

void read_secret_file(SecretRuleReader& reader, std::string_view whole) {
  const bool is_trusted = reader.reading == SecretReading::trust;
  const std::string trusted = is_trusted ? without_examples(whole) : std::string();
  const std::string_view source = is_trusted ? std::string_view(trusted) : whole;
  const auto document = yaml::Document::parse(source);
  if (!document) {
    reader.into.diagnostics.push_back(document.error());
    reader.into.diagnostics.back().path = reader.path;
    return;
  }
  for (const yaml::DoubledKey& key : document->doubled_keys())
    reader.say(key.again, fmt::format("the key {} is here twice", secret_rule_quote(key.again.text())),
               fmt::format("the first one is on line {}: remove one of them", key.first.at().line));
  bool has_rules = false;
  for (const yaml::Entry entry : document->root().entries()) {
    if (entry.key.text() != "rules") {
      reader.say(entry.key, fmt::format("a file of rules has no key {}", secret_rule_quote(entry.key.text())),
                 "write `rules`");
      continue;
    }
    has_rules = true;
    if (!entry.value.is_sequence()) reader.say(entry.value, "expected a list of rules");
    for (const yaml::Node item : entry.value.items())
      read_secret_rule(reader, item);
  }
  if (!has_rules) reader.say(document->root(), "the file has no rules", "begin it with `rules:`");
}

}  // namespace

SecretRules read_secret_rules(std::span<const BuiltInFile> files, SecretReading reading) {
  SecretRules read;
  std::map<std::string, std::string, std::less<>> places;
  for (const BuiltInFile& file : files) {
    if (!is_of_secrets(file.path)) continue;
    SecretRuleReader reader{std::string(file.path), reading, read, places};
    read_secret_file(reader, file.text);
  }
  return read;
}

}  // namespace fleet::analysis
