#include "text/expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "text/ascii.h"
#include "text/expression_tree.h"
#include "text/number.h"

namespace fleet::text {
namespace {

bool is_primitive(const Value& value) {
  return !value.is_structured();
}

double as_number(const Value& value) {
  if (value.is_null()) return 0;
  if (value.is_boolean()) return value.get<bool>() ? 1 : 0;
  if (value.is_number()) return value.get<double>();
  if (value.is_string()) return to_number(value.get_ref<const std::string&>());
  return kNan;
}

// Values of different kinds are compared as numbers; objects and arrays are equal to nothing but themselves,
// which cannot be told here.
bool equal(const Value& left, const Value& right) {
  if (left.is_string() && right.is_string())
    return equal_ignoring_case(left.get_ref<const std::string&>(), right.get_ref<const std::string&>());
  return as_number(left) == as_number(right);
}

// By upper case, as .NET orders without regard to case: `_` comes after the letters.
bool text_less(const std::string& left, const std::string& right) {
  return std::lexicographical_compare(
      left.begin(), left.end(), right.begin(), right.end(), [](char a, char b) {
        return static_cast<unsigned char>(to_ascii_upper(a)) < static_cast<unsigned char>(to_ascii_upper(b));
      });
}

bool less(const Value& left, const Value& right) {
  if (left.is_string() && right.is_string())
    return text_less(left.get_ref<const std::string&>(), right.get_ref<const std::string&>());
  return as_number(left) < as_number(right);
}

bool at_most(const Value& left, const Value& right) {
  return less(left, right) || equal(left, right);
}

const Value* find_property(const Value& object, std::string_view name) {
  if (!object.is_object()) return nullptr;
  if (const auto found = object.find(name); found != object.end()) return &*found;
  for (const auto& [key, value] : object.items()) {
    if (equal_ignoring_case(key, name)) return &value;
  }
  return nullptr;
}

const Value* find_index(const Value& value, const Value& key) {
  if (value.is_object()) return find_property(value, to_text(key));
  if (!value.is_array()) return nullptr;
  const double at = std::floor(as_number(key));
  if (!(at >= 0) || at >= static_cast<double>(value.size())) return nullptr;
  return &value[static_cast<std::size_t>(at)];
}

// A value that is either ours or still the context's, so that `needs.a.result` copies no `needs`.
class Operand {
 public:
  explicit Operand(Value value) : own_(std::move(value)) {}
  static Operand borrow(const Value* value) {
    Operand operand{Value()};
    operand.borrowed_ = value;
    return operand;
  }

  [[nodiscard]] const Value& get() const { return borrowed_ != nullptr ? *borrowed_ : own_; }
  [[nodiscard]] Value take() && {
    if (borrowed_ != nullptr) return *borrowed_;
    return std::move(own_);
  }
  // A part of this value; null where `part` is.
  [[nodiscard]] Operand inner(const Value* part) const {
    if (part == nullptr) return Operand(Value());
    return borrowed_ != nullptr ? borrow(part) : Operand(*part);
  }

  bool filtered = false;  // the values that a `.*` gave: what follows is taken of each

 private:
  Value own_;
  const Value* borrowed_ = nullptr;
};

class Evaluator {
 public:
  explicit Evaluator(const Context& context) : context_(context) {}

