#include <array>

#include "analysis/flow_run.h"

// What is known of a value where a condition holds, or does not.
namespace fleet::analysis {
namespace {

constexpr int kMostNested = 20;

template <class Words>
bool is_word_in(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// They ask whether the object is one of what they are given, or the other way round.
bool asks_for_membership(std::string_view name) {
  static constexpr auto kNames =
      std::to_array<std::string_view>({"includes", "has", "contains", "containsKey", "indexOf", "Contains"});
  return is_word_in(kNames, name);
}

// They hold of texts of letters and digits, or of whatever their expression says.
bool asks_for_form(std::string_view name) {
  static constexpr auto kNames = std::to_array<std::string_view>(
      {"isdigit", "isalnum", "isalpha", "isdecimal", "isnumeric", "isidentifier", "fullmatch", "matches",
       "MatchString", "is_match", "isInteger", "isSafeInteger", "isUUID", "isAlphanumeric"});
  return is_word_in(kNames, name);
}

bool asks_for_prefix(std::string_view name) {
  static constexpr auto kNames =
      std::to_array<std::string_view>({"startswith", "startsWith", "HasPrefix", "starts_with",
                                       "is_relative_to", "commonpath", "commonprefix"});
  return is_word_in(kNames, name);
}

// `^...$`: nothing stands before or behind.
bool is_whole(std::string_view expression) {
  const std::size_t end = expression.rfind('$');
  return (expression.starts_with("/^") || expression.starts_with("^")) && end != expression.npos &&
         end + 4 > expression.size();
}

}  // namespace

std::optional<bool> Flow::Run::truth_of(std::uint32_t condition, FlowEnv& env) {
  if (condition == kNowhere) return std::nullopt;
  FlowEnv copy = env;
  const FlowValue value = eval(condition, copy);
  if (value.trust != Trust::clean || !value.number) return std::nullopt;
  return *value.number != 0;
}

// The value is one of those that stand in the code.
void Flow::Run::allow(std::uint32_t node, FlowEnv& env) {
  const auto path = path_of(node);
  if (!path) return;
  const auto held = env.whole(*path);
  if (held && held->trust != Trust::clean) env.set(*path, {});
  if (!held) env.set(*path, {});
}

void Flow::Run::allow_for(std::uint32_t node, const char* group, FlowEnv& env) {
  const auto path = path_of(node);
  const auto held = path ? env.whole(*path) : std::nullopt;
  if (!held || !held->is_tainted()) return;
  FlowValue value = *held;
  value.cleaned |= names_.sanitizer_groups.bits({group});
  env.set(*path, value);
}

void Flow::Run::assume(std::uint32_t condition, bool holds, FlowEnv& env, int depth) {
  if (condition == kNowhere || depth > kMostNested || !code_.steps().take()) return;
  const Shape shape = code_.shape(condition);
  const std::string_view kind = code_.kind(condition);
  if (shape == Shape::wrapper || kind == "condition_clause" || kind == "parenthesized_expression")
    return assume(code_.first_child(condition), holds, env, depth + 1);
  if (kind == "not_operator" || (shape == Shape::sign && (code_.operator_of(condition) == "!")))
    return assume(code_.last_child(condition), !holds, env, depth + 1);
  if (kind == "boolean_operator" || shape == Shape::operation || kind == "comparison_operator")
    return assume_operation(condition, holds, env, depth);
  if (shape == Shape::call) assume_call(condition, holds, env);
}

void Flow::Run::assume_operation(std::uint32_t condition, bool holds, FlowEnv& env, int depth) {
  const std::string_view sign = code_.operator_of(condition);
  const std::uint32_t left = code_.first_child(condition);
  const std::uint32_t right = code_.last_child(condition);
  const bool is_and = sign == "and" || sign == "&&";
  const bool is_or = sign == "or" || sign == "||";
  if (is_and || is_or) {
    if (is_and != holds) return;  // one of them is enough, and it is not known which
    assume(left, holds, env, depth + 1);
    assume(right, holds, env, depth + 1);
    return;
  }
  const auto is_clean = [&](std::uint32_t node) {
    FlowEnv copy = env;
    return eval(node, copy).trust == Trust::clean;
  };
  const bool is_equal = sign == "==" || sign == "===" || sign == "is";
  const bool is_not_equal = sign == "!=" || sign == "!==" || sign == "is not";
  if ((is_equal && holds) || (is_not_equal && !holds)) {
    if (is_clean(right)) allow(left, env);
    if (is_clean(left)) allow(right, env);
    return;
  }
  if (((sign == "in" && holds) || (sign == "not in" && !holds)) && is_clean(right)) return allow(left, env);
  // `list.indexOf(x) >= 0`, `strcmp(x, "a") == 0`
  const auto call = call_at(code_, left);
  if (!call || call->arguments == kNowhere) return;
  const std::string_view name = called_name(code_, *call);
  const bool asks_index = name == "indexOf" || name == "find";
  const std::string_view number = code_.text(right);
  const bool is_found = (sign == ">=" && number == "0") || (sign == ">" && number == "-1");
  const bool is_missing = (sign == "<" && number == "0");
  if (asks_index && call->object != kNowhere && ((is_found && holds) || (is_missing && !holds)) &&
      is_clean(call->object))
    allow(code_.first_child(call->arguments), env);
}

void Flow::Run::assume_call(std::uint32_t condition, bool holds, FlowEnv& env) {
  const auto call = call_at(code_, condition);
  if (!call || !holds) return;
  const std::string_view name = called_name(code_, *call);
  const std::uint32_t first = call->arguments == kNowhere ? kNowhere : code_.first_child(call->arguments);
  const auto is_clean = [&](std::uint32_t node) {
    FlowEnv copy = env;
    return node != kNowhere && eval(node, copy).trust == Trust::clean;
  };
  if (asks_for_membership(name) && call->object != kNowhere && is_clean(call->object))
    return allow(first, env);
  if (asks_for_form(name)) {
    // `re.fullmatch("[a-z]+", x)`, `x.isdigit()`
    const std::uint32_t second = first == kNowhere ? kNowhere : code_.next_child(first, call->arguments);
    if (second != kNowhere && is_clean(first)) return allow(second, env);
    if (call->object != kNowhere && (first == kNowhere || is_clean(first))) return allow(call->object, env);
    return allow(first, env);
  }
  const bool is_expression = name == "test" || name == "match";
  if (is_expression && call->object != kNowhere) {
    if (is_whole(code_.text(call->object))) return allow(first, env);
    const std::uint32_t second = first == kNowhere ? kNowhere : code_.next_child(first, call->arguments);
    if (second != kNowhere && is_whole(without_quotes(code_.text(first)))) return allow(second, env);
  }
  if (asks_for_prefix(name)) {
    const std::uint32_t second = first == kNowhere ? kNowhere : code_.next_child(first, call->arguments);
    const bool is_function = call->object == kNowhere || (second != kNowhere && is_clean(second));
    allow_for(is_function ? first : call->object, "prefix-checked", env);
  }
  if (name == "isinstance" && first != kNowhere) {
    const std::uint32_t second = code_.next_child(first, call->arguments);
    const std::string_view type = code_.text(second);
    if (type == "int" || type == "float" || type == "bool" || type == "(int, float)") allow(first, env);
  }
}

}  // namespace fleet::analysis
