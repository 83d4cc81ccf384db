#include "analysis/bindings.h"

#include <algorithm>

#include "analysis/sides.h"

namespace fleet::analysis {
namespace {

constexpr std::size_t kMostBindings = 40;  // of one name; past these, it may be anything

// The name that a declarator or the left of an assignment binds as a whole.
std::uint32_t bound_name(const Code& code, std::uint32_t left) {
  for (int depth = 0; depth < 8 && left != kNowhere; ++depth) {
    if (code.shape(left) == Shape::name) return left;
    const std::string_view kind = code.kind(left);
    // What an array of characters holds at first says nothing of what is written into it.
    if (kind != "pointer_declarator" && kind != "reference_declarator") return kNowhere;
    left = code.first_child(left);
  }
  return kNowhere;
}

// What stands in a pattern or a list of parameters and binds nothing.
bool binds_nothing(std::string_view kind) {
  return kind.ends_with("type") || kind.ends_with("type_identifier") || kind.ends_with("_specifier") ||
         kind.ends_with("modifiers") || kind.ends_with("annotation") || kind == "type_arguments" ||
         kind == "template_type" || kind == "decorator" || kind == "property_identifier" ||
         kind == "trait_bounds" || kind == "attribute_item";
}

}  // namespace

Bindings::Bindings(Code& code) : code_(code) {
  struct Open {
    std::uint32_t node, end;
  };
  std::vector<Open> functions;
  for (std::uint32_t i = 0; i < code_.size() && code_.steps().take(); ++i) {
    while (!functions.empty() && functions.back().end <= i)
      functions.pop_back();
    const std::uint32_t function = functions.empty() ? kNowhere : functions.back().node;
    switch (code_.shape(i)) {
      case Shape::function:
        functions.push_back({i, code_.node(i).next});
        // `x => ...` has no list.
        if (const std::uint32_t first = code_.first_child(i);
            first != kNowhere && is_bare_parameter(i, first))
          add_names(first, i);
        break;
      case Shape::parameters:
        // Of a function that has no body here they name nothing.
        if (function != kNowhere) add_names(i, function);
        break;
      case Shape::binding:
      case Shape::augmentation:
        add_binding(i, function);
        break;
      case Shape::loop:
        add_loop(i, function);
        break;
      default:
        if (code_.node(i).named) add_others(i, function);
    }
  }
}

bool Bindings::is_bare_parameter(std::uint32_t function, std::uint32_t first) const {
  const std::string_view kind = code_.kind(function);
  return (kind == "arrow_function" || kind == "lambda_expression") && code_.shape(first) == Shape::name;
}

// `with a as b`, `except E as e`, `catch (e)`, `if let Some(x) = y`
void Bindings::add_others(std::uint32_t node, std::uint32_t function) {
  const std::string_view kind = code_.kind(node);
  if (kind == "as_pattern_target" || kind == "catch_formal_parameter") {
    add_names(node, function);
  } else if (kind == "catch_clause") {
    const std::uint32_t first = code_.first_child(node);
    if (first != kNowhere && code_.shape(first) != Shape::block) add_names(first, function);
  } else if (kind == "let_condition" || kind == "match_pattern") {
    const std::uint32_t pattern = code_.first_child(node);
    if (pattern != kNowhere) add_names(pattern, function);
  }
}

void Bindings::add(std::string_view name, Binding binding) {
  Bound& bound = by_name_[name];
  if (bound.by.size() < kMostBindings) {
    bound.by.push_back(binding);
  } else {
    bound.too_many = true;
  }
}

void Bindings::add_names(std::uint32_t pattern, std::uint32_t function) {
  const bool is_c = code_.language() == syntax::Language::c || code_.language() == syntax::Language::cpp;
  const std::uint32_t end = code_.node(pattern).next;
  for (std::uint32_t at = pattern; at < end && code_.steps().take();) {
    const syntax::Node& node = code_.node(at);
    if (!node.named) {
      // A default value, or the size of an array.
      const std::string_view text = code_.text(at);
      const bool value_follows = text == "=" || (is_c && text == "[");
      at = value_follows && node.next < end ? code_.node(node.next).next : node.next;
      continue;
    }
    const Shape shape = code_.shape(at);
    if (node.extra || shape == Shape::member || shape == Shape::subscript || shape == Shape::call ||
        binds_nothing(code_.kind(at))) {
      at = node.next;
      continue;
    }
    if (shape == Shape::name) add(code_.text(at), {function, kNowhere});
    ++at;
  }
}

void Bindings::add_binding(std::uint32_t node, std::uint32_t function) {
  const Sides sides = sides_of(code_, node);
  if (sides.left == kNowhere || sides.value == kNowhere) return;
  const std::uint32_t name = bound_name(code_, sides.left);
  if (name == kNowhere) {
    const Shape shape = code_.shape(sides.left);
    if (shape != Shape::member && shape != Shape::subscript) add_names(sides.left, function);
    return;
  }
  // In C, `+=` is an assignment like any other.
  const bool adds = code_.shape(node) == Shape::augmentation || (sides.sign.size() > 1 && sides.sign != ":=");
  add(code_.text(name), {function, sides.value, adds});
}

void Bindings::add_loop(std::uint32_t node, std::uint32_t function) {
  std::uint32_t target = kNowhere;
  for (std::uint32_t at = node + 1; at < code_.node(node).next && code_.steps().take();
       at = code_.node(at).next) {
    const bool named = code_.node(at).named;
    const std::string_view word = named ? std::string_view() : code_.text(at);
    if (word == "in" || word == "of" || word == ":" || word == "range") {
      if (target == kNowhere) return;
      const std::uint32_t over = code_.node(at).next;
      if (code_.shape(target) == Shape::name && over < code_.node(node).next) {
        add(code_.text(target), {function, over});
      } else {
        add_names(target, function);
      }
      return;
    }
    if (named) target = at;
  }
}

std::vector<Bindings::Binding> Bindings::of(std::string_view name, std::uint32_t at) const {
  const auto known = by_name_.find(name);
  if (known == by_name_.end()) return {};
  const Bound& bound = known->second;
  const auto within = [&](std::uint32_t function) {
    std::vector<Binding> found;
    std::copy_if(bound.by.begin(), bound.by.end(), std::back_inserter(found),
                 [&](const Binding& each) { return each.function == function; });
    return found;
  };
  std::vector<Binding> found;
  for (std::uint32_t function = code_.function_around(at); function != kNowhere && found.empty();
       function = code_.function_around(function))
    found = within(function);
  if (found.empty()) found = within(kNowhere);
  // One that was left out may be of any function.
  if (bound.too_many) found.push_back({kNowhere, kNowhere});
  return found;
}

}  // namespace fleet::analysis
