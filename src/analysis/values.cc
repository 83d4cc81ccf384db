#include "analysis/values.h"

#include <algorithm>
#include <array>

#include "analysis/imports.h"

namespace fleet::analysis {
namespace {

constexpr int kMostLevels = 24;              // of expressions and names that are looked into
constexpr std::uint32_t kMostLooks = 2'000;  // for one question: names bound to names branch

template <class Words>
bool is_word_of(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// A name in capitals is a constant, also where it comes from another file.
bool is_constant_name(std::string_view name) {
  const bool capitals = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
  return capitals && name.size() > 2;
}

std::string_view last_part(std::string_view name) {
  const std::size_t at = name.find_last_of(".:>");
  return at == std::string_view::npos ? name : name.substr(at + 1);
}

}  // namespace

bool Values::may_look() {
  if (looks_left_ == 0 || !code_.work().take()) return false;
  --looks_left_;
  return true;
}

std::uint32_t Values::without_wrappers(std::uint32_t node) const {
  for (int depth = 0; depth < kMostLevels && code_.shape(node) == Shape::wrapper; ++depth) {
    // The type stands before the value in a cast of C, and after it in `x as T`.
    const bool type_first = code_.kind(node) == "cast_expression" || code_.kind(node) == "type_assertion";
    const std::uint32_t inner = type_first ? code_.last_child(node) : code_.first_child(node);
    if (inner == kNowhere) break;
    node = inner;
  }
  return node;
}

std::vector<Bindings::Binding> Values::bindings_of(std::uint32_t name) {
  if (!bindings_) bindings_.emplace(code_);
  return bindings_->of(code_.text(name), name);
}

bool Values::is(Is what, std::uint32_t node) {
  looks_left_ = kMostLooks;
  const std::uint32_t bare = without_wrappers(node);
  switch (what) {
    case Is::literal:
      return is_literal(node, 0);
    case Is::built:
      return is_built(node, 0);
    case Is::string:
      return code_.shape(resolved(bare)) == Shape::string;
    case Is::number:
      return code_.shape(resolved(bare)) == Shape::number;
    case Is::name:
      return code_.shape(bare) == Shape::name;
    case Is::call:
      return code_.shape(bare) == Shape::call;
    case Is::present:
    case Is::absent:
      break;
  }
  return what == Is::present;
}

std::uint32_t Values::resolved(std::uint32_t node) {
  node = without_wrappers(node);
  for (int depth = 0; depth < 4 && code_.shape(node) == Shape::name; ++depth) {
    const auto bindings = bindings_of(node);
    if (bindings.size() != 1 || bindings[0].value == kNowhere || bindings[0].adds) break;
    const std::uint32_t value = without_wrappers(bindings[0].value);
    if (value == node) break;
    node = value;
  }
  return node;
}

void Values::add_texts(std::uint32_t node, int levels, std::vector<std::string_view>& texts) {
  constexpr std::size_t kMostTexts = 40;
  constexpr std::uint32_t kMostNodes = 200;
  if (texts.size() >= kMostTexts || !may_look()) return;
  const std::uint32_t value = without_wrappers(node);
  if (value != node) texts.push_back(code_.text(node));
  texts.push_back(code_.shape(value) == Shape::string ? without_quotes(code_.text(value))
                                                      : code_.text(value));
  if (levels == 0) return;
  const std::uint32_t end = std::min(code_.node(value).next, value + kMostNodes);
  for (std::uint32_t at = value; at < end; ++at) {
    const bool is_value = code_.shape(at) == Shape::name && code_.kind(at) != "property_identifier" &&
                          code_.kind(at) != "field_identifier";
    if (!is_value) continue;
    for (const Bindings::Binding& each : bindings_of(at)) {
      if (each.value != kNowhere) add_texts(each.value, levels - 1, texts);
    }
  }
}

std::vector<std::string_view> Values::texts(std::uint32_t node, Depth depth) {
  looks_left_ = kMostLooks;
  std::vector<std::string_view> texts;
  const bool is_name = code_.shape(without_wrappers(node)) == Shape::name;
  add_texts(node, depth == Depth::all_names ? 3 : is_name ? 1 : 0, texts);
  return texts;
}

bool Values::are_literals(std::uint32_t parent, int depth) {
  for (std::uint32_t child = code_.first_child(parent); child != kNowhere;
       child = code_.next_child(child, parent)) {
    if (!is_literal(child, depth)) return false;
  }
  return true;
}

bool Values::has_only_literal_substitutions(std::uint32_t string, int depth) {
  for (std::uint32_t at = string + 1; at < code_.node(string).next && code_.work().take();) {
    if (code_.shape(at) != Shape::substitution) {
      ++at;
      continue;
    }
    const std::uint32_t value = code_.first_child(at);
    if (value != kNowhere && !is_literal(value, depth + 1)) return false;
    at = code_.node(at).next;
  }
  return true;
}

bool Values::is_literal_name(std::uint32_t node, int depth) {
  static constexpr auto kOfTheFile =
      std::to_array<std::string_view>({"__file__", "__name__", "__dirname", "__filename", "NaN", "Infinity"});
  const std::string_view name = code_.text(node);
  if (is_word_of(kOfTheFile, name)) return true;
  const auto bindings = bindings_of(node);
  if (bindings.empty()) return is_constant_name(name);
  return std::all_of(bindings.begin(), bindings.end(), [&](const Bindings::Binding& each) {
    return each.value != kNowhere && is_literal(each.value, depth + 1);
  });
}

bool Values::is_literal_call(std::uint32_t node, int depth) {
  // They give a number, or what is quoted for its place, whatever they are given.
  static constexpr auto kTaming = std::to_array<std::string_view>(
      {"int", "float", "len", "bool", "Number", "parseInt", "parseFloat", "shlex.quote", "pipes.quote",
       "Boolean", "id", "hash", "ord", "getpid", "os.getpid", "Date.now", "time.time", "static_cast<int>"});
  // They give nothing that was not in what they are given.
  static constexpr auto kPlain = std::to_array<std::string_view>(
      {"join",   "resolve", "dirname", "basename", "abspath", "realpath", "normpath", "normalize",  "Path",
       "format", "encode",  "decode",  "strip",    "lower",   "upper",    "replace",  "concat",     "trim",
       "str",    "String",  "split",   "toString", "cwd",     "getcwd",   "dedent",   "gettempdir", "tmpdir",
       "from",   "URL",     "bytes",   "tuple",    "list",    "c_str",    "string"});
  const std::uint32_t callee = code_.first_child(node);
  const std::uint32_t arguments = code_.child_of_shape(node, Shape::arguments);
  if (callee == kNowhere || arguments == kNowhere) return false;
  const std::string_view name = code_.text(callee);
  if (is_word_of(kTaming, name)) return true;
  if (!is_word_of(kPlain, last_part(name)) || !are_literals(arguments, depth + 1)) return false;
  if (code_.shape(callee) != Shape::member) return true;
  // `x.strip()` is as literal as x; `os.path.join()` as its arguments.
  const std::uint32_t object = code_.first_child(callee);
  if (object == kNowhere || code_.first_child(arguments) != kNowhere) {
    const Shape shape = object == kNowhere ? Shape::other : code_.shape(object);
    return shape == Shape::name || shape == Shape::member || is_literal(object, depth + 1);
  }
  static constexpr auto kModules = std::to_array<std::string_view>({"os", "process", "tempfile"});
  return is_word_of(kModules, code_.text(object)) || is_literal(object, depth + 1);
}

bool Values::is_literal(std::uint32_t node, int depth) {
  if (depth > kMostLevels || !may_look()) return false;
  node = without_wrappers(node);
  switch (code_.shape(node)) {
    case Shape::number:
    case Shape::constant:
    case Shape::function:
      return true;
    case Shape::string:
      return has_only_literal_substitutions(node, depth);
    case Shape::collection:
    case Shape::pair:
    case Shape::operation:
    case Shape::sign:
    case Shape::keyword_argument:
      return are_literals(node, depth + 1);
    case Shape::choice: {
      // The condition of `a if b else c` and `b ? a : c` chooses, and is no part of what is chosen.
      const bool script = code_.kind(node) == "ternary_expression";
      const bool python =
          code_.kind(node) == "conditional_expression" && code_.language() == syntax::Language::python;
      const std::uint32_t first = code_.first_child(node);
      const std::uint32_t second = first == kNowhere ? kNowhere : code_.next_child(first, node);
      for (std::uint32_t child = first; child != kNowhere; child = code_.next_child(child, node)) {
        const bool is_condition =
            python ? child == second
                   : (script || code_.kind(node) == "conditional_expression") && child == first;
        if (!is_condition && !is_literal(child, depth + 1)) return false;
      }
      return true;
    }
    case Shape::name:
      // The key of a property is one.
      return code_.kind(node) == "property_identifier" || is_literal_name(node, depth);
    case Shape::member: {
      const std::string_view last = last_part(code_.text(node));
      return is_constant_name(last) || last == "length" || last == "pid" || last == "sep" ||
             code_.text(node) == "sys.executable" || code_.text(node) == "process.execPath";
    }
    case Shape::subscript: {
      const std::uint32_t object = code_.first_child(node);
      return object != kNowhere && code_.shape(object) == Shape::name && is_literal(object, depth + 1);
    }
    case Shape::construction:
    case Shape::call:
      return is_literal_call(node, depth);
    default:
      // Kinds of a language that no shape is known for: `sizeof(x)`, regular expressions.
      return code_.kind(node) == "sizeof_expression" || code_.kind(node) == "regex";
  }
}

bool Values::has_string(std::uint32_t node, int depth) {
  if (depth > kMostLevels || !may_look()) return false;
  node = without_wrappers(node);
  if (code_.shape(node) == Shape::string) return true;
  if (code_.shape(node) == Shape::call) {
    const std::uint32_t arguments = code_.child_of_shape(node, Shape::arguments);
    // std::string("...") and its like.
    const std::uint32_t first = arguments == kNowhere ? kNowhere : code_.first_child(arguments);
    return first != kNowhere && code_.shape(first) == Shape::string && is_literal_call(node, depth + 1);
  }
  if (code_.shape(node) == Shape::name) {
    const auto bindings = bindings_of(node);
    return std::any_of(bindings.begin(), bindings.end(), [&](const Bindings::Binding& each) {
      return each.value != kNowhere && has_string(each.value, depth + 4);
    });
  }
  if (code_.shape(node) != Shape::operation) return false;
  for (std::uint32_t child = code_.first_child(node); child != kNowhere;
       child = code_.next_child(child, node)) {
    if (has_string(child, depth + 1)) return true;
  }
  return false;
}

bool Values::is_built_call(std::uint32_t node, int depth) {
  static constexpr auto kBuilders = std::to_array<std::string_view>({"format", "concat", "join", "replace"});
  const std::uint32_t callee = code_.first_child(node);
  const std::uint32_t arguments = code_.child_of_shape(node, Shape::arguments);
  if (callee == kNowhere || arguments == kNowhere) return false;
  // What is done to a text with the text: `f"...".encode()`, textwrap.dedent(f"...").
  static constexpr auto kKeepers =
      std::to_array<std::string_view>({"encode", "strip", "trim", "dedent", "text", "c_str", "str", "raw"});
  const std::string_view name = last_part(code_.text(callee));
  const bool is_method = code_.shape(callee) == Shape::member;
  const std::uint32_t object = is_method ? code_.first_child(callee) : kNowhere;
  if (is_word_of(kKeepers, name)) {
    const std::uint32_t first = code_.first_child(arguments);
    return (object != kNowhere && is_built(object, depth + 1)) ||
           (first != kNowhere && is_built(first, depth + 1));
  }
  if (!is_method || !is_word_of(kBuilders, name) || object == kNowhere) return false;
  return (has_string(object, depth + 1) && !are_literals(arguments, depth + 1)) ||
         is_built(object, depth + 1);
}

bool Values::is_built(std::uint32_t node, int depth) {
  if (depth > kMostLevels || !may_look()) return false;
  node = without_wrappers(node);
  switch (code_.shape(node)) {
    case Shape::string:
      return !has_only_literal_substitutions(node, depth);
    case Shape::operation: {
      const std::string_view sign = code_.operator_of(node);
      return (sign == "+" || sign == "%") && has_string(node, depth) && !is_literal(node, depth + 1);
    }
    case Shape::call:
      return is_built_call(node, depth);
    case Shape::choice: {
      for (std::uint32_t child = code_.first_child(node); child != kNowhere;
           child = code_.next_child(child, node)) {
        if (is_built(child, depth + 1)) return true;
      }
      return false;
    }
    case Shape::name: {
      const auto bindings = bindings_of(node);
      return std::any_of(bindings.begin(), bindings.end(), [&](const Bindings::Binding& each) {
        if (each.value == kNowhere) return false;
        return is_built(each.value, depth + 1) || (each.adds && !is_literal(each.value, depth + 1));
      });
    }
    default:
      return false;
  }
}

}  // namespace fleet::analysis
