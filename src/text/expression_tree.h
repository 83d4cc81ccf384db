#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "text/expression.h"

// What expression_parser.cc builds and expression.cc and expression_truth.cc read; nobody else includes it.
namespace fleet::text {

enum class NodeKind : std::uint8_t {
  literal,   // value
  root,      // name
  property,  // children[0].name
  index,     // children[0][children[1]]
  filter,    // children[0].*
  negation,  // !children[0]
  any_of,    // children joined by ||, two or more
  all_of,    // by &&
  equal,     // children[0] == children[1], and so on
  unequal,
  less,
  at_most,
  greater,
  at_least,
  call,  // function(children...)
};

enum class Function : std::uint8_t {
  contains,
  starts_with,
  ends_with,
  format,
  join,
  to_json,
  changed,
  always,
  success,
  failure,
  cancelled,
};

struct FunctionInfo {
  Function function;
  std::string_view name;
  std::size_t min_arguments;
  std::size_t max_arguments;
  bool needs_run;  // answered by Context::call
};
inline constexpr std::size_t kAnyNumber = SIZE_MAX;
inline constexpr FunctionInfo kFunctions[] = {
    {Function::contains, "contains", 2, 2, false},
    {Function::starts_with, "startsWith", 2, 2, false},
    {Function::ends_with, "endsWith", 2, 2, false},
    {Function::format, "format", 1, kAnyNumber, false},
    {Function::join, "join", 1, 2, false},
    {Function::to_json, "toJSON", 1, 1, false},
    {Function::changed, "changed", 1, kAnyNumber, true},
    {Function::always, "always", 0, 0, true},
    {Function::success, "success", 0, 0, true},
    {Function::failure, "failure", 0, 0, true},
    {Function::cancelled, "cancelled", 0, 0, true},
};

inline constexpr std::size_t kNoReference = SIZE_MAX;

struct Node {
  NodeKind kind = NodeKind::literal;
  Value value;
  std::string name;
  Function function = Function::always;
  std::vector<Node> children;
  int depth = 1;                         // of the tree below, itself included
  std::size_t reference = kNoReference;  // which of Parsed::references it is
};

struct Expression::Parsed {
  Node tree;
  std::vector<Reference> references;
  std::vector<Call> calls;
  std::vector<Comparison> comparisons;
  std::vector<TruthComparison> truth_comparisons;
};

// Whether its value is a list of values by what it is: `a.*`, and what hangs on that.
[[nodiscard]] inline bool is_list(const Node& node) {
  return node.kind == NodeKind::filter ||
         ((node.kind == NodeKind::property || node.kind == NodeKind::index) && is_list(node.children[0]));
}

}  // namespace fleet::text
