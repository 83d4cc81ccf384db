#include "text/expression.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

namespace fleet::text {
namespace {

Context example() {
  Context context;
  context.roots["env"] = {{"NAME", "Core"}, {"EMPTY", ""}, {"COUNT", "3"}};
  context.roots["matrix"] = {{"os", "linux"}, {"node", 20}, {"list", {"a", "B", 3}}, {"flag", false}};
  context.roots["needs"] = {
      {"build", {{"result", "success"}, {"outputs", {{"version", "1.2"}, {"a b", "x"}}}}},
      {"lint", {{"result", "failure"}}}};
  context.call = [](std::string_view function, const std::vector<Value>& arguments) -> Result<Value> {
    if (function == "changed") return Value(arguments.at(0) == "src/**");
    return Value(function == "success" || function == "always");
  };
  return context;
}

Value evaluate(std::string_view text) {
  const auto expression = Expression::parse(text);
  if (!expression)
    return fmt::format("cannot parse at {}: {}", expression.error().offset, expression.error().message);
  const auto value = expression->evaluate(example());
  return value ? *value : Value("cannot evaluate: " + value.error().why);
}

SyntaxError refused(std::string_view text) {
  const auto expression = Expression::parse(text);
  EXPECT_FALSE(expression) << text;
  return expression ? SyntaxError{} : expression.error();
}

TEST(Expression, KnowsLiterals) {
  EXPECT_EQ(evaluate("null"), Value());
  EXPECT_EQ(evaluate(" true "), true);
  EXPECT_EQ(evaluate("false"), false);
  EXPECT_EQ(evaluate("42"), 42.0);
  EXPECT_EQ(evaluate("-1.5e3"), -1500.0);
  EXPECT_EQ(evaluate("0xff"), 255.0);
  EXPECT_EQ(evaluate("0o17"), 15.0);
  EXPECT_EQ(evaluate("'it''s'"), "it's");
  EXPECT_EQ(evaluate("''"), "");
  EXPECT_EQ(evaluate("Infinity"), INFINITY);
}

TEST(Expression, ReachesIntoContexts) {
  EXPECT_EQ(evaluate("env.NAME"), "Core");
  EXPECT_EQ(evaluate("env['NAME']"), "Core");
  EXPECT_EQ(evaluate("env.name"), "Core") << "names are looked up without regard to case";
  EXPECT_EQ(evaluate("needs.build.outputs['a b']"), "x");
  EXPECT_EQ(evaluate("matrix.list[1]"), "B");
  EXPECT_EQ(evaluate("matrix.list[matrix.flag]"), "a");
  EXPECT_EQ(evaluate("needs[format('{0}ild', 'bu')].result"), "success");
  EXPECT_EQ(evaluate("needs.*.result"), Value({"success", "failure"}));
  EXPECT_EQ(evaluate("contains(needs.*.result, 'failure')"), true);
  EXPECT_EQ(evaluate("needs.*.outputs.version"), Value({"1.2"}));
}

TEST(Expression, TakesWhatDoesNotExistAsNull) {
  for (const char* text : {"nothing", "env.NO", "env.NO.deeper", "matrix.list[7]", "matrix.list[-1]",
                           "matrix.list.x", "env.NAME.x", "matrix.list['x']"})
    EXPECT_EQ(evaluate(text), Value()) << text;
}

TEST(Expression, ComparesLoosely) {
  for (const char* text :
       {"'abc' == 'ABC'",    "null == 0",      "null == ''", "true == 1",    "'' == 0",      "' 12 ' == 12",
        "'0x1f' == 31",      "null == false",  "'a' != 'b'", "'x' != 0",     "'x' != 'xy'",  "1 < 2",
        "'a' < 'B'",         "'B' > 'a'",      "'_' > 'z'",  "2 >= '2'",     "true > false", "env.COUNT == 3",
        "matrix.node >= 20", "1 == 1 == true", "!(1 > 2)",   "1 < 2 == true"})
    EXPECT_EQ(evaluate(text), true) << text;
  for (const char* text : {"'x' == 0", "NaN == NaN", "'x' < 1", "'x' >= 1", "env == env",
                           "matrix.list == matrix.list", "1 > 2 == true", "'10' < '9' == false"})
    EXPECT_EQ(evaluate(text), false) << text;
}

TEST(Expression, AndAndOrGiveAnOperand) {
  EXPECT_EQ(evaluate("'' || 'b'"), "b");
  EXPECT_EQ(evaluate("'a' || 'b'"), "a");
  EXPECT_EQ(evaluate("'a' && 'b'"), "b");
  EXPECT_EQ(evaluate("0 && 'b'"), 0.0);
  EXPECT_EQ(evaluate("NaN || null || false"), false);
  EXPECT_EQ(evaluate("matrix.os == 'linux' && 'yes' || 'no'"), "yes");
  EXPECT_EQ(evaluate("true || false && false"), true) << "&& binds tighter";
  EXPECT_EQ(evaluate("!'' && !env.NO"), true);
  EXPECT_EQ(evaluate("!env == false"), true);
}

TEST(Expression, EvaluatesNoOperandThatDoesNotCount) {
  Context context;
  int calls = 0;
  context.call = [&calls](std::string_view, const std::vector<Value>&) -> Result<Value> {
    ++calls;
    return Value(true);
  };
  EXPECT_TRUE(Expression::parse("true || always()")->evaluate(context));
  EXPECT_TRUE(Expression::parse("false && always()")->evaluate(context));
  EXPECT_EQ(calls, 0);
}

TEST(Expression, ReachesIntoWhatAFunctionGives) {
  Context context;
  context.call = [](std::string_view, const std::vector<Value>&) -> Result<Value> {
    return Value({{"inner", {{"text", "long enough to be on the heap, not within the string"}}}});
  };
  EXPECT_EQ(Expression::parse("success().inner['text']")->evaluate(context).value(),
            "long enough to be on the heap, not within the string");
}

TEST(Expression, HasFunctions) {
  EXPECT_EQ(evaluate("contains('Hello', 'ELL')"), true);
  EXPECT_EQ(evaluate("contains(matrix.list, 'b')"), true);
  EXPECT_EQ(evaluate("contains(matrix.list, '3')"), true);
  EXPECT_EQ(evaluate("contains(env, 'x')"), false);
  EXPECT_EQ(evaluate("startsWith('Hello', 'he')"), true);
  EXPECT_EQ(evaluate("STARTSWITH('Hello', 'hello world')"), false);
  EXPECT_EQ(evaluate("endsWith('Hello', 'LO')"), true);
  EXPECT_EQ(evaluate("endsWith('lo', 'hello')"), false);
  EXPECT_EQ(evaluate("format('{0} {{x}} {1}{0}', 'a', 2)"), "a {x} 2a");
  EXPECT_EQ(evaluate("join(matrix.list, '-')"), "a-B-3");
  EXPECT_EQ(evaluate("join(matrix.list)"), "a,B,3");
  EXPECT_EQ(evaluate("join('x')"), "x");
  EXPECT_EQ(evaluate("toJSON(matrix.list)"), "[\n  \"a\",\n  \"B\",\n  3\n]");
  EXPECT_EQ(evaluate("toJSON(-20)"), "-20");
  EXPECT_EQ(evaluate("join(needs.build.*, '-')"), "Object-success");
  EXPECT_EQ(evaluate("changed('src/**')"), true);
  EXPECT_EQ(evaluate("success() && !failure() && !cancelled()"), true);
}

TEST(Expression, SaysWhatItCannotEvaluate) {
  EXPECT_EQ(evaluate("format('{0} {1}', 'a')"), "cannot evaluate: format() is given no argument for {1}");
  EXPECT_EQ(evaluate("format('{x}')"), "cannot evaluate: format() meets a lone `{` in '{x}'");
  EXPECT_EQ(evaluate("format('}')"), "cannot evaluate: format() meets a lone `}` in '}'");
  EXPECT_EQ(evaluate("format('{')"), "cannot evaluate: format() meets a lone `{` in '{'");
  EXPECT_FALSE(Expression::parse("always()")->evaluate({}));
}

TEST(Expression, PutsTheCaretWhereItIsWrong) {
  struct Case {
    const char* text;
    std::size_t offset;
    const char* message;
    const char* suggestion;
  };
  for (const Case& each : std::initializer_list<Case>{
           {"", 0, "an expression is missing here", ""},
           {"  ", 2, "an expression is missing here", ""},
           {"env.", 4, "a name is missing after the dot", ""},
           {"(1", 2, "a `)` is missing", ""},
           {"env['a'", 7, "a `]` is missing", ""},
           {"1 +", 2, "`+` makes no sense here", ""},
           {"'abc", 0, "this string has no end", ""},
           {"env.A = 'x'", 6, "values are compared with `==`", "write `==`"},
           {"true & false", 5, "\"and\" is written `&&`", "write `&&`"},
           {"true | false", 5, "\"or\" is written `||`", "write `||`"},
           {"\"x\"", 0, "a string is written in single quotes", "write `'x'`"},
           {"'a' == \"it's\"", 7, "a string is written in single quotes",
            "write `'...'`, and a single quote in it twice"},
           {"12abc", 0, "this is no number", ""},
           {"true &&", 7, "the expression ends too early", ""},
           {"suces()", 0, "there is no function `suces`", "did you mean `success`?"},
           {"hashFiles('x')", 0, "there is no function `hashFiles`",
            "the functions are: contains, startsWith, endsWith, format, join, toJSON, changed, always, "
            "success, "
            "failure, cancelled"},
           {"contains('a')", 0, "contains() takes 2 arguments, not 1", ""},
           {"always(1)", 0, "always() takes no argument", ""},
           {"changed()", 0, "changed() takes at least 1 argument, not 0", ""},
           {"join(1, 2, 3)", 0, "join() takes at most 2 arguments, not 3", ""},
           {"a b", 2, "`b` makes no sense here", ""},
           {"a\x01", 1, "the byte \\x01 makes no sense here", ""},
       }) {
    const SyntaxError error = refused(each.text);
    EXPECT_EQ(error.message, each.message) << each.text;
    EXPECT_EQ(error.offset, each.offset) << each.text;
    EXPECT_EQ(error.suggestion, each.suggestion) << each.text;
  }
}

TEST(Expression, ListsWhatItUses) {
  const auto expression = Expression::parse(
      "needs.a.outputs['v'] == env[matrix.x] && needs.*.result && CHANGED('src/**', env.G)");
  ASSERT_TRUE(expression);
  std::vector<std::string> found;
  for (const Reference& each : expression->references()) {
    std::string text = each.root;
    for (const auto& part : each.path)
      text += "." + part.value_or("?");
    found.push_back(fmt::format("{}@{}+{}", text, each.offset, each.length));
  }
  EXPECT_EQ(found, (std::vector<std::string>{"needs.a.outputs.v@0+20", "matrix.x@28+8", "env.?@24+13",
                                             "needs.?.result@41+14", "env.G@77+5"}));
  ASSERT_EQ(expression->calls().size(), 1u);
  const Call& call = expression->calls()[0];
  EXPECT_EQ(call.function, "changed");
  EXPECT_EQ(call.offset, 59u);
  EXPECT_TRUE(call.needs_run);
  EXPECT_EQ(call.arguments, (std::vector<std::optional<std::string>>{"src/**", std::nullopt}));
}

TEST(Expression, ListsWhatStandsInParenthesesOnce) {
  const auto expression = Expression::parse("(env) && ((needs)).a.result == 'failure'");
  ASSERT_TRUE(expression);
  const auto& found = expression->references();
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].root, "env");
  EXPECT_EQ(found[1].root, "needs");
  EXPECT_EQ(found[1].path, (std::vector<std::optional<std::string>>{"a", "result"}));
  EXPECT_EQ(found[1].offset, 9u);
  EXPECT_EQ(found[1].length, 18u);
  ASSERT_EQ(expression->comparisons().size(), 1u);
  EXPECT_EQ(expression->comparisons()[0].reference, 1u);
}

