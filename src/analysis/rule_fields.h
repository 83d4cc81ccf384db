#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/enum_names.h"
#include "yaml/problems.h"

// The small parts that the keys of a rule are read with. Each returns what it read, or says what is wrong and
// returns nothing, or something harmless: the rule is not used then.
namespace fleet::analysis {

// Any scalar that is not empty, as it is written.
[[nodiscard]] std::string read_text(yaml::Problems& problems, yaml::Node node);
// A list of those, or one for a list of one; doubled items are said.
[[nodiscard]] std::vector<yaml::Node> read_texts(yaml::Problems& problems, yaml::Node node);

[[nodiscard]] bool expect_mapping(yaml::Problems& problems, yaml::Node node, std::string_view what);
[[nodiscard]] std::string found_instead(yaml::Node node);

// Words that stand for the values of an enum, with `not-` before them where `negated` is given.
template <class E>
[[nodiscard]] std::optional<E> read_word(yaml::Problems& problems, yaml::Node node, bool* negated = nullptr) {
  const auto& names = base::EnumNames<E>::names;
  std::string_view word = node.text();
  if (negated != nullptr && word.starts_with("not-")) {
    *negated = true;
    word.remove_prefix(4);
  }
  if (const auto value = base::from_name<E>(word); value && node.is_scalar()) return value;
  problems.add(node, fmt::format("{} is not one of: {}", found_instead(node), fmt::join(names, ", ")),
               problems.did_you_mean(word, names));
  return std::nullopt;
}

// One key that a mapping may have, and what reads its value.
template <class Reader, class T>
struct RuleKey {
  std::string_view name;
  void (*read)(Reader&, yaml::Node value, T& into);
};

// Reads a mapping by the table of its keys; `what` is for messages: "a rule". The Reader has `problems`.
template <class Reader, class T, std::size_t N>
void read_rule_keys(Reader& reader, yaml::Node node, std::string_view what,
                    const RuleKey<Reader, T> (&keys)[N], T& into) {
  if (!expect_mapping(reader.problems, node, what)) return;
  for (const yaml::Entry entry : node.entries()) {
    const auto key = std::find_if(std::begin(keys), std::end(keys),
                                  [&](const auto& each) { return each.name == entry.key.text(); });
    if (key == std::end(keys)) {
      std::vector<std::string_view> known;
      for (const auto& each : keys)
        known.push_back(each.name);
      reader.problems.add(
          entry.key, fmt::format("unknown key {} in {}", yaml::quote(entry.key.text()), what),
          reader.problems.did_you_mean(entry.key.text(), known,
                                       fmt::format("it may have: {}", fmt::join(known, ", "))));
    } else if (entry.value.is_null()) {
      reader.problems.add(entry.key, fmt::format("{} has no value", yaml::quote(entry.key.text())),
                          "give it one, or remove it");
    } else {
      key->read(reader, entry.value, into);
    }
  }
}

}  // namespace fleet::analysis
