#include <array>
#include <charconv>

#include "analysis/flow_run.h"

// What expressions give.
namespace fleet::analysis {
namespace {

constexpr int kMostDepth = 150;  // of expressions and statements in each other
constexpr std::size_t kLongestPath = 120;
constexpr std::size_t kMostSteps = 100'000;

template <class Words>
bool is_among(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_comparison(std::string_view sign) {
  static constexpr auto kSigns = std::to_array<std::string_view>(
      {"==", "!=", "<", ">", "<=", ">=", "===", "!==", "in", "not in", "is", "is not", "instanceof", "<=>"});
  return is_among(kSigns, sign);
}

// A number, whatever the object is.
bool is_measure(std::string_view member) {
  static constexpr auto kMeasures =
      std::to_array<std::string_view>({"length", "size", "byteLength", "count", "nbytes"});
  return is_among(kMeasures, member);
}

std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t value = 0;
  const int base = text.starts_with("0x") || text.starts_with("0X") ? 16 : 10;
  if (base == 16) text.remove_prefix(2);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::int64_t> computed(std::string_view sign, std::int64_t a, std::int64_t b) {
  std::int64_t out = 0;
  if (sign == "+") return __builtin_add_overflow(a, b, &out) ? std::nullopt : std::optional(out);
  if (sign == "-") return __builtin_sub_overflow(a, b, &out) ? std::nullopt : std::optional(out);
  if (sign == "*") return __builtin_mul_overflow(a, b, &out) ? std::nullopt : std::optional(out);
  if ((sign == "/" || sign == "//" || sign == "%") && b > 0) {
    const bool is_exact = sign != "/" || a % b == 0;
    if (a < 0 || !is_exact) return std::nullopt;  // languages round it differently
    return sign == "%" ? a % b : a / b;
  }
  if (sign == "==" || sign == "===") return a == b;
  if (sign == "!=" || sign == "!==") return a != b;
  if (sign == "<") return a < b;
  if (sign == ">") return a > b;
  if (sign == "<=") return a <= b;
  if (sign == ">=") return a >= b;
  return std::nullopt;
}

bool is_type(std::string_view kind) {
  return kind.ends_with("type") || kind.ends_with("type_identifier") || kind.ends_with("_specifier") ||
         kind == "type_annotation" || kind == "type_descriptor" || kind == "type_arguments";
}

}  // namespace

bool Flow::Run::may_go_on(std::uint32_t depth) {
  if (static_cast<int>(depth) > kMostDepth || left_ == 0 || !code_.steps().take()) return false;
  --left_;
  return true;
}

FlowValue Flow::Run::eval(std::uint32_t node, FlowEnv& env) {
  if (node == kNowhere || !may_go_on(static_cast<std::uint32_t>(depth_))) return FlowValue::unknown();
  ++depth_;
  FlowValue value = eval_plain(node, env);
  --depth_;
  record(node, value);
  return value;
}

FlowValue Flow::Run::eval_plain(std::uint32_t node, FlowEnv& env) {
  switch (code_.shape(node)) {
    case Shape::name:
      return eval_name(node, env);
    case Shape::member:
      return eval_member(node, env);
    case Shape::subscript:
      return eval_subscript(node, env);
    case Shape::string:
      return eval_literal(node, env);
    case Shape::number: {
      FlowValue value;
      value.number = number_in(code_.text(node));
      return value;
    }
    case Shape::constant: {
      FlowValue value;
      const std::string_view text = code_.text(node);
      if (text == "true" || text == "True") value.number = 1;
      if (text == "false" || text == "False") value.number = 0;
      return value;
    }
    case Shape::comment:
      return {};
    case Shape::operation:
      return eval_operation(node, env);
    case Shape::sign: {
      const std::string_view sign = code_.operator_of(node);
      FlowValue value = eval(code_.last_child(node), env);
      if (sign == "!" || sign == "not") {
        FlowValue truth;
        if (value.number) truth.number = *value.number == 0;
        return truth;
      }
      if (sign == "-" && value.number) value.number = computed("-", 0, *value.number);
      return value;
    }
    case Shape::choice:
      return eval_choice(node, env);
    case Shape::call:
    case Shape::construction:
      return eval_call(node, env);
    case Shape::function:
      return eval_lambda(node, env);
    case Shape::binding:
    case Shape::augmentation:
      return assign(node, env);
    case Shape::wrapper: {
      FlowValue value;
      for (std::uint32_t child = code_.first_child(node); child != kNowhere;
           child = code_.next_child(child, node)) {
        if (is_type(code_.kind(child))) continue;
        const FlowValue part = eval(child, env);
        value = child == code_.first_child(node) ? part : joined(value, part);
      }
      return value;
    }
    default:
      break;
  }
  switch (kinds_.kind(code_.node(node))) {
    case FlowKind::comprehension:
      return eval_comprehension(node, env);
    case FlowKind::named_part: {
      const std::uint32_t what = code_.first_child(node);
      const FlowValue value = eval(what, env);
      const std::uint32_t target = code_.last_child(node);
      if (target != what) assign_names(target, value, env);
      return value;
    }
    case FlowKind::other:
      break;
    default:
      exec(node, env);
      return FlowValue::unknown();
  }
  const std::string_view kind = code_.kind(node);
  if (kind == "comparison_operator") {
    const std::uint32_t left = code_.first_child(node);
    const std::uint32_t right = code_.last_child(node);
    return eval_two(node, eval(left, env), right == left ? FlowValue{} : eval(right, env));
  }
  if (kind == "not_operator") {
    const FlowValue value = eval(code_.first_child(node), env);
    FlowValue truth;
    if (value.number) truth.number = *value.number == 0;
    return truth;
  }
  return eval_all(node, env);
}

FlowValue Flow::Run::eval_all(std::uint32_t node, FlowEnv& env) {
  FlowValue value;
  for (std::uint32_t child = code_.first_child(node); child != kNowhere;
       child = code_.next_child(child, node)) {
    if (is_type(code_.kind(child))) continue;
    // The name of a keyword and the key of a pair are no values.
    const Shape shape = code_.shape(node);
    const bool is_key = (shape == Shape::keyword_argument || shape == Shape::pair) &&
                        child == code_.first_child(node) && code_.shape(child) == Shape::name;
    if (is_key) continue;
    value = joined(value, eval(child, env));
  }
  value.number.reset();
  value.text.reset();
  return value;
}

FlowValue Flow::Run::eval_name(std::uint32_t node, const FlowEnv& env) {
  const std::string_view text = code_.text(node);
  const std::optional<FlowValue> held = env.whole(text);
  if (held && held->trust != Trust::unknown) return *held;
  if (const auto source = source_at(node)) return *source;
  if (held) return *held;
  // What is imported, or a function of the file, is code.
  if (imports_.renames(text) || functions_.count(text) > 0) return {};
  return FlowValue::unknown();
}

std::optional<FlowValue> Flow::Run::source_at(std::uint32_t node) {
  if (names_.members.empty()) return std::nullopt;
  const std::string_view text = code_.text(node);
  const std::size_t last = text.find_last_of(".>:");
  if (!names_.members.may_hold(last == text.npos ? text : text.substr(last + 1))) return std::nullopt;
  const std::uint32_t source =
      names_.members.find(imports_.full_name(code_, node), plain_name(text, code_.language()), imports_);
  if (source == kNowhere) return std::nullopt;
  return tainted(source, node);
}

// A part of what is unknown may still be known for a source.
FlowValue Flow::Run::eval_member(std::uint32_t node, FlowEnv& env) {
  const auto path = path_of(node);
  const std::uint32_t object = code_.first_child(node);
  const std::uint32_t property = code_.last_child(node);
  const std::optional<FlowValue> held = path ? env.whole(*path) : std::nullopt;
  FlowValue value = eval(object, env);
  if (property != object && is_measure(code_.text(property))) return {};
  if (held && held->trust != Trust::unknown) return *held;
  if (const auto source = source_at(node)) return *source;
  if (held && !value.is_tainted()) return *held;
  value.number.reset();
  value.text.reset();
  return value;
}

FlowValue Flow::Run::eval_subscript(std::uint32_t node, FlowEnv& env) {
  const std::uint32_t object = code_.first_child(node);
  const std::uint32_t index = code_.last_child(node);
  FlowValue value = eval(object, env);
  const FlowValue key = index == object ? FlowValue{} : eval(index, env);
  if (value.text && key.number && *key.number >= 0 &&
      static_cast<std::size_t>(*key.number) < value.text->size()) {
    value.text = value.text->substr(static_cast<std::size_t>(*key.number), 1);
    return value;
  }
  if (const auto path = path_of(node)) {
    const auto held = env.whole(*path);
    if (held && held->trust != Trust::unknown) return *held;
    if (const auto source = source_at(node)) return *source;
    if (held && !value.is_tainted()) return *held;
  }
  value.number.reset();
  value.text.reset();
  return value;
}

FlowValue Flow::Run::eval_literal(std::uint32_t node, FlowEnv& env) {
  FlowValue value;
  bool is_plain = true;
  for (std::uint32_t at = node + 1; at < code_.node(node).next && code_.steps().take();) {
    if (code_.shape(at) != Shape::substitution) {
      ++at;
      continue;
    }
    is_plain = false;
    value = joined(value, eval_all(at, env));
    at = code_.node(at).next;
  }
  if (is_plain) value.text = without_quotes(code_.text(node));
  return value;
}

FlowValue Flow::Run::eval_two(std::uint32_t node, const FlowValue& left, const FlowValue& right) {
  const std::string_view sign = code_.operator_of(node);
  FlowValue value;
  if (!is_comparison(sign)) value = joined(left, right);
  value.number.reset();
  value.text.reset();
  if (left.number && right.number) value.number = computed(sign, *left.number, *right.number);
  if (left.text && right.text && (sign == "==" || sign == "===")) value.number = *left.text == *right.text;
  if (left.text && right.text && (sign == "!=" || sign == "!==")) value.number = *left.text != *right.text;
  return value;
}

// `a + b + c` has all but its last part in its first one: a long sum is no deep one.
FlowValue Flow::Run::eval_operation(std::uint32_t node, FlowEnv& env) {
  std::vector<std::uint32_t> sums{node};
  while (code_.shape(code_.first_child(sums.back())) == Shape::operation && code_.steps().take())
    sums.push_back(code_.first_child(sums.back()));
  FlowValue value = eval(code_.first_child(sums.back()), env);
  for (; !sums.empty(); sums.pop_back()) {
    const std::uint32_t right = code_.last_child(sums.back());
    value = eval_two(sums.back(), value, eval(right, env));
    record(sums.back(), value);
  }
  return value;
}

FlowValue Flow::Run::eval_choice(std::uint32_t node, FlowEnv& env) {
  std::vector<std::uint32_t> parts;
  for (std::uint32_t child = code_.first_child(node); child != kNowhere && parts.size() < 4;
       child = code_.next_child(child, node))
    parts.push_back(child);
  if (parts.size() != 3) return eval_all(node, env);  // `a or b`
  // `a if b else c`
  if (code_.language() == syntax::Language::python) std::swap(parts[0], parts[1]);
  eval(parts[0], env);
  const std::optional<bool> truth = truth_of(parts[0], env);
  FlowEnv yes = env, no = env;
  assume(parts[0], true, yes);
  assume(parts[0], false, no);
  if (truth) return *truth ? eval(parts[1], yes) : eval(parts[2], no);
  const FlowValue value = eval(parts[1], yes);
  return joined(value, eval(parts[2], no));
}

FlowValue Flow::Run::eval_comprehension(std::uint32_t node, FlowEnv& env) {
  FlowEnv within = env;
  const std::uint32_t body = code_.first_child(node);
  for (std::uint32_t child = body; child != kNowhere; child = code_.next_child(child, node)) {
    if (child == body) continue;
    if (code_.shape(child) == Shape::loop) {
      bind_loop(child, within);
    } else {
      eval(code_.first_child(child), within);
      assume(code_.first_child(child), true, within);
    }
  }
  return eval(body, within);
}

FlowValue Flow::Run::eval_lambda(std::uint32_t node, const FlowEnv& env) {
  exec_function(node, env);
  return {};
}

std::string_view Flow::Run::kept(std::string text) {
  return *texts_.insert(std::move(text)).first;
}

std::optional<std::string_view> Flow::Run::path_of(std::uint32_t node) {
  const Shape shape = code_.shape(node);
  if (shape == Shape::name) return code_.text(node);
  if (shape == Shape::wrapper) return path_of(code_.first_child(node));
  if (shape != Shape::member && shape != Shape::subscript) {
    // `*p` and `&p` are of p.
    const bool is_pointer =
        code_.kind(node) == "pointer_expression" || code_.kind(node) == "pointer_declarator";
    return is_pointer ? path_of(code_.first_child(node)) : std::nullopt;
  }
  if (code_.node(node).span.end - code_.node(node).span.start > kLongestPath) return std::nullopt;
  const auto object = path_of(code_.first_child(node));
  const std::uint32_t part = code_.last_child(node);
  if (!object || part == kNowhere || part == code_.first_child(node)) return std::nullopt;
  const Shape key = code_.shape(part);
  if (shape == Shape::subscript && key != Shape::string && key != Shape::number) return std::nullopt;
  return kept(std::string(*object) + "." + std::string(without_quotes(code_.text(part))));
}

void Flow::Run::record(std::uint32_t node, const FlowValue& value) {
  if (!is_recording_) return;
  seen_.insert(node);
  const auto known = values_.find(node);
  if (known != values_.end()) {
    known->second = joined(known->second, value);
  } else if (value.trust != Trust::clean) {
    values_.emplace(node, value);
  }
}

FlowValue Flow::Run::value_of(std::uint32_t node) const {
  const auto known = values_.find(node);
  if (known != values_.end()) return known->second;
  return seen_.count(node) > 0 ? FlowValue{} : FlowValue::unknown();
}

FlowValue Flow::Run::tainted(std::uint32_t source, std::uint32_t node) {
  FlowValue value;
  value.trust = Trust::tainted;
  value.sources = names_.source_bits[source];
  const std::string what = names_.facts->sources[source].what + " comes in";
  return moved(value, node, what);
}

FlowValue Flow::Run::moved(FlowValue value, std::uint32_t node, std::string what) {
  if (!value.is_tainted() || steps_.size() >= kMostSteps) return value;
  // A loop comes by again.
  const Step& last = steps_[value.step];
  if (last.node == node && last.what == what) return value;
  steps_.push_back({node, value.step, std::move(what)});
  value.step = static_cast<std::uint32_t>(steps_.size() - 1);
  return value;
}

std::vector<FlowPlace> Flow::Run::way_of(const FlowValue& value) const {
  constexpr std::size_t kMostShown = 20;
  std::vector<FlowPlace> way;
  for (std::uint32_t at = value.step; at != 0 && way.size() < kMostShown; at = steps_[at].before)
    way.push_back({steps_[at].node, steps_[at].what});
  std::reverse(way.begin(), way.end());
  return way;
}

}  // namespace fleet::analysis