TEST(Expression, KnowsWhichReferencesItHoldsAgainstATextAndWhere) {
  const auto found = [](std::string_view text) {
    const auto expression = Expression::parse(text);
    std::vector<std::string> all;
    for (const Comparison& each : expression->comparisons())
      all.push_back(fmt::format("{} {}@{}+{}", expression->references()[each.reference].offset, each.text,
                                each.offset, each.length));
    return all;
  };
  using Found = std::vector<std::string>;
  EXPECT_EQ(found("needs.a.result == 'done' "), (Found{"0 done@18+6"}));
  EXPECT_EQ(found("'it''s' != needs[env.x].result && a"), (Found{"11 it's@0+7"}));
  EXPECT_EQ(found("!(a == b || c.d == 'x')"), (Found{"12 x@19+3"}));
  EXPECT_EQ(found("contains(needs.*.result, 'no')"), (Found{"9 no@25+4"}));
  EXPECT_EQ(found("contains(needs.a.result, 'no') && (a || b) == 'x' && a < 'x'"), Found{});
}

TEST(Expression, KnowsWhichReferencesItHoldsAgainstATruthValue) {
  const auto found = [](std::string_view text) {
    const auto expression = Expression::parse(text);
    std::vector<std::string> all;
    for (const TruthComparison& each : expression->truth_comparisons())
      all.push_back(fmt::format("{} {}@{}+{}", expression->references()[each.reference].offset, each.value,
                                each.offset, each.length));
    return all;
  };
  using Found = std::vector<std::string>;
  EXPECT_EQ(found("a.b == true "), (Found{"0 true@7+4"}));
  EXPECT_EQ(found("false != (a.b)"), (Found{"10 false@0+5"}));
  EXPECT_EQ(found("contains(a.*['b'], true)"), (Found{"9 true@19+4"}));
  EXPECT_EQ(found("true == true && success() == true && a.b == 'true' && !a.b == true"), Found{});
}