  Result<Operand> evaluate(const Node& node) const {
    switch (node.kind) {
      case NodeKind::literal:
        return Operand::borrow(&node.value);
      case NodeKind::root: {
        const auto root = context_.roots.find(node.name);
        return root == context_.roots.end() ? Operand(Value()) : Operand::borrow(&root->second);
      }
      case NodeKind::property: {
        FLEET_TRY(const Operand owner, evaluate(node.children[0]));
        return part(owner, [&](const Value& value) { return find_property(value, node.name); });
      }
      case NodeKind::index: {
        FLEET_TRY(const Operand owner, evaluate(node.children[0]));
        FLEET_TRY(const Operand key, evaluate(node.children[1]));
        return part(owner, [&](const Value& value) { return find_index(value, key.get()); });
      }
      case NodeKind::filter: {
        FLEET_TRY(const Operand owner, evaluate(node.children[0]));
        return filter(owner);
      }
      case NodeKind::negation: {
        FLEET_TRY(const Operand value, evaluate(node.children[0]));
        return Operand(!is_true(value.get()));
      }
      case NodeKind::any_of:
        return first_that(node, true);
      case NodeKind::all_of:
        return first_that(node, false);
      case NodeKind::equal:
        return compare(node, equal);
      case NodeKind::unequal:
        return compare(node, [](const Value& left, const Value& right) { return !equal(left, right); });
      case NodeKind::less:
        return compare(node, less);
      case NodeKind::at_most:
        return compare(node, at_most);
      case NodeKind::greater:
        return compare(node, [](const Value& left, const Value& right) { return less(right, left); });
      case NodeKind::at_least:
        return compare(node, [](const Value& left, const Value& right) { return at_most(right, left); });
      case NodeKind::call:
        return call(node);
    }
    return Operand(Value());
  }

 private:
  template <class Find>
  static Operand part(const Operand& owner, Find find) {
    if (!owner.filtered) return owner.inner(find(owner.get()));
    Value values = Value::array();
    for (const Value& each : owner.get()) {
      if (const Value* found = find(each)) values.push_back(*found);
    }
    return all(std::move(values));
  }

  static Operand filter(const Operand& owner) {
    Value values = Value::array();
    const auto add = [&values](const Value& value) {
      if (!value.is_structured()) return;
      for (const Value& each : value)
        values.push_back(each);
    };
    if (owner.filtered) {
      for (const Value& each : owner.get())
        add(each);
    } else {
      add(owner.get());
    }
    return all(std::move(values));
  }

  static Operand all(Value values) {
    Operand operand(std::move(values));
    operand.filtered = true;
    return operand;
  }

  // The first operand that is as `wanted`, else the last.
  Result<Operand> first_that(const Node& node, bool wanted) const {
    for (std::size_t i = 0; i + 1 < node.children.size(); ++i) {
      FLEET_TRY(Operand value, evaluate(node.children[i]));
      if (is_true(value.get()) == wanted) return value;
    }
    return evaluate(node.children.back());
  }

  template <class Compare>
  Result<Operand> compare(const Node& node, Compare compares) const {
    FLEET_TRY(const Operand left, evaluate(node.children[0]));
    FLEET_TRY(const Operand right, evaluate(node.children[1]));
    return Operand(Value(compares(left.get(), right.get())));
  }

  Result<Operand> call(const Node& node) const {
    std::vector<Value> arguments;
    for (const Node& child : node.children) {
      FLEET_TRY(Operand argument, evaluate(child));
      arguments.push_back(std::move(argument).take());
    }
    FLEET_TRY(Value value, apply(node.function, arguments));
    return Operand(std::move(value));
  }

  Result<Value> apply(Function function, const std::vector<Value>& arguments) const {
    switch (function) {
      case Function::contains:
        return contains(arguments[0], arguments[1]);
      case Function::starts_with:
        return compare_texts(arguments, [](std::string_view text, std::string_view part) {
          return equal_ignoring_case(text.substr(0, part.size()), part);
        });
      case Function::ends_with:
        return compare_texts(arguments, [](std::string_view text, std::string_view part) {
          return text.size() >= part.size() &&
                 equal_ignoring_case(text.substr(text.size() - part.size()), part);
        });
      case Function::format:
        return format(arguments);
      case Function::join:
        return join(arguments);
      case Function::to_json:
        return bounded(arguments[0].dump(2, ' ', false, Value::error_handler_t::replace));
      case Function::changed:
      case Function::always:
      case Function::success:
      case Function::failure:
      case Function::cancelled:
        break;
    }
    const auto info = std::find_if(std::begin(kFunctions), std::end(kFunctions),
                                   [&](const FunctionInfo& each) { return each.function == function; });
    if (!context_.call) return fail(fmt::format("{}() has no answer here", info->name));
    return context_.call(info->name, arguments);
  }

  template <class Compare>
  static Value compare_texts(const std::vector<Value>& arguments, Compare compares) {
    if (!is_primitive(arguments[0]) || !is_primitive(arguments[1])) return false;
    return compares(to_text(arguments[0]), to_text(arguments[1]));
  }

