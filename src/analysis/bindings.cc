#include "analysis/bindings.h"

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

}  // namespace

Bindings::Bindings(Code& code) : code_(code) {
  struct Open {
    std::uint32_t node, end;
  };
  std::vector<Open> functions;
  for (std::uint32_t i = 0; i < code_.size() && code_.work().take(); ++i) {
    while (!functions.empty() && functions.back().end <= i)
      functions.pop_back();
    const std::uint32_t function = functions.empty() ? kNowhere : functions.back().node;
    switch (code_.shape(i)) {
      case Shape::function:
        functions.push_back({i, code_.node(i).next});
        break;
      case Shape::parameters:
        add_names(i, function);
        break;
      case Shape::binding:
      case Shape::augmentation:
        add_binding(i, function);
        break;
      case Shape::loop:
        add_loop(i, function);
        break;
      default:
        break;
    }
  }
}

void Bindings::add(std::string_view name, Binding binding) {
  auto& all = by_name_[name];
  if (all.size() < kMostBindings) {
    all.push_back(binding);
  } else if (all.size() == kMostBindings) {
    all.push_back({kNowhere, kNowhere});
  }
}

void Bindings::add_names(std::uint32_t pattern, std::uint32_t function) {
  for (std::uint32_t at = pattern; at < code_.node(pattern).next && code_.work().take(); ++at) {
    if (code_.shape(at) == Shape::name) add(code_.text(at), {function, kNowhere});
  }
}

void Bindings::add_binding(std::uint32_t node, std::uint32_t function) {
  const std::uint32_t left = code_.first_child(node);
  std::uint32_t value = code_.last_child(node);
  if (left == kNowhere || value == left) return;
  const std::uint32_t name = bound_name(code_, left);
  if (name == kNowhere) {
    const Shape shape = code_.shape(left);
    if (shape != Shape::member && shape != Shape::subscript) add_names(left, function);
    return;
  }
  bool adds = code_.shape(node) == Shape::augmentation;
  const std::string_view sign = code_.operator_of(node);
  // In C, `+=` is an assignment like any other.
  if (sign.size() > 1 && sign.ends_with('=') && sign != ":=") adds = true;
  // `x: str` without a value.
  if (code_.kind(value) == "type" || code_.kind(value) == "type_annotation") value = kNowhere;
  if (value != kNowhere) add(code_.text(name), {function, value, adds});
}

void Bindings::add_loop(std::uint32_t node, std::uint32_t function) {
  std::uint32_t target = kNowhere;
  for (std::uint32_t at = node + 1; at < code_.node(node).next && code_.work().take();
       at = code_.node(at).next) {
    const bool named = code_.node(at).named;
    const std::string_view word = named ? std::string_view() : code_.text(at);
    if (word == "in" || word == "of" || word == ":") {
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
  const auto within = [&](std::uint32_t function) {
    std::vector<Binding> found;
    for (const Binding& each : known->second) {
      if (each.function == function || (each.function == kNowhere && each.value == kNowhere))
        found.push_back(each);
    }
    return found;
  };
  for (std::uint32_t function = code_.function_around(at); function != kNowhere;
       function = code_.function_around(function)) {
    if (auto found = within(function); !found.empty()) return found;
  }
  return within(kNowhere);
}

}  // namespace fleet::analysis
