#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/rule_file.h"
#include "base/enum_names.h"
#include "model/diagnostic.h"
#include "yaml/fields.h"

// The small parts that the keys of a rule are read with, besides those of yaml/fields.h. Each returns what it
// read, or says what is wrong and returns nothing, or something harmless: the rule is not used then.
namespace fleet::analysis {

// Any scalar that is not empty, as it is written.
[[nodiscard]] std::string read_text(yaml::Problems& problems, yaml::Node node);
// A list of those, or one for a list of one; doubled items are said.
[[nodiscard]] std::vector<yaml::Node> read_texts(yaml::Problems& problems, yaml::Node node);

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
  problems.add(node, fmt::format("{} is not one of: {}", yaml::found_instead(node), fmt::join(names, ", ")),
               problems.did_you_mean(word, names));
  return std::nullopt;
}

// What is done with each item of the lists of a file. Null: the file must not have the list.
using ReadItem = std::function<void(yaml::Problems& problems, yaml::Node item)>;
struct RuleLists {
  ReadItem rule, source = nullptr, sanitizer = nullptr;
};

// Reads a file of rules (`rules: [...]`, `sources: [...]`, `sanitizers: [...]`) and hands on each item of its
// lists; what is wrong goes to `into`.
void read_rule_lists(const RuleSource& source, model::Diagnostics& into, const RuleLists& lists);

}  // namespace fleet::analysis
