#include "analysis/values.h"

#include <algorithm>
#include <array>

#include "analysis/call.h"
#include "analysis/imports.h"
#include "text/ascii.h"

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

// Whether a member in capitals is what somebody sent, and no constant: `request.GET`, `process.env.HOME`.
bool is_from_outside(std::string_view member) {
  static constexpr auto kSources = std::to_array<std::string_view>(
      {"request", "req", "environ", "env", "ENV", "GET", "POST", "COOKIES", "FILES", "META", "REQUEST",
       "params", "query", "body", "headers", "cookies", "form", "args", "argv"});
  for (std::size_t at = 0; at <= member.size();) {
    const std::size_t end = std::min(member.find_first_of(".?[(", at), member.size());
    if (is_word_of(kSources, member.substr(at, end - at))) return true;
    at = end + 1;
  }
  return false;
}

std::string_view last_part(std::string_view name) {
  const std::size_t at = name.find_last_of(".:>");
  return at == std::string_view::npos ? name : name.substr(at + 1);
}

}  // namespace

bool Values::may_look() {
  if (looks_left_ == 0 || !code_.steps().take()) return false;
  --looks_left_;
  return true;
}

std::uint32_t Values::without_wrappers(std::uint32_t node) const {
  for (int depth = 0; depth < kMostLevels && code_.shape(node) == Shape::wrapper; ++depth) {
    // The type stands before the value in a cast of C or Java, and after it in `x as T`.
    // Rust's `&mut x` has a word before it.
    const std::string_view kind = code_.kind(node);
    const bool is_last =
        kind == "cast_expression" || kind == "type_assertion" || kind == "reference_expression";
    const std::uint32_t inner = is_last ? code_.last_child(node) : code_.first_child(node);
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
    case Is::tainted:  // asked of a Flow
    case Is::clean:
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
  for (std::uint32_t at = string + 1; at < code_.node(string).next && code_.steps().take();) {
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

// `x.strip()` is as literal as x, and `os.path.join("a")` as its arguments.
bool Values::is_literal_object(std::uint32_t object, int depth) {
  static constexpr auto kModules = std::to_array<std::string_view>(
      {"os",       "os.path",  "path",   "posixpath", "ntpath",  "pathlib", "process",
       "tempfile", "textwrap", "Buffer", "std",       "String",  "url",     "filepath",
       "fmt",      "strings",  "Path",   "Paths",     "PathBuf", "bytes",   "str"});
  return is_word_of(kModules, code_.text(object)) || is_literal(object, depth + 1);
}

bool Values::is_literal_call(std::uint32_t node, int depth) {
  // They give a number, or what is quoted for its place, whatever they are given.
  static constexpr auto kTaming = std::to_array<std::string_view>({"int",
                                                                   "float",
                                                                   "len",
                                                                   "bool",
                                                                   "Number",
                                                                   "parseInt",
                                                                   "parseFloat",
                                                                   "shlex.quote",
                                                                   "pipes.quote",
                                                                   "Boolean",
                                                                   "id",
                                                                   "hash",
                                                                   "ord",
                                                                   "getpid",
                                                                   "os.getpid",
                                                                   "Date.now",
                                                                   "time.time",
                                                                   "static_cast<int>",
                                                                   "int64",
                                                                   "uint",
                                                                   "uint32",
                                                                   "uint64",
                                                                   "float64",
                                                                   "strconv.Itoa",
                                                                   "strconv.FormatInt",
                                                                   "Integer.parseInt",
                                                                   "Integer.valueOf",
                                                                   "Long.parseLong",
                                                                   "Long.valueOf",
                                                                   "System.currentTimeMillis",
                                                                   "System.nanoTime"});
  // They give nothing that was not in what they are given.
  static constexpr auto kPlain = std::to_array<std::string_view>(
      {"join",    "resolve",    "dirname",   "basename", "abspath", "realpath", "normpath", "normalize",
       "Path",    "format",     "encode",    "decode",   "strip",   "lower",    "upper",    "replace",
       "concat",  "trim",       "str",       "String",   "split",   "toString", "cwd",      "getcwd",
       "dedent",  "gettempdir", "tmpdir",    "from",     "URL",     "bytes",    "tuple",    "list",
       "c_str",   "string",     "to_string", "to_owned", "into",    "as_str",   "as_ref",   "clone",
       "valueOf", "formatted",  "Join",      "Sprintf",  "Sprint"});
  static constexpr auto kPlainFunctions =
      std::to_array<std::string_view>({"Paths.get", "Path.of", "List.of", "Arrays.asList", "PathBuf::from"});
  const auto call = call_at(code_, node);
  if (!call || call->arguments == kNowhere) return false;
  const std::string_view whole = call->callee_span.of(code_.source());
  if (is_word_of(kTaming, whole)) return true;
  const bool is_function = is_word_of(kPlainFunctions, whole);
  if (!is_function && !is_word_of(kPlain, called_name(code_, *call))) return false;
  if (!are_literals(call->arguments, depth + 1)) return false;
  return is_function || call->object == kNowhere || is_literal_object(call->object, depth);
}

// `a + b + c` has all but its last part in its first one: a long sum is no deep one.
bool Values::is_literal_operation(std::uint32_t node, int depth) {
  while (code_.shape(node) == Shape::operation) {
    if (!may_look()) return false;
    const std::uint32_t first = code_.first_child(node);
    if (first == kNowhere) return true;
    for (std::uint32_t child = code_.next_child(first, node); child != kNowhere;
         child = code_.next_child(child, node)) {
      if (!is_literal(child, depth + 1)) return false;
    }
    node = without_wrappers(first);
  }
  return is_literal(node, depth + 1);
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
    case Shape::operation:
      return is_literal_operation(node, depth);
    case Shape::collection:
    case Shape::pair:
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
      const std::string_view whole = code_.text(node);
      const std::string_view last = last_part(whole);
      return (is_constant_name(last) && !is_from_outside(whole)) || last == "length" || last == "pid" ||
             last == "sep" || whole == "sys.executable" || whole == "process.execPath";
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
  while (code_.shape(node) == Shape::operation && may_look()) {
    const std::uint32_t first = code_.first_child(node);
    if (first == kNowhere) return false;
    for (std::uint32_t child = code_.next_child(first, node); child != kNowhere;
         child = code_.next_child(child, node)) {
      if (has_string(child, depth + 1)) return true;
    }
    node = without_wrappers(first);
    if (code_.shape(node) != Shape::operation) return has_string(node, depth + 1);
  }
  return false;
}

bool Values::is_built_call(std::uint32_t node, int depth) {
  static constexpr auto kBuilders =
      std::to_array<std::string_view>({"format", "concat", "join", "replace", "formatted", "append"});
  // What is done to a text with the text: `f"...".encode()`, textwrap.dedent(f"...").
  static constexpr auto kKeepers = std::to_array<std::string_view>(
      {"encode", "strip", "trim", "dedent", "text", "c_str", "str", "raw", "toString", "as_str", "to_string",
       "clone", "as_ref", "into", "to_owned", "as_bytes", "getBytes", "TrimSpace"});
  // They are given the format first.
  static constexpr auto kFormatters =
      std::to_array<std::string_view>({"fmt.Sprintf", "fmt.Sprint", "fmt.Sprintln", "String.format"});
  const auto call = call_at(code_, node);
  if (!call || call->arguments == kNowhere) return false;
  const std::string_view name = called_name(code_, *call);
  const std::uint32_t first = code_.first_child(call->arguments);
  if (is_word_of(kFormatters, call->callee_span.of(code_.source())))
    return first != kNowhere && has_string(first, depth + 1) && !are_literals(call->arguments, depth + 1);
  const std::uint32_t object = call->object;
  if (is_word_of(kKeepers, name)) {
    return (object != kNowhere && is_built(object, depth + 1)) ||
           (first != kNowhere && is_built(first, depth + 1));
  }
  if (!is_word_of(kBuilders, name) || object == kNowhere) return false;
  return (has_string(object, depth + 1) && !are_literals(call->arguments, depth + 1)) ||
         is_built(object, depth + 1);
}

// Rust's `format!("... {}", x)` and `format!("... {x}")`, which are tokens to the parser.
bool Values::is_built_macro(std::uint32_t node) {
  const std::uint32_t name = code_.first_child(node);
  const std::uint32_t tokens = code_.last_child(node);
  if (code_.text(name) != "format" || tokens == kNowhere || tokens == name) return false;
  const std::uint32_t format = code_.first_child(tokens);
  if (code_.shape(format) != Shape::string) return false;
  const std::string_view text = code_.text(format);
  for (std::size_t brace = text.find('{'); brace != std::string_view::npos && brace + 1 < text.size();
       brace = text.find('{', brace + 2)) {
    if (text::is_ascii_letter(text[brace + 1]) || text[brace + 1] == '_') return true;
  }
  for (std::uint32_t at = code_.next_child(format, tokens); at != kNowhere;
       at = code_.next_child(at, tokens)) {
    if (!is_literal(at, 1)) return true;
  }
  return false;
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
    case Shape::other:
      return code_.kind(node) == "macro_invocation" && is_built_macro(node);
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
