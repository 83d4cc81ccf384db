#include "analysis/function_names.h"

#include <algorithm>
#include <string_view>

namespace fleet::analysis {
namespace {

using syntax::Language;
using syntax::Node;
using syntax::Tree;

std::string_view kind_of(const Tree& tree, std::uint32_t index) {
  return syntax::kind_name(tree.language(), tree.nodes()[index].kind);
}

// The first child of a kind that `is` accepts; the node itself where there is none.
template <class Is>
std::uint32_t child_that(const Tree& tree, std::uint32_t parent, Is is) {
  const auto& nodes = tree.nodes();
  for (std::uint32_t child = parent + 1; child < nodes[parent].next; child = nodes[child].next) {
    if (nodes[child].named && !nodes[child].extra && is(kind_of(tree, child), child)) return child;
  }
  return parent;
}

bool ends_in_identifier(std::string_view kind) {
  return kind == "identifier" || kind.ends_with("_identifier") || kind == "name";
}

std::string text_of(const Tree& tree, std::uint32_t index) {
  constexpr std::size_t kMost = 200;
  std::string text(tree.text(tree.nodes()[index]).substr(0, kMost));
  std::erase_if(text, [](char c) { return c == '\n' || c == '\r' || c == '\t'; });
  return text;
}

// C and C++: through pointers and references to the declarator of the function.
std::string declarator_name(const Tree& tree, std::uint32_t function) {
  const auto& nodes = tree.nodes();
  for (std::uint32_t i = function + 1; i < nodes[function].next; ++i) {
    const std::string_view kind = kind_of(tree, i);
    if (kind == "compound_statement" || kind == "field_initializer_list") break;
    if (kind == "function_declarator" && nodes[i].next > i + 1) return text_of(tree, i + 1);
    // A conversion: `operator bool()`.
    if (kind == "operator_cast") return text_of(tree, i).substr(0, text_of(tree, i).find('('));
  }
  return {};
}

std::string receiver_type(const Tree& tree, std::uint32_t method) {
  const std::uint32_t receiver =
      child_that(tree, method, [](std::string_view kind, std::uint32_t) { return kind == "parameter_list"; });
  const auto& nodes = tree.nodes();
  for (std::uint32_t i = receiver + 1; receiver != method && i < nodes[receiver].next; ++i) {
    if (kind_of(tree, i) == "type_identifier") return text_of(tree, i);
  }
  return {};
}

std::uint32_t parameters_of(const Tree& tree, const NodeParts& parts, std::uint32_t function) {
  const auto& nodes = tree.nodes();
  const bool has_receiver =
      kind_of(tree, function) == "method_declaration" && tree.language() == Language::go;
  int to_pass = has_receiver ? 1 : 0;
  for (std::uint32_t i = function + 1; i < nodes[function].next;) {
    if (parts.is(nodes[i], kBlock)) break;
    if (parts.is(nodes[i], kParameters)) {
      if (to_pass-- == 0) return i;
      i = nodes[i].next;
    } else {
      ++i;
    }
  }
  return function;
}

bool is_no_parameter(std::string_view kind, std::string_view text) {
  return kind == "self_parameter" || kind == "receiver_parameter" || kind == "attribute_item" ||
         kind == "keyword_separator" || kind == "positional_separator" || text == "self" || text == "cls" ||
         text == "void" || text == "this";
}

}  // namespace

const char* scope_mark(Language language) {
  return language == Language::c || language == Language::cpp || language == Language::rust ? "::" : ".";
}

std::string function_name(const Tree& tree, std::uint32_t function) {
  if (tree.language() == Language::c || tree.language() == Language::cpp)
    return declarator_name(tree, function);
  const std::uint32_t name = child_that(tree, function, [](std::string_view kind, std::uint32_t) {
    return ends_in_identifier(kind) || kind == "string" || kind == "computed_property_name" ||
           kind == "number";
  });
  if (name == function) return {};
  if (tree.language() != Language::go) return text_of(tree, name);
  const std::string receiver =
      kind_of(tree, function) == "method_declaration" ? receiver_type(tree, function) : "";
  return receiver.empty() ? text_of(tree, name) : receiver + "." + text_of(tree, name);
}

std::string class_name(const Tree& tree, std::uint32_t node) {
  const auto& nodes = tree.nodes();
  const bool is_impl = kind_of(tree, node) == "impl_item";
  std::string name;
  for (std::uint32_t child = node + 1; child < nodes[node].next; child = nodes[child].next) {
    const std::string_view kind = kind_of(tree, child);
    const bool names = ends_in_identifier(kind) || kind == "qualified_identifier" ||
                       kind == "template_type" || kind == "nested_namespace_specifier" || kind == "string";
    const bool is_type = is_impl && (kind == "generic_type" || kind == "scoped_type_identifier" ||
                                     kind == "primitive_type" || kind == "reference_type");
    if (!nodes[child].named || (!names && !is_type)) continue;
    name = text_of(tree, child);
    // `impl Trait for Type`: the last one is meant.
    if (!is_impl) break;
  }
  return name;
}

std::string assigned_name(const Tree& tree, std::uint32_t parent, std::uint32_t function) {
  const std::string_view kind = kind_of(tree, parent);
  const bool assigns = kind == "variable_declarator" || kind == "pair" || kind == "assignment_expression" ||
                       kind == "public_field_definition" || kind == "field_definition";
  if (!assigns || tree.nodes()[function].next != tree.nodes()[parent].next) return {};
  const std::uint32_t name =
      child_that(tree, parent, [&](std::string_view, std::uint32_t child) { return child != function; });
  return name == parent ? std::string() : text_of(tree, name);
}

bool has_body(const Tree& tree, const NodeParts& parts, std::uint32_t node) {
  const auto& nodes = tree.nodes();
  for (std::uint32_t child = node + 1; child < nodes[node].next; child = nodes[child].next) {
    if (parts.is(nodes[child], kBlock) || kind_of(tree, child) == "try_statement") return true;
  }
  return false;
}

std::uint32_t count_parameters(const Tree& tree, const NodeParts& parts, std::uint32_t function) {
  const auto& nodes = tree.nodes();
  const std::uint32_t list = parameters_of(tree, parts, function);
  // `x => x`
  if (list == function) {
    return nodes[function].next > function + 1 && kind_of(tree, function + 1) == "identifier" &&
                   kind_of(tree, function) == "arrow_function"
               ? 1
               : 0;
  }
  std::uint32_t count = 0;
  for (std::uint32_t child = list + 1; child < nodes[list].next; child = nodes[child].next) {
    const Node& node = nodes[child];
    if (!node.named || node.extra || is_no_parameter(kind_of(tree, child), tree.text(node))) continue;
    std::uint32_t names = 0;
    if (tree.language() == Language::go) {  // `a, b int`
      for (std::uint32_t name = child + 1; name < node.next; name = nodes[name].next)
        names += kind_of(tree, name) == "identifier" ? 1 : 0;
    }
    count += std::max<std::uint32_t>(names, 1);
  }
  return count;
}

}  // namespace fleet::analysis
