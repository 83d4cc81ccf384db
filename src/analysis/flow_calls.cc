#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/flow_run.h"

// Calls: sources, sanitizers, functions of the same file, and all others.
namespace fleet::analysis {
namespace {

constexpr std::size_t kMostCallsDeep = 3;

template <class Words>
bool is_one_of(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Methods that put what they are given into their object.
bool puts_into_object(std::string_view name) {
  static constexpr auto kNames = std::to_array<std::string_view>(
      {"append", "add", "push", "extend", "insert", "update", "put", "set", "unshift", "write", "addAll",
       "appendleft", "setdefault", "push_back", "emplace_back", "push_str", "WriteString", "concat"});
  return is_one_of(kNames, name);
}

// Functions of C that write their other arguments into the first.
bool writes_first_argument(std::string_view name) {
  static constexpr auto kNames = std::to_array<std::string_view>(
      {"strcpy", "strcat", "strncpy", "strncat", "sprintf", "snprintf", "vsprintf", "vsnprintf", "memcpy",
       "memmove", "stpcpy", "strlcpy", "strlcat", "wcscpy", "wcscat", "bcopy"});
  return is_one_of(kNames, name);
}

// What they give is a number or a truth, or says nothing of what they are given.
bool gives_no_data(std::string_view name) {
  static constexpr auto kNames = std::to_array<std::string_view>({"len",
                                                                  "isinstance",
                                                                  "hasattr",
                                                                  "callable",
                                                                  "startsWith",
                                                                  "endsWith",
                                                                  "startswith",
                                                                  "endswith",
                                                                  "includes",
                                                                  "indexOf",
                                                                  "isdigit",
                                                                  "isalnum",
                                                                  "isalpha",
                                                                  "isnumeric",
                                                                  "strlen",
                                                                  "strcmp",
                                                                  "strncmp",
                                                                  "equals",
                                                                  "equalsIgnoreCase",
                                                                  "contains",
                                                                  "isEmpty",
                                                                  "size",
                                                                  "length",
                                                                  "count",
                                                                  "hashCode",
                                                                  "exists",
                                                                  "isfile",
                                                                  "isdir",
                                                                  "test",
                                                                  "compareTo",
                                                                  "matches",
                                                                  "containsKey",
                                                                  "sizeof",
                                                                  "id",
                                                                  "type",
                                                                  "print",
                                                                  "println",
                                                                  "log",
                                                                  "debug",
                                                                  "info",
                                                                  "warning",
                                                                  "bool",
                                                                  "any",
                                                                  "all",
                                                                  "isArray",
                                                                  "isNaN"});
  return is_one_of(kNames, name);
}

}  // namespace

// Of a name that several functions have it cannot be told which one is called.
void Flow::Run::find_functions() {
  const auto add = [&](std::string_view name, std::uint32_t function) {
    const auto [known, is_new] = functions_.emplace(name, function);
    if (!is_new && known->second != function) known->second = kNowhere;
  };
  for (std::uint32_t i = 0; i < code_.size() && code_.steps().take(); ++i) {
    if (code_.shape(i) == Shape::binding) {  // `const f = () => ...`
      const std::uint32_t left = code_.first_child(i);
      const std::uint32_t right = code_.last_child(i);
      if (code_.shape(left) == Shape::name && code_.shape(right) == Shape::function)
        add(code_.text(left), right);
    }
    if (code_.shape(i) != Shape::function) continue;
    for (std::uint32_t at = i + 1; at < code_.node(i).next && code_.steps().take(); ++at) {
      const Shape shape = code_.shape(at);
      if (shape == Shape::parameters || shape == Shape::block) break;
      if (shape == Shape::name && code_.kind(at) != "type_identifier") {
        add(code_.text(at), i);
        break;
      }
    }
  }
}

std::uint32_t Flow::Run::own_function(const Call& call) const {
  if (call.name == kNowhere) return kNowhere;
  if (call.object != kNowhere) {
    const std::string_view object = code_.text(call.object);
    if (object != "self" && object != "this" && object != "cls" && object != "Self") return kNowhere;
  }
  const auto known = functions_.find(code_.text(call.name));
  return known == functions_.end() ? kNowhere : known->second;
}

FlowValue Flow::Run::eval_call(std::uint32_t node, FlowEnv& env) {
  const auto call = call_at(code_, node);
  if (!call) return eval_all(node, env);
  FlowValue object;
  bool has_object = call->object != kNowhere;
  if (has_object) {
    object = eval(call->object, env);
  } else if (call->callee != kNowhere && code_.shape(call->callee) != Shape::name) {
    eval(call->callee, env);
  }
  Values values;
  FlowValue given;  // all arguments together
  for (std::uint32_t each = call->arguments == kNowhere ? kNowhere : code_.first_child(call->arguments);
       each != kNowhere; each = code_.next_child(each, call->arguments)) {
    values.push_back(eval(each, env));
    given = joined(given, values.back());
  }
  given.number.reset();
  given.text.reset();

  const std::string full = imports_.full_name(code_, *call);
  const std::string plain = plain_name(call->callee_span.of(code_.source()), code_.language());
  if (const std::uint32_t source = names_.calls.find(full, plain, imports_); source != kNowhere)
    return tainted(source, node);
  if (const std::uint32_t source = names_.fills.find(full, plain, imports_); source != kNowhere) {
    fill(*call, source, env);
    return {};
  }
  if (const std::uint32_t sanitizer = names_.sanitizers.find(full, plain, imports_); sanitizer != kNowhere) {
    FlowValue value = has_object && object.is_tainted() ? joined(object, given) : given;
    if (value.trust == Trust::unknown) value.trust = Trust::clean;
    value.cleaned |= names_.sanitizer_bits[sanitizer];
    return value;
  }
  if (const std::uint32_t function = own_function(*call); function != kNowhere)
    return call_own(function, *call, values, env);

  const std::string_view name = called_name(code_, *call);
  change_object(*call, values, env);
  if (gives_no_data(name)) return {};
  FlowValue value = has_object ? joined(object, given) : given;
  // What a function of elsewhere returns by itself cannot be told; a method of a text gives a text.
  if (value.trust == Trust::clean && !has_object && !values.empty() && code_.shape(node) == Shape::call &&
      full.find('.') == full.npos)
    value.trust = Trust::unknown;
  if (value.trust == Trust::clean && values.empty()) value.trust = Trust::unknown;
  value.number.reset();
  value.text.reset();
  return value;
}

// `recv(socket, buffer, n)`: what is written cannot be told from what tells how much; all are written.
void Flow::Run::fill(const Call& call, std::uint32_t source, FlowEnv& env) {
  if (call.arguments == kNowhere) return;
  for (std::uint32_t each = code_.first_child(call.arguments); each != kNowhere;
       each = code_.next_child(each, call.arguments)) {
    if (const auto path = path_of(each)) env.set(*path, tainted(source, each));
  }
}

void Flow::Run::change_object(const Call& call, const Values& values, FlowEnv& env) {
  const std::string_view name = called_name(code_, call);
  FlowValue given;
  if (call.object != kNowhere && puts_into_object(name)) {
    for (const FlowValue& value : values)
      given = joined(given, value);
    given.number.reset();
    given.text.reset();
    if (const auto path = path_of(call.object))
      env.add(*path, moved(given, call.node, fmt::format("is put into `{}`", name_at(call.object))));
    return;
  }
  if (call.object != kNowhere || !writes_first_argument(name) || values.size() < 2) return;
  for (std::size_t i = 1; i < values.size(); ++i)
    given = joined(given, values[i]);
  given.number.reset();
  given.text.reset();
  const std::uint32_t first = code_.first_child(call.arguments);
  const auto path = path_of(first);
  if (!path) return;
  given = moved(given, call.node, fmt::format("is written into `{}`", name_at(first)));
  const bool adds = name.find("cat") != name.npos;
  if (adds) {
    env.add(*path, given);
  } else {
    env.set(*path, given);
  }
}

FlowValue Flow::Run::call_own(std::uint32_t function, const Call& call, const Values& values,
                              const FlowEnv& env) {
  FlowValue all;
  std::string key = std::to_string(function);
  for (const FlowValue& value : values) {
    all = joined(all, value);
    key += fmt::format(" {}:{:x}:{:x}", static_cast<int>(value.trust), value.sources, value.cleaned);
  }
  all.number.reset();
  all.text.reset();
  if (const auto known = called_.find(key); is_recording_ && known != called_.end()) {
    FlowValue returned = known->second;
    if (returned.is_tainted() && all.is_tainted()) returned.step = all.step;
    return moved(returned, call.node, fmt::format("is returned by `{}`", name_at(call.name)));
  }
  const bool is_open = std::any_of(frames_.begin(), frames_.end(),
                                   [&](const Frame& frame) { return frame.function == function; });
  if (is_open || frames_.size() > kMostCallsDeep) return joined(all, FlowValue::unknown());
  // A function in a function sees what that holds.
  const bool is_within = code_.function_around(function) == frames_.back().function;
  FlowEnv within = is_within && frames_.size() > 1 ? env : module_;
  for (const auto& [path, value] : env.all()) {
    if (path.starts_with("self.") || path.starts_with("this.")) within.set(path, value);
  }
  within.is_reachable = true;
  bind_parameters(function, values, within);
  frames_.push_back({function, {}, false, {}});
  const std::uint32_t body = code_.last_child(function);
  if (code_.shape(body) == Shape::block) {
    exec(body, within);
  } else {  // `x => x + 1`
    frames_.back().returned = eval(body, within);
    frames_.back().has_returned = true;
  }
  const FlowValue returned = frames_.back().has_returned ? frames_.back().returned : FlowValue{};
  frames_.pop_back();
  if (is_recording_) called_.emplace(std::move(key), returned);
  return moved(returned, call.node, fmt::format("is returned by `{}`", name_at(call.name)));
}

}  // namespace fleet::analysis