TEST(Expression, KnowsWhatCountsAsTrueByItsValueAlone) {
  const auto found = [](std::string_view text, Wanted wanted) {
    const auto expression = Expression::parse(text);
    std::string all;
    for (const TruthTest& each : expression->truth_tests(wanted)) {
      const Reference& reference = expression->references()[each.reference];
      all += each.negated ? "!" : "";
      all += text.substr(reference.offset, reference.length);
      all += ' ';
    }
    return all;
  };
  EXPECT_EQ(found("a.b", Wanted::truth), "a.b ");
  EXPECT_EQ(found("a.b", Wanted::value), "");
  EXPECT_EQ(found("a.b && c.d || e.f", Wanted::truth), "a.b c.d e.f ");
  EXPECT_EQ(found("a.b && c.d || e.f", Wanted::value), "a.b ");
  EXPECT_EQ(found("(a.b || c.d) && e.f", Wanted::value), "a.b c.d ");
  EXPECT_EQ(found("!a.b == (c.d && e.f)", Wanted::value), "!a.b c.d ");
  EXPECT_EQ(found("!(a.b && ((c)['d']))", Wanted::value), "a.b (c)['d'] ");
  EXPECT_EQ(found("contains(a.b, c.d && 'x') && a.b == 'x' && a.* && a[c.d]", Wanted::truth), "c.d a[c.d] ");
}

