#pragma once

#include <cstdint>
#include <string>

#include "analysis/node_parts.h"
#include "syntax/tree.h"

// What functions and classes are called, and what they take.
namespace fleet::analysis {

// `::` or `.`, between a scope and what is in it.
[[nodiscard]] const char* scope_mark(syntax::Language language);

// As it is written; with its receiver's type in Go. Empty: it has none.
[[nodiscard]] std::string function_name(const syntax::Tree& tree, std::uint32_t function);
[[nodiscard]] std::string class_name(const syntax::Tree& tree, std::uint32_t node);
// Of what a nameless function is given to: `const f = () => 1`, `{f: () => 1}`. `parent` is the node around
// it.
[[nodiscard]] std::string assigned_name(const syntax::Tree& tree, std::uint32_t parent,
                                        std::uint32_t function);

// Whether it has a body: else it is a declaration.
[[nodiscard]] bool has_body(const syntax::Tree& tree, const NodeParts& parts, std::uint32_t node);
// Without the receiver: `self`, `this`.
[[nodiscard]] std::uint32_t count_parameters(const syntax::Tree& tree, const NodeParts& parts,
                                             std::uint32_t function);

}  // namespace fleet::analysis