  static Value contains(const Value& where, const Value& what) {
    if (where.is_array())
      return std::any_of(where.begin(), where.end(), [&](const Value& each) { return equal(each, what); });
    if (!is_primitive(where) || !is_primitive(what)) return false;
    return to_ascii_lower(to_text(where)).find(to_ascii_lower(to_text(what))) != std::string::npos;
  }

  static Result<Value> join(const std::vector<Value>& arguments) {
    if (!arguments[0].is_array()) return is_primitive(arguments[0]) ? to_text(arguments[0]) : std::string();
    const std::string separator =
        arguments.size() > 1 && is_primitive(arguments[1]) ? to_text(arguments[1]) : std::string(",");
    std::string text;
    bool first = true;
    for (const Value& each : arguments[0]) {
      if (!std::exchange(first, false)) text += separator;
      text += to_text(each);
      if (text.size() > Expression::kMaxText) break;
    }
    return bounded(std::move(text));
  }

  // `{0}` is the first argument after the format, `{{` and `}}` are braces.
  static Result<Value> format(const std::vector<Value>& arguments) {
    const std::string pattern = to_text(arguments[0]);
    std::string text;
    for (std::size_t i = 0; i < pattern.size() && text.size() <= Expression::kMaxText; ++i) {
      const char c = pattern[i];
      if (c != '{' && c != '}') {
        text += c;
        continue;
      }
      if (i + 1 < pattern.size() && pattern[i + 1] == c) {
        text += c;
        ++i;
        continue;
      }
      const std::size_t close = pattern.find('}', i);
      const std::string_view digits = std::string_view(pattern).substr(i + 1, close - i - 1);
      const bool is_number = c == '{' && close != std::string::npos && !digits.empty() &&
                             digits.size() <= 4 && std::all_of(digits.begin(), digits.end(), is_ascii_digit);
      if (!is_number) return fail(fmt::format("format() meets a lone `{}` in '{}'", c, pattern));
      const auto which = static_cast<std::size_t>(to_number(digits)) + 1;
      if (which >= arguments.size())
        return fail(fmt::format("format() is given no argument for {{{}}}", digits));
      text += to_text(arguments[which]);
      i = close;
    }
    return bounded(std::move(text));
  }

  static Result<Value> bounded(std::string text) {
    if (text.size() > Expression::kMaxText)
      return fail(fmt::format("it builds a text of more than {} bytes", Expression::kMaxText));
    return Value(std::move(text));
  }

  static tl::unexpected<Error> fail(std::string why) {
    return base::fail_input("evaluate an expression", "", std::move(why));
  }

  const Context& context_;
};

}  // namespace

bool is_true(const Value& value) {
  if (value.is_structured()) return true;
  if (value.is_string()) return !value.get_ref<const std::string&>().empty();
  const double number = as_number(value);
  return number != 0 && !std::isnan(number);
}

std::string to_text(const Value& value) {
  if (value.is_null()) return {};
  if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
  if (value.is_number()) return number_text(value.get<double>());
  if (value.is_string()) return value.get<std::string>();
  return value.is_array() ? "Array" : "Object";
}

Result<Value> Expression::evaluate(const Context& context) const {
  FLEET_TRY(Operand value, Evaluator(context).evaluate(parsed_->tree));
  return std::move(value).take();
}

const std::vector<Reference>& Expression::references() const {
  return parsed_->references;
}

const std::vector<Call>& Expression::calls() const {
  return parsed_->calls;
}

const std::vector<Comparison>& Expression::comparisons() const {
  return parsed_->comparisons;
}

const std::vector<TruthComparison>& Expression::truth_comparisons() const {
  return parsed_->truth_comparisons;
}

bool Expression::can_be_evaluated(const Context& context) const {
  return std::all_of(references().begin(), references().end(),
                     [&](const Reference& each) { return context.roots.contains(each.root); }) &&
         std::none_of(calls().begin(), calls().end(), [](const Call& each) { return each.needs_run; });
}

}  // namespace fleet::text