TEST(Expression, KnowsAllThatStandsInAnIndex) {
  const auto expression = Expression::parse("(a)[b.c]");
  ASSERT_EQ(expression->references().size(), 2u);
  EXPECT_EQ(expression->references()[0].length, 8u);
  EXPECT_EQ(expression->references()[1].root, "b");
}

TEST(Expression, KnowsWhetherItCanBeEvaluated) {
  Context context;
  context.roots["matrix"] = Value::object();
  EXPECT_TRUE(Expression::parse("matrix.x == join('a')")->can_be_evaluated(context));
  EXPECT_FALSE(Expression::parse("matrix.x == env.y")->can_be_evaluated(context));
  EXPECT_FALSE(Expression::parse("matrix.x && success()")->can_be_evaluated(context));
}

std::string repeat(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i)
    out += text;
  return out;
}

TEST(Expression, BoundsDepthAndSize) {
  const std::string deep =
      fmt::format("the expression is nested deeper than {} levels", Expression::kMaxDepth);
  EXPECT_EQ(refused(repeat("(", 9000)).message, deep);
  EXPECT_EQ(refused(repeat("!", 9000) + "x").message, deep);
  EXPECT_EQ(refused("a" + repeat(".b", 9000)).message, deep);
  EXPECT_EQ(refused("a" + repeat("[a", 9000)).message, deep);
  EXPECT_EQ(refused("1" + repeat("==1", 5000)).message, deep);
  EXPECT_EQ(refused("1" + repeat("<1", 5000)).message, deep);
  EXPECT_EQ(refused(repeat("join(", 3000)).message, deep);
  EXPECT_TRUE(Expression::parse("1" + repeat("||1", 5000)));
  EXPECT_TRUE(Expression::parse(repeat("(", 45) + "1" + repeat(")", 45)));
  EXPECT_FALSE(Expression::parse(repeat(" ", Expression::kMaxLength) + "1"));
}

TEST(Expression, BuildsNoEndlessText) {
  std::string text = "'" + repeat("x", 1000) + "'";
  for (int i = 0; i < 4; ++i)
    text = "format('" + repeat("{0}", 20) + "', " + text + ")";
  EXPECT_EQ(evaluate(text), "cannot evaluate: it builds a text of more than 1000000 bytes");
}

TEST(ToText, WritesNumbersAsPeopleDo) {
  EXPECT_EQ(to_text(3.0), "3");
  EXPECT_EQ(to_text(-0.0), "0");
  EXPECT_EQ(to_text(0.1), "0.1");
  EXPECT_EQ(to_text(1e21), "1e+21");
  EXPECT_EQ(to_text(INFINITY), "Infinity");
  EXPECT_EQ(to_text(12345678), "12345678");
  EXPECT_EQ(to_text(nullptr), "");
  EXPECT_EQ(to_text(true), "true");
}

}  // namespace
}  // namespace fleet::text
