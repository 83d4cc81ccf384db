#include "analysis/function_names.h"

#include <algorithm>
#include <string_view>
#include <utility>

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

bool is_c_family(const Tree& tree) {
  return tree.language() == Language::c || tree.language() == Language::cpp;
}

bool is_script(Language language) {
  return language == Language::javascript || language == Language::typescript || language == Language::tsx;
}

bool ends_in_identifier(std::string_view kind) {
  return kind == "identifier" || kind.ends_with("_identifier");
}

// What a member of an object or a class in JavaScript is called by.
bool is_property_name(std::string_view kind) {
  return ends_in_identifier(kind) || kind == "string" || kind == "number" || kind == "computed_property_name";
}

std::string shortened(std::string_view text) {
  constexpr std::size_t kMost = 200;
  std::size_t length = std::min(text.size(), kMost);
  // Not in the middle of a character.
  while (length > 0 && length < text.size() && (static_cast<unsigned char>(text[length]) & 0xc0) == 0x80)
    --length;
  std::string name(text.substr(0, length));
  std::erase_if(name, [](char c) { return c == '\n' || c == '\r' || c == '\t'; });
  return name;
}

std::string text_of(const Tree& tree, std::uint32_t index) {
  return shortened(tree.text(tree.nodes()[index]));
}

// C and C++: the declarator that holds the function's own name and parameters. The others around it are of
// what it returns: `(*signal(int))(int)`. The function itself where there is none.
std::uint32_t function_declarator(const Tree& tree, std::uint32_t function) {
  std::uint32_t found = function;
  for (std::uint32_t at = function;;) {
    const std::uint32_t inner = child_that(
        tree, at, [](std::string_view kind, std::uint32_t) { return kind.ends_with("_declarator"); });
    if (inner == at) return found;
    if (kind_of(tree, inner).ends_with("function_declarator")) found = inner;
    at = inner;
  }
}

// `A::operator bool() const`, which has a type where others have a name.
std::string conversion_name(const Tree& tree, std::uint32_t function) {
  const auto& nodes = tree.nodes();
  for (std::uint32_t child = function + 1; child < nodes[function].next; child = nodes[child].next) {
    std::uint32_t last = child;
    while (kind_of(tree, last) == "qualified_identifier") {
      std::uint32_t name = last;
      for (std::uint32_t part = last + 1; part < nodes[last].next; part = nodes[part].next)
        name = part;
      if (name == last) break;
      last = name;
    }
    if (kind_of(tree, last) != "operator_cast") continue;
    const std::string_view text = tree.text(nodes[child]);
    return shortened(text.substr(0, text.find('(')));
  }
  return {};
}

std::string declarator_name(const Tree& tree, std::uint32_t function) {
  const auto& nodes = tree.nodes();
  const std::uint32_t declarator = function_declarator(tree, function);
  if (declarator == function) return conversion_name(tree, function);
  // `(isalnum)(int c)`, so that no macro of that name is taken
  std::uint32_t name = declarator + 1;
  while (name < nodes[declarator].next && kind_of(tree, name) == "parenthesized_declarator" &&
         nodes[name].next > name + 2)
    name += 2;
  return name < nodes[declarator].next ? text_of(tree, name) : std::string();
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

// Go: what a method calls the value that it is called for. Empty: nothing.
std::string receiver_name(const Tree& tree, std::uint32_t method) {
  const auto is = [](std::string_view wanted) {
    return [wanted](std::string_view kind, std::uint32_t) { return kind == wanted; };
  };
  const std::uint32_t list = child_that(tree, method, is("parameter_list"));
  if (list == method) return {};
  const std::uint32_t parameter = child_that(tree, list, is("parameter_declaration"));
  if (parameter == list) return {};
  const std::uint32_t name = child_that(tree, parameter, is("identifier"));
  return name == parameter ? std::string() : text_of(tree, name);
}

// The list of the function's own parameters; the function itself where there is none. Lists of functions that
// are its default values lie deeper.
std::uint32_t parameters_of(const Tree& tree, const NodeParts& parts, std::uint32_t function) {
  const auto& nodes = tree.nodes();
  const std::uint32_t around = is_c_family(tree) ? function_declarator(tree, function) : function;
  bool is_receiver = kind_of(tree, function) == "method_declaration" && tree.language() == Language::go;
  for (std::uint32_t child = around + 1; child < nodes[around].next; child = nodes[child].next) {
    if (!parts.is(nodes[child], kParameters)) continue;
    if (!is_receiver) return child;
    is_receiver = false;
  }
  return function;
}

bool is_no_parameter(const Tree& tree, std::uint32_t index) {
  const std::string_view kind = kind_of(tree, index);
  return kind == "self_parameter" || kind == "receiver_parameter" || kind == "attribute_item" ||
         kind == "keyword_separator" || kind == "positional_separator" || kind == "variadic_parameter" ||
         (is_c_family(tree) && tree.text(tree.nodes()[index]) == "void");
}

// Python's `self` and TypeScript's `this`, the first of the parameters, with or without a type.
bool is_receiver(const Tree& tree, std::uint32_t parameter, bool is_member) {
  const auto& nodes = tree.nodes();
  const std::uint32_t name = tree.is_leaf(parameter) ? parameter : parameter + 1;
  const std::string_view text = tree.text(nodes[name]);
  if (tree.language() == Language::python) return is_member && (text == "self" || text == "cls");
  return kind_of(tree, name) == "this";
}

}  // namespace

