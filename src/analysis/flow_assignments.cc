#include <fmt/format.h>

#include "analysis/flow_run.h"
#include "analysis/sides.h"

// What names hold: assignments, loops, parameters.
namespace fleet::analysis {
namespace {

// What stands in a pattern or a parameter and is no name that is bound.
bool is_no_target(std::string_view kind) {
  return kind.ends_with("type") || kind.ends_with("type_identifier") || kind.ends_with("_specifier") ||
         kind.ends_with("modifiers") || kind.ends_with("annotation") || kind == "type_arguments" ||
         kind == "template_type" || kind == "decorator" || kind == "dimensions";
}

bool is_list(std::string_view kind) {
  return kind == "tuple" || kind == "list" || kind == "expression_list" || kind == "pattern_list" ||
         kind == "tuple_pattern" || kind == "list_pattern" || kind == "array_pattern" || kind == "array";
}

}  // namespace

std::string Flow::Run::name_at(std::uint32_t node) const {
  constexpr std::size_t kLongest = 40;
  const std::string_view text = code_.text(node).substr(0, kLongest);
  return std::string(text.substr(0, text.find('\n')));
}

FlowValue Flow::Run::assign(std::uint32_t node, FlowEnv& env) {
  const Sides sides = sides_of(code_, node);
  if (sides.left == kNowhere) return {};
  const bool adds = code_.shape(node) == Shape::augmentation || (sides.sign.size() > 1 && sides.sign != ":=");
  if (sides.value == kNowhere) {  // `let x;`, `String s;`
    FlowValue nothing;
    if (code_.shape(sides.left) == Shape::name) env.set(code_.text(sides.left), nothing);
    return nothing;
  }
  FlowValue value = eval(sides.value, env);
  if (adds) {
    value.number.reset();
    value.text.reset();
    const auto path = path_of(sides.left);
    if (path) env.add(*path, moved(value, node, fmt::format("is added to `{}`", name_at(sides.left))));
    return value;
  }
  assign_to(sides.left, sides.value, value, env);
  return value;
}

void Flow::Run::assign_to(std::uint32_t target, std::uint32_t from, FlowValue value, FlowEnv& env) {
  const Shape shape = code_.shape(target);
  if (is_list(code_.kind(target)) && is_list(code_.kind(from))) {  // `a, b = b, a`
    std::uint32_t right = code_.first_child(from);
    for (std::uint32_t left = code_.first_child(target); left != kNowhere;
         left = code_.next_child(left, target)) {
      assign_to(left, right, right == kNowhere ? value : value_of(right), env);
      if (right != kNowhere) right = code_.next_child(right, from);
    }
    return;
  }
  value = moved(value, target, fmt::format("goes into `{}`", name_at(target)));
  if (const auto path = path_of(target)) {
    env.set(*path, value);
    if (code_.shape(from) == Shape::collection) assign_parts(*path, from, env);
    return;
  }
  if (shape == Shape::subscript || shape == Shape::member) {  // `a[i] = x`
    if (const auto path = path_of(code_.first_child(target))) env.add(*path, value);
    return;
  }
  assign_names(target, value, env);
}

// `{"a": x, "b": 1}`: the parts are known by themselves.
void Flow::Run::assign_parts(std::string_view path, std::uint32_t collection, FlowEnv& env) {
  constexpr int kMostParts = 50;
  int parts = 0;
  bool all_known = true;
  std::vector<std::pair<std::string_view, FlowValue>> found;
  for (std::uint32_t child = code_.first_child(collection); child != kNowhere;
       child = code_.next_child(child, collection)) {
    if (++parts > kMostParts) return;
    const std::uint32_t key = code_.first_child(child);
    const Shape shape = code_.shape(key);
    if (code_.shape(child) != Shape::pair ||
        (shape != Shape::string && shape != Shape::name && shape != Shape::number)) {
      all_known = false;
      continue;
    }
    found.emplace_back(kept(std::string(path) + "." + std::string(without_quotes(code_.text(key)))),
                       value_of(code_.last_child(child)));
  }
  if (!all_known || found.empty()) return;
  env.set(path, {});
  for (const auto& [part, value] : found)
    env.set(part, value);
}

// Every name in a pattern, by the whole that is taken apart.
void Flow::Run::assign_names(std::uint32_t pattern, const FlowValue& value, FlowEnv& env) {
  if (code_.shape(pattern) == Shape::name) {
    env.set(code_.text(pattern), value);
    return;
  }
  const std::uint32_t end = code_.node(pattern).next;
  for (std::uint32_t at = pattern + 1; at < end && code_.steps().take();) {
    const syntax::Node& node = code_.node(at);
    if (!node.named) {  // a default value
      at = code_.text(at) == "=" && node.next < end ? code_.node(node.next).next : node.next;
      continue;
    }
    if (node.extra || is_no_target(code_.kind(at))) {
      at = node.next;
      continue;
    }
    if (code_.shape(at) == Shape::name && code_.kind(at) != "property_identifier") {
      const std::string_view name = code_.text(at);
      env.set(name, moved(value, at, fmt::format("goes into `{}`", name)));
    }
    ++at;
  }
}

// `for x in xs`, `for (const x of xs)`, `for (T x : xs)`, `for _, x := range xs`.
void Flow::Run::bind_loop(std::uint32_t loop, FlowEnv& env) {
  std::uint32_t target = kNowhere;
  for (std::uint32_t at = loop + 1; at < code_.node(loop).next && code_.steps().take();
       at = code_.node(at).next) {
    const bool named = code_.node(at).named;
    const std::string_view word = named ? std::string_view() : code_.text(at);
    if (word == "in" || word == "of" || word == ":" || word == "range") {
      const std::uint32_t over = code_.node(at).next;
      if (target == kNowhere || over >= code_.node(loop).next) return;
      FlowValue value = eval(over, env);
      value.number.reset();
      value.text.reset();
      assign_names(target, moved(value, target, fmt::format("goes into `{}`", name_at(target))), env);
      return;
    }
    if (named && code_.kind(at) == "range_clause") return bind_loop(at, env);
    if (named) target = at;
  }
}

// What a parameter holds when nobody of the file calls the function.
FlowValue Flow::Run::parameter_of(std::uint32_t function, std::uint32_t parameter) {
  const auto decorator_of = [&](std::uint32_t node) -> std::uint32_t {
    const std::string_view kind = code_.kind(node);
    if (kind != "decorator" && kind != "annotation" && kind != "marker_annotation") return kNowhere;
    std::uint32_t named = code_.first_child(node);
    std::string full;
    if (const auto call = call_at(code_, named)) {
      full = imports_.full_name(code_, *call);
      named = call->callee;
    } else {
      full = imports_.full_name(code_, named);
    }
    return names_.decorators.find(full, plain_name(code_.text(named), code_.language()), imports_);
  };
  if (names_.decorators.empty()) return FlowValue::unknown();
  // Java has it before the parameter itself, Python and scripts before the function.
  for (std::uint32_t at = parameter + 1; at < code_.node(parameter).next && code_.steps().take(); ++at) {
    if (const std::uint32_t source = decorator_of(at); source != kNowhere) return tainted(source, parameter);
  }
  const std::uint32_t around = code_.parent(function);
  if (around == kNowhere || kinds_.kind(code_.node(around)) != FlowKind::decorated)
    return FlowValue::unknown();
  const std::string_view name = code_.text(parameter);
  if (name == "self" || name == "cls" || name == "request" || name == "req") return FlowValue::unknown();
  for (std::uint32_t child = code_.first_child(around); child != kNowhere;
       child = code_.next_child(child, around)) {
    if (const std::uint32_t source = decorator_of(child); source != kNowhere)
      return tainted(source, parameter);
  }
  return FlowValue::unknown();
}

// `values` are those of the first ones; of the others nothing is known.
void Flow::Run::bind_parameters(std::uint32_t function, const Values& values, FlowEnv& env) {
  std::uint32_t list = code_.child_of_shape(function, Shape::parameters);
  // C has it in the declarator.
  for (std::uint32_t at = function + 1;
       list == kNowhere && at < code_.node(function).next && code_.steps().take(); ++at) {
    if (code_.shape(at) == Shape::block) break;
    if (code_.shape(at) == Shape::parameters) list = at;
  }
  if (list == kNowhere) {  // `x => ...`
    const std::uint32_t first = code_.first_child(function);
    if (code_.shape(first) == Shape::name && code_.kind(function) == "arrow_function")
      env.set(code_.text(first), values.empty() ? FlowValue::unknown() : values[0]);
    return;
  }
  std::size_t position = 0;
  for (std::uint32_t parameter = code_.first_child(list); parameter != kNowhere;
       parameter = code_.next_child(parameter, list)) {
    const std::string_view text = code_.text(parameter);
    // What that holds is known from the class.
    if (text == "self" || text == "cls" || text == "&self" || text == "&mut self") continue;
    const bool is_given = position < values.size();
    const FlowValue value = is_given ? values[position] : parameter_of(function, parameter);
    assign_names(
        parameter,
        is_given ? moved(value, parameter, fmt::format("is given to `{}`", name_at(parameter))) : value, env);
    ++position;
  }
}

}  // namespace fleet::analysis
