#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "analysis/bindings.h"
#include "analysis/code.h"
#include "analysis/rule.h"

namespace fleet::analysis {

// What can be told of a value where it stands (docs/rules.md, "What a value is"). A name is what the file
// binds it to. Answers are for the careful: where it cannot be told, a value is neither literal nor built.
// Views the code.
class Values {
 public:
  explicit Values(Code& code) : code_(code) {}

  // `present` and `absent` are of arguments, and no question here.
  [[nodiscard]] bool is(Is what, std::uint32_t node);

  // The texts that a condition compares: of a string what is between its quotes, of a name also what it is
  // bound to, else the code itself. With all_names, also what the names in the code are bound to, and the
  // names in that.
  enum class Depth { itself, all_names };
  [[nodiscard]] std::vector<std::string_view> texts(std::uint32_t node, Depth depth);

  // What a name is bound to where that is one value; else the node itself.
  [[nodiscard]] std::uint32_t resolved(std::uint32_t node);

 private:
  [[nodiscard]] bool is_literal(std::uint32_t node, int depth);
  [[nodiscard]] bool is_literal_name(std::uint32_t node, int depth);
  [[nodiscard]] bool is_literal_call(std::uint32_t node, int depth);
  [[nodiscard]] bool is_literal_object(std::uint32_t object, int depth);
  [[nodiscard]] bool is_literal_operation(std::uint32_t node, int depth);
  [[nodiscard]] bool is_built(std::uint32_t node, int depth);
  [[nodiscard]] bool is_built_call(std::uint32_t node, int depth);
  [[nodiscard]] bool is_built_macro(std::uint32_t node);
  [[nodiscard]] bool has_string(std::uint32_t node, int depth);
  [[nodiscard]] bool are_literals(std::uint32_t parent, int depth);
  [[nodiscard]] bool has_only_literal_substitutions(std::uint32_t string, int depth);
  void add_texts(std::uint32_t node, int levels, std::vector<std::string_view>& texts);
  [[nodiscard]] std::uint32_t without_wrappers(std::uint32_t node) const;
  [[nodiscard]] std::vector<Bindings::Binding> bindings_of(std::uint32_t name);

  [[nodiscard]] bool may_look();

  Code& code_;
  std::uint32_t looks_left_ = 0;      // for the question that is being answered
  std::optional<Bindings> bindings_;  // made when they are first asked for
};

}  // namespace fleet::analysis