const char* scope_mark(Language language) {
  return language == Language::c || language == Language::cpp || language == Language::rust ? "::" : ".";
}

std::string function_name(const Tree& tree, std::uint32_t function) {
  if (is_c_family(tree)) return declarator_name(tree, function);
  const bool is_java = tree.language() == Language::java;
  const std::uint32_t name = child_that(tree, function, [is_java](std::string_view kind, std::uint32_t) {
    return is_java ? kind == "identifier" : is_property_name(kind);
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

std::string assigned_name(const Tree& tree, std::uint32_t parent, std::uint32_t node) {
  const auto& nodes = tree.nodes();
  const std::string_view kind = kind_of(tree, parent);
  const bool is_member = kind == "pair" || kind == "public_field_definition" || kind == "field_definition";
  const bool assigns = kind == "variable_declarator" || kind == "assignment_expression";
  if (kind == "type_definition") {
    const std::uint32_t name =
        child_that(tree, parent, [node](std::string_view child_kind, std::uint32_t child) {
          return child > node && child_kind == "type_identifier";
        });
    return name == parent ? std::string() : text_of(tree, name);
  }
  const bool is_language = is_script(tree.language()) || tree.language() == Language::java;
  if (!is_language || (!is_member && !assigns) || nodes[node].next != nodes[parent].next) return {};
  for (std::uint32_t child = parent + 1; child < node; child = nodes[child].next) {
    if (!nodes[child].named || nodes[child].extra) continue;
    if (assigns || is_property_name(kind_of(tree, child))) return text_of(tree, child);
  }
  return {};
}

bool SelfCall::is(std::string_view callee) const {
  // `f (a)`, `f?.(a)`
  const std::size_t last = callee.find_last_not_of(" \t\r\n?.");
  callee = callee.substr(0, last == std::string_view::npos ? 0 : last + 1);
  for (const std::string_view before : {std::string_view(through), std::string_view(through_type)}) {
    if (!before.empty() && callee.starts_with(before) && callee.substr(before.size()) == name) return true;
  }
  return is_bare && callee == name;
}

SelfCall self_call(const Tree& tree, std::uint32_t function, std::uint32_t parent, bool is_member,
                   std::string name) {
  SelfCall call;
  const std::size_t mark = name.find_last_of(".:");
  call.name = mark == std::string::npos ? std::move(name) : name.substr(mark + 1);
  const std::string_view kind = kind_of(tree, function);
  switch (tree.language()) {
    case Language::c:
      break;
    case Language::cpp:
      call.through = "this->";
      break;
    case Language::java:
      call.through = "this.";
      break;
    case Language::go:
      call.is_bare = kind != "method_declaration";
      if (!call.is_bare) call.through = receiver_name(tree, function) + ".";
      break;
    case Language::rust:
      call.is_bare = !is_member;
      call.through = "self.";
      call.through_type = "Self::";
      break;
    case Language::python:
      call.is_bare = !is_member;
      call.through = "self.";
      call.through_type = "cls.";
      break;
    case Language::javascript:
    case Language::tsx:
    case Language::typescript:
      call.is_bare = !is_member && kind != "method_definition" && kind_of(tree, parent) != "pair";
      call.through = "this.";
      break;
  }
  return call;
}

bool has_body(const Tree& tree, const NodeParts& parts, std::uint32_t node) {
  const auto& nodes = tree.nodes();
  for (std::uint32_t child = node + 1; child < nodes[node].next; child = nodes[child].next) {
    if (parts.is(nodes[child], kBlock) || kind_of(tree, child) == "try_statement") return true;
  }
  return false;
}

std::uint32_t count_parameters(const Tree& tree, const NodeParts& parts, std::uint32_t function,
                               bool is_member) {
  const auto& nodes = tree.nodes();
  const std::uint32_t list = parameters_of(tree, parts, function);
  if (list == function) {  // `x => x`, `x -> x`
    const std::uint32_t first =
        child_that(tree, function, [](std::string_view, std::uint32_t) { return true; });
    return parts.is(nodes[function], kLambda) && first != function && kind_of(tree, first) == "identifier"
               ? 1
               : 0;
  }
  std::uint32_t count = 0;
  bool is_first = true;
  for (std::uint32_t child = list + 1; child < nodes[list].next; child = nodes[child].next) {
    const Node& node = nodes[child];
    if (!node.named || node.extra || is_no_parameter(tree, child)) continue;
    if (std::exchange(is_first, false) && is_receiver(tree, child, is_member)) continue;
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
