#include <cmath>
#include <optional>
#include <string>

#include "fuzz/fuzz.h"
#include "text/ascii.h"
#include "text/expression.h"
#include "text/template.h"

// `${{ }}`: places lie within the text, laws hold that the language has whatever the expression, and putting
// in the values in two steps, as a run does, gives what one step gives.
namespace fleet::fuzz {
namespace {

using text::Context;
using text::Expression;
using text::Template;
using text::Value;

Context whole_context() {
  Context context;
  context.roots["env"] = {{"A", "x"}, {"Empty", ""}, {"open", "${{"}, {"part", "{ env.A }}"}};
  context.roots["matrix"] = {{"n", 3}, {"list", {1, "two", nullptr, true}}, {"deep", {{"a", {{"b", "c"}}}}}};
  context.roots["needs"] = {{"one", {{"result", "success"}, {"outputs", {{"o", "1.50"}}}}},
                            {"two", {{"result", "failure"}, {"outputs", Value::object()}}}};
  context.call = [](std::string_view function, const std::vector<Value>& arguments) -> Result<Value> {
    return Value(arguments.size() % 2 == 1 || function == "success");
  };
  return context;
}

// What is known before a task starts.
Context early_context() {
  Context context = whole_context();
  context.roots.erase("needs");
  context.call = nullptr;
  return context;
}

std::optional<Value> value_of(const std::string& text, const Context& context) {
  const auto expression = Expression::parse(text);
  if (!expression) return std::nullopt;  // past a bound on depth or length
  const auto value = expression->evaluate(context);
  if (!value) return std::nullopt;
  return *value;
}

void check_places(const Expression& expression, std::string_view text) {
  for (const text::Reference& reference : expression.references()) {
    require(reference.offset + reference.length <= text.size(), "a reference lies in the text", text);
    std::string_view root = text.substr(reference.offset, reference.length);
    root.remove_prefix(std::min(root.find_first_not_of("( \t\r\n"), root.size()));
    require(root.starts_with(reference.root), "a reference begins with its root", text);
  }
  for (const text::Call& call : expression.calls()) {
    require(text::equal_ignoring_case(text.substr(call.offset, call.function.size()), call.function),
            "a call begins with its name", text);
  }
  for (const text::Comparison& comparison : expression.comparisons()) {
    require(comparison.reference < expression.references().size(), "a comparison names a reference", text);
    require(comparison.offset + comparison.length <= text.size(), "a literal lies in the text", text);
    std::string_view literal = text.substr(comparison.offset, comparison.length);
    literal.remove_prefix(std::min(literal.find_first_not_of("( \t\r\n"), literal.size()));
    require(literal.starts_with('\''), "a comparison is held against a literal", text);
  }
}

void check_expression(const std::string& text) {
  const auto expression = Expression::parse(text);
  if (!expression) {
    require(expression.error().offset <= text.size(), "an error lies in the text", text);
    require(!expression.error().message.empty(), "it is said what is wrong", text);
    return;
  }
  check_places(*expression, text);
  const Context context = whole_context();
  const auto value = expression->evaluate(context);
  if (!value) return;
  const bool holds = text::is_true(*value);
  const std::string shown = text::to_text(*value);
  if (const auto negated = value_of("!(" + text + ")", context))
    require(text::is_true(*negated) == !holds, "`!` turns it around", text);
  for (const char* either : {") || (", ") && ("}) {
    if (const auto same = value_of("(" + text + either + text + ")", context))
      require(text::to_text(*same) == shown, "`&&` and `||` of the same give it", text);
  }
  if (const auto formatted = value_of("format('{0}', " + text + ")", context))
    require(text::to_text(*formatted) == shown, "format() shows it", text);
  const bool is_nan = value->is_number() && std::isnan(value->get<double>());
  if (const auto equal = value_of("(" + text + ") == (" + text + ")", context); equal && !is_nan)
    require(value->is_structured() || text::is_true(*equal), "it is equal to itself", text);
}

void check_template(const std::string& text) {
  const auto parsed = Template::parse(text);
  if (!parsed) {
    require(parsed.error().offset <= text.size(), "an error lies in the text", text);
    return;
  }
  std::string joined;
  for (const Template::Part& part : parsed->parts()) {
    require(part.offset == joined.size(), "a part has its place", text);
    if (part.expression)
      check_places(*part.expression, text.substr(part.expression_offset, part.text.size() - 5));
    joined += part.text;
  }
  require(joined == text, "the parts are the text", text);

  const Context whole = whole_context();
  const auto at_once = parsed->render(whole);
  const auto first_step = parsed->substitute(early_context());
  if (!at_once || !first_step) return;
  const auto second = Template::parse(*first_step);
  if (!second && joined.size() > 1000) return;  // a value's `${{` may make more expressions than are taken
  require(second.has_value(), "what was put in leaves a template", *first_step);
  const auto in_two_steps = second->render(whole);
  require(in_two_steps && *in_two_steps == *at_once, "two steps give what one gives", *first_step);
}

}  // namespace
}  // namespace fleet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(fleet::fuzz::text_of(data, size));
  fleet::fuzz::check_expression(text);
  fleet::fuzz::check_template(text);
  fleet::fuzz::check_template("a ${{ " + text + " }} ${{ env.open }}");
  return 0;
}
