#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/enum_names.h"
#include "base/time.h"
#include "model/workflow.h"
#include "workflow/meant.h"
#include "yaml/document.h"
#include "yaml/fields.h"
#include "yaml/problems.h"

// The small parts that the keys of a workflow are read with. Each returns what it read, or says what is wrong
// and returns nothing (or something harmless: the workflow is not used then).
namespace fleet::workflow {

using yaml::Problems;
using yaml::quote;

// What an expression may use, by when it is evaluated.
enum class Scope {
  none,       // expressions are refused
  run,        // once for the run: inputs, run
  planning,   // before the task starts: matrix, inputs, env
  attempt,    // when it starts: those, and needs, run, changed()
  condition,  // its `if`: the same, and the functions that ask how the needed tasks ended
};

inline constexpr std::uint32_t kNoTask = UINT32_MAX;

// A text with expressions, to be checked when the whole file is read.
struct ExpressionUse {
  yaml::Node node;
  std::uint32_t task;
  Scope scope;
};

// What a name in the file must be the name of.
enum class NameOf { task, agent, requirement };
struct NameUse {
  yaml::Node node;
  std::uint32_t user;  // the task, or the agent, that uses it
  NameOf what;
};

// What the reading of one file shares.
struct Reader {
  Reader(Problems& problems_of, model::Workflow& into) : problems(problems_of), workflow(into) {}

  Problems& problems;
  model::Workflow& workflow;
  std::uint32_t task = kNoTask;  // that is being read
  std::vector<ExpressionUse> expressions;
  std::vector<NameUse> names;
  std::vector<yaml::Node> agent_keys;  // where each of the workflow's agents is named
};

[[nodiscard]] std::optional<yaml::Entry> find(yaml::Node mapping, std::string_view key);

// Any scalar, as it is written: nobody should have to quote `run: true` or `name: 1.10`.
[[nodiscard]] std::string read_text(Reader& reader, yaml::Node node, Scope scope = Scope::none);
[[nodiscard]] std::string read_line(Reader& reader, yaml::Node node, Scope scope = Scope::none);
// The same, and it may be empty; `${{` in it means nothing.
[[nodiscard]] std::string read_verbatim(Reader& reader, yaml::Node node);
// The same, and it may be empty.
[[nodiscard]] std::string read_value(Reader& reader, yaml::Node node, Scope scope);

[[nodiscard]] std::optional<int> read_integer(Reader& reader, yaml::Node node, int least, int most);
[[nodiscard]] std::optional<double> read_number(Reader& reader, yaml::Node node, double least, double most);
[[nodiscard]] std::optional<bool> read_boolean(Reader& reader, yaml::Node node);
[[nodiscard]] std::optional<Duration> read_duration(Reader& reader, yaml::Node node);
[[nodiscard]] std::optional<double> read_share(Reader& reader, yaml::Node node);

// What a plain number stands for (YAML 1.2's core schema); nothing when it is none, or not finite.
[[nodiscard]] std::optional<double> number_of(yaml::Node node);

// `expected` is for the message: "a list of globs".
[[nodiscard]] bool expect_mapping(Reader& reader, yaml::Node node, std::string_view expected,
                                  std::string suggestion = {});
[[nodiscard]] bool expect_scalar(Reader& reader, yaml::Node node, std::string_view expected);
// The items of a list, or a single scalar for a list of one. Says it when one is doubled, null or not a
// scalar, and leaves it out.
[[nodiscard]] std::vector<yaml::Node> read_list(Reader& reader, yaml::Node node, std::string_view expected);

// Notes the expressions of a text, if any, to be checked later.
void note_expressions(Reader& reader, yaml::Node node, Scope scope);
[[nodiscard]] bool has_expression(std::string_view text);

[[nodiscard]] inline model::Text text_of(yaml::Node node) {
  return {std::string(node.text()), node.at()};
}

template <class E>
[[nodiscard]] std::optional<E> read_word(Reader& reader, yaml::Node node) {
  const auto& names = base::EnumNames<E>::names;
  if (!expect_scalar(reader, node, "a word")) return std::nullopt;
  if (const auto value = base::from_name<E>(node.text())) return value;
  const auto meant = name_meant(node.text(), names);
  reader.problems.add(
      node, fmt::format("{} is not one of: {}", quote(node.text()), fmt::join(names, ", ")),
      meant ? fmt::format("did you mean `{}`?", *meant) : reader.problems.did_you_mean(node.text(), names));
  return std::nullopt;
}

template <class T>
using Key = yaml::Key<Reader, T>;
using yaml::read_keys;
using yaml::UnknownKeys;
// Whether one of them is `key`, misspelt: nobody needs to be told besides that it is missing.
[[nodiscard]] bool has_misspelt(const UnknownKeys& unknown, std::string_view key);

}  // namespace fleet::workflow
