#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "analysis/node_parts.h"
#include "syntax/tree.h"

// What functions and classes are called, and what they take.
namespace fleet::analysis {

// `::` or `.`, between a scope and what is in it.
[[nodiscard]] const char* scope_mark(syntax::Language language);

// As it is written; with its receiver's type in Go. Empty: it has none.
[[nodiscard]] std::string function_name(const syntax::Tree& tree, std::uint32_t function);
[[nodiscard]] std::string class_name(const syntax::Tree& tree, std::uint32_t node);
// Of what a nameless function or class is given to: `const f = () => 1`, `{f: () => 1}`, `typedef struct {}
// f`. `parent` is the node around it.
[[nodiscard]] std::string assigned_name(const syntax::Tree& tree, std::uint32_t parent, std::uint32_t node);

// How a function would call itself.
struct SelfCall {
  std::string name;                   // without what it is in; empty: it cannot
  std::string through, through_type;  // `this.`, `Self::`: before the name; empty: nothing can be
  bool is_bare = true;                // by its name alone
  // Whether `callee`, what stands before the arguments of a call, is it.
  [[nodiscard]] bool is(std::string_view callee) const;
};
// `parent` is the node around the function, `is_member` whether that is a class, `name` what it is called.
[[nodiscard]] SelfCall self_call(const syntax::Tree& tree, std::uint32_t function, std::uint32_t parent,
                                 bool is_member, std::string name);

// Whether it has a body: else it is a declaration.
[[nodiscard]] bool has_body(const syntax::Tree& tree, const NodeParts& parts, std::uint32_t node);
// Without the receiver: `self` and `cls` of a member of a class, `this`.
[[nodiscard]] std::uint32_t count_parameters(const syntax::Tree& tree, const NodeParts& parts,
                                             std::uint32_t function, bool is_member);

}  // namespace fleet::analysis
