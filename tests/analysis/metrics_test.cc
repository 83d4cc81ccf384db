#include "analysis/metrics.h"

#include <gtest/gtest.h>

#include <chrono>
#include <ctime>
#include <string>
#include <string_view>

namespace fleet::analysis {
namespace {

using model::FileMetrics;
using model::FunctionMetrics;
using syntax::Language;

FileMetrics measured(Language language, std::string_view source) {
  const auto tree = syntax::parse(language, source);
  EXPECT_TRUE(tree) << tree.error().line();
  EXPECT_EQ(tree->errors(), 0u) << source;
  return measure(*tree, "file");
}

// The only function of a source.
FunctionMetrics function(Language language, std::string_view source) {
  const FileMetrics metrics = measured(language, source);
  EXPECT_EQ(metrics.functions.size(), 1u) << source;
  return metrics.functions.empty() ? FunctionMetrics{} : metrics.functions[0];
}

struct Worked {
  Language language;
  const char* source;
  std::uint32_t cyclomatic;
  std::uint32_t cognitive;
  std::uint32_t nesting;
};

class WorkedByHand : public testing::TestWithParam<Worked> {};

TEST_P(WorkedByHand, ComesToTheSame) {
  const FunctionMetrics metrics = function(GetParam().language, GetParam().source);
  EXPECT_EQ(metrics.cyclomatic, GetParam().cyclomatic) << GetParam().source;
  EXPECT_EQ(metrics.cognitive, GetParam().cognitive) << GetParam().source;
  EXPECT_EQ(metrics.nesting, GetParam().nesting) << GetParam().source;
}

INSTANTIATE_TEST_SUITE_P(
    Metrics, WorkedByHand,
    testing::Values(
        // The examples of the paper on cognitive complexity: sumOfPrimes 7, getWords 1.
        Worked{Language::java,
               "class A { int sumOfPrimes(int max) { int total = 0; OUT: for (int i = 1; i <= max; ++i) {"
               " for (int j = 2; j < i; ++j) { if (i % j == 0) { continue OUT; } } total += i; } return "
               "total; } }",
               4, 7, 3},
        Worked{
            Language::java,
            "class A { String getWords(int number) { switch (number) { case 1: return \"one\"; case 2: return"
            " \"a couple\"; case 3: return \"a few\"; default: return \"lots\"; } } }",
            4, 1, 1},
        Worked{Language::c, "int f(int a) { if (a) return 1; else if (a > 2) return 2; else return 3; }", 3,
               3, 1},
        Worked{Language::c, "int f(int a, int b) { return a && b || a && !b; }", 4, 3, 0},
        Worked{Language::c, "int f(int a, int b, int c) { return a && (b && c); }", 3, 1, 0},
        Worked{Language::c,
               "int f(int a) { while (a) { if (a) { do a--; while (a); } } goto x; x: return a; }", 4, 7, 3},
        Worked{Language::c,
               "#if A && B\nint f(int a) {\n#if C && D\n  a++;\n#endif\n  return a ? 1 : 2; }\n#endif\n", 2,
               1, 1},
        Worked{Language::cpp, "void f() { try { g(); } catch (int) { if (a) h(); } }", 3, 3, 2},
        Worked{Language::cpp, "void f() { auto x = [] { if (a) g(); }; }", 2, 2, 2},
        Worked{Language::python, "def f(a):\n  if a:\n    pass\n  elif b:\n    pass\n  else:\n    pass\n", 3,
               3, 1},
        Worked{Language::python, "def f(a):\n  for x in a:\n    if x:\n      break\n  else:\n    pass\n", 3,
               4, 2},
        Worked{Language::python, "def f(a):\n  return [x for x in a if x and a]\n", 4, 1, 0},
        Worked{Language::python, "def f(n):\n  return f(n - 1) if n else 0\n", 2, 2, 1},
        Worked{Language::python, "def f(a):\n  match a:\n    case 1:\n      pass\n    case _:\n      pass\n",
               2, 1, 1},
        Worked{Language::javascript, "function f(a) { a.map(x => { if (x) return 1; }); }", 2, 2, 2},
        Worked{Language::typescript, "const f = (a: number): number => a ? 1 : a ?? 2;", 2, 1, 1},
        Worked{Language::go,
               "package p\nfunc (s *T) f(a, b int) int { if x := a; x > b { return 1 } else if a > 1 { "
               "return 2 }"
               " else { return 3 } }\n",
               3, 3, 1},
        Worked{Language::go, "package p\nfunc f() { for { select { case <-a: return; default: return } } }\n",
               3, 3, 2},
        Worked{Language::rust,
               "fn f(a: u8) -> u8 { loop { match a { 1 => return 1, _ => { if a > 1 && a < 3 { break; } } } "
               "} 1 }",
               4, 7, 3},
        // Guards are ways of their own; a name that begins with `default` is no default.
        Worked{Language::rust, "fn f(a: u8) -> u8 { match a { default_x if b => 1, _ if c => 2, _ => 3 } }",
               4, 1, 1},
        Worked{Language::python,
               "def f(a):\n  match a:\n    case x if b:\n      pass\n    case _ if c:\n      pass\n", 4, 1,
               1},
        Worked{Language::java,
               "class A { int f(Object o) { return switch (o) { case B b when b.x > 1 -> 1; default -> 2; }; "
               "} }",
               3, 1, 1},
        Worked{Language::rust, "fn f() { let Some(x) = g() else { if a { return; } return; }; }", 3, 3, 2},
        Worked{Language::c, "void f(void) { for (;;) g(); }", 2, 1, 1},
        Worked{Language::go, "package p\nfunc f() { for { g() } }\n", 2, 1, 1},
        Worked{Language::rust, "fn f() { loop { g(); } }", 1, 1, 1}));

struct Recursion {
  Language language;
  const char* source;
  bool is_found;
};

class CallsItself : public testing::TestWithParam<Recursion> {};

TEST_P(CallsItself, CountsOnce) {
  const FileMetrics metrics = measured(GetParam().language, GetParam().source);
  ASSERT_FALSE(metrics.functions.empty());
  EXPECT_EQ(metrics.functions[0].cognitive, GetParam().is_found ? 1u : 0u) << GetParam().source;
}

INSTANTIATE_TEST_SUITE_P(
    Metrics, CallsItself,
    testing::Values(Recursion{Language::c, "void f(void) { f(); f(); }", true},
                    Recursion{Language::c, "void f(void) { f (1); }", true},
                    Recursion{Language::c, "void f(void) { g(f); }", false},
                    Recursion{Language::cpp, "struct A { void f() { this->f(); } };", true},
                    Recursion{Language::cpp, "struct A { void f() { b.f(); } };", false},
                    Recursion{Language::java, "class A { void f() { f(); } }", true},
                    Recursion{Language::java, "class A { void f() { b.f(); } }", false},
                    Recursion{Language::python, "def f(): f()\n", true},
                    // What a method calls by its name alone is another function.
                    Recursion{Language::python, "class A:\n  def f(self): f()\n", false},
                    Recursion{Language::python, "class A:\n  def f(self): self.f()\n", true},
                    Recursion{Language::javascript, "class A { f() { f(); } }", false},
                    Recursion{Language::javascript, "class A { f() { this.f(); } }", true},
                    Recursion{Language::javascript, "const f = () => f?.();", true},
                    Recursion{Language::go, "package p\nfunc (s *T) f() { f() }\n", false},
                    Recursion{Language::go, "package p\nfunc (s *T) f() { s.f() }\n", true},
                    Recursion{Language::rust, "impl A { fn f(&self) { f(); } }", false},
                    Recursion{Language::rust, "impl A { fn f() { Self::f(); } }", true},
                    // The `(` in what is called is not that of the call.
                    Recursion{Language::javascript, "function f() { (f)(1); g(f)(2); }", false},
                    Recursion{Language::python, "def f():\n  return\n  def g(): g()\n", true}));

TEST(Metrics, CountLines) {
  const FileMetrics metrics =
      measured(Language::c, "// a\n\nint x; // b\n/* c\n\n d */\nint f(void) {\n  return 1;\n}");
  EXPECT_EQ(metrics.lines, (model::LineCounts{9, 4, 3, 2}));
  EXPECT_EQ(metrics.functions[0].lines, (model::LineCounts{3, 3, 0, 0}));
  EXPECT_EQ(metrics.functions[0].at, (model::Region{7, 1, 9, 2}));
  EXPECT_EQ(measured(Language::python, "\"\"\"doc\n\nmore\"\"\"\nx = '''a\n\nb'''\n").lines,
            (model::LineCounts{6, 2, 2, 2}));
  EXPECT_EQ(measured(Language::c, "").lines, (model::LineCounts{}));
  EXPECT_EQ(measured(Language::python, "#!/usr/bin/env python3\n# a\n").lines,
            (model::LineCounts{2, 1, 1, 0}));
  EXPECT_EQ(measured(Language::javascript, "#!/usr/bin/env node\n// a\n").lines,
            (model::LineCounts{2, 1, 1, 0}));
}

// int f(int a) { return a + a * 2; }
// operators: int f? no: `int` twice, `(`, `{`, `return`, `+`, `*`: distinct 6, in all 7
// operands: f a a a 2: distinct 3, in all 5
TEST(Metrics, HalsteadIsAsWorkedByHand) {
  const FunctionMetrics metrics = function(Language::c, "int f(int a) { return a + a * 2; }");
  EXPECT_EQ(metrics.halstead.distinct_operators, 6u);
  EXPECT_EQ(metrics.halstead.operators, 7u);
  EXPECT_EQ(metrics.halstead.distinct_operands, 3u);
  EXPECT_EQ(metrics.halstead.operands, 5u);
  EXPECT_NEAR(metrics.halstead.volume(), 12 * 3.169925, 1e-4);
  EXPECT_NEAR(metrics.halstead.difficulty(), 5.0, 1e-9);
  EXPECT_NEAR(metrics.halstead.effort(), 5 * 12 * 3.169925, 1e-3);
  // 171 - 5.2 ln 38.0391 - 0.23 - 16.2 ln 1 = 151.8516; x 100/171
  EXPECT_NEAR(metrics.maintainability, 88.80, 0.05);
}

TEST(Metrics, AStringIsOneOperandAndCodeInItCounts) {
  const FunctionMetrics metrics = function(Language::javascript, "function f() { return `a${b + 1}c`; }");
  // f, the string, b, 1; function ( { return + and the marks of the substitution
  EXPECT_EQ(metrics.halstead.operands, 4u);
}

TEST(Metrics, AFunctionInsideAnotherCountsByItself) {
  const FileMetrics metrics =
      measured(Language::python, "def f(a):\n  def g(b):\n    if b:\n      pass\n  if a:\n    pass\n");
  ASSERT_EQ(metrics.functions.size(), 2u);
  EXPECT_EQ(metrics.functions[0].cyclomatic, 2u);
  EXPECT_EQ(metrics.functions[1].cyclomatic, 2u);
  EXPECT_EQ(metrics.functions[0].cognitive, 3u);  // 1, and 2 for the nested one
  EXPECT_EQ(metrics.functions[1].cognitive, 1u);
  EXPECT_EQ(metrics.cyclomatic, 4u);
  EXPECT_EQ(metrics.cognitive, 3u);
}

TEST(Metrics, ClassesAddUpTheirMethods) {
  const FileMetrics metrics =
      measured(Language::java, "class A {\n  int f(int a) { return a > 1 ? 1 : 2; }\n  void g() {}\n}\n");
  ASSERT_EQ(metrics.classes.size(), 1u);
  EXPECT_EQ(metrics.classes[0].name, "A");
  EXPECT_EQ(metrics.classes[0].methods, 2u);
  EXPECT_EQ(metrics.classes[0].cyclomatic, 3u);
  EXPECT_EQ(metrics.classes[0].lines.total, 4u);
}

// The parser makes a function of the `if` and an error of the second one.
TEST(Metrics, AStatementBehindAMacroWithoutSemicolonIsRead) {
  const auto tree = syntax::parse(Language::c,
                                  "int f(int a) {\n  CHECK(a)\n  if (a) { while (a) g(); }\n  CHECK(a)\n"
                                  "  if (a) return 1;\n  return 2;\n}\n");
  ASSERT_TRUE(tree);
  const FileMetrics metrics = measure(*tree, "file");
  ASSERT_EQ(metrics.functions.size(), 1u);
  EXPECT_EQ(metrics.functions[0].cyclomatic, 4u);
  EXPECT_EQ(metrics.functions[0].cognitive, 4u);
  EXPECT_EQ(metrics.functions[0].nesting, 2u);
}

TEST(Metrics, AnInnerFunctionIsAsMuchDeeperAsItLies) {
  const FileMetrics metrics =
      measured(Language::javascript,
               "function f() { if (a) { const g = () => { if (b) { const h = () => { if (c) {} }; } }; } }");
  ASSERT_EQ(metrics.functions.size(), 3u);
  EXPECT_EQ(metrics.functions[2].cognitive, 1u);
  EXPECT_EQ(metrics.functions[1].cognitive, 1u + 3u);       // `if (c)` lies in an if and a function here
  EXPECT_EQ(metrics.functions[0].cognitive, 1u + 3u + 5u);  // if; if, function, if; and twice two more
  EXPECT_EQ(metrics.cognitive, 9u);
}

TEST(Metrics, AFileHasWhatItsFunctionsHaveAndWhatIsOutsideOfThem) {
  const FileMetrics metrics =
      measured(Language::python, "if a:\n  def f(b):\n    if b and c:\n      pass\nx = 1 if a else 2\n");
  ASSERT_EQ(metrics.functions.size(), 1u);
  EXPECT_EQ(metrics.functions[0].cyclomatic, 3u);
  EXPECT_EQ(metrics.functions[0].cognitive, 2u);  // a file is no level of nesting
  EXPECT_EQ(metrics.cyclomatic, 5u);
  EXPECT_EQ(metrics.cognitive, 4u);
}

TEST(Metrics, WordsOfTheLanguageAreOperators) {
  // operators: fn ( { let mut = ; the operands: f a 1
  const FunctionMetrics rust = function(Language::rust, "fn f() { let mut a = 1; }");
  EXPECT_EQ(rust.halstead.operators, 6u);
  EXPECT_EQ(rust.halstead.operands, 3u);
  const FunctionMetrics cpp = function(Language::cpp, "void f() { auto a = 1; }");
  EXPECT_EQ(cpp.halstead.operators, 5u);
  EXPECT_EQ(cpp.halstead.operands, 3u);
}

std::string times(std::size_t count, std::string_view what) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i)
    all += what;
  return all;
}

struct Hostile {
  Language language;
  std::string source;
  std::size_t functions;  // at least
};

// A function's name, what is added to those around it, and what is looked for in them must not grow with how
// deep it lies: each of these would take minutes or gigabytes.
TEST(Metrics, HoldOnHostileSources) {
  constexpr std::size_t kDeep = 20'000;
  const std::string opened = times(kDeep, "class A { f() { return ");
  const Hostile sources[] = {
      {Language::c, "int f(void) { return " + times(kDeep, "(") + "1" + times(kDeep, ")") + "; }", 1},
      {Language::c, "int f(void) { " + times(kDeep, "if (a) { ") + times(kDeep, "}") + " }", 1},
      {Language::c, times(300'000, "{"), 0},
      {Language::c, times(kDeep, "int f() { "), 0},
      {Language::javascript, times(kDeep, "function f() { if (a) ") + times(kDeep, "}"), kDeep},
      {Language::javascript, times(kDeep, "function f() { ") + times(200'000, "if (a);") + times(kDeep, "}"),
       kDeep},
      {Language::javascript, times(kDeep, "(() => { ") + times(kDeep, "})"), 1},
      {Language::javascript, times(kDeep, "const f = (a = ") + "1" + times(kDeep, ") => 1"), 0},
      {Language::javascript, opened + "1" + times(kDeep, "; } }"), 1},
      {Language::javascript, "function f() { return f" + times(kDeep, "`${") + times(kDeep, "}`") + "; }", 0},
      {Language::javascript, "function f() { f" + times(kDeep, "()") + "; }", 1},
      {Language::javascript, times(kDeep, "function f() {} "), kDeep},
      {Language::python, "def f(a=" + times(kDeep, "lambda a=") + "1" + times(kDeep, ": 1") + "): pass\n", 0},
      {Language::python, times(2'000, "def f(a):  # b\n"), 0},
      {Language::rust, times(kDeep, "mod a { fn f() {} ") + times(kDeep, "}"), kDeep},
      {Language::cpp, "int " + times(kDeep, "(*") + "f()" + times(kDeep, ")()") + " { return 0; }", 0},
      {Language::c, std::string("\0\xff\xfe", 3), 0},
      {Language::c, "if else while } { )", 0},
      {Language::c, "", 0},
  };
  for (const Hostile& hostile : sources) {
    const auto tree = syntax::parse(hostile.language, hostile.source, {.time = std::chrono::minutes(5)});
    ASSERT_TRUE(tree) << hostile.source.substr(0, 60) << ": " << tree.error().line();
    const std::clock_t start = std::clock();
    const FileMetrics metrics = measure(*tree, "file");
    EXPECT_LT(std::clock() - start, 30 * CLOCKS_PER_SEC) << hostile.source.substr(0, 60);
    EXPECT_GE(metrics.functions.size(), hostile.functions) << hostile.source.substr(0, 60);
    for (const FunctionMetrics& function : metrics.functions)
      ASSERT_LE(function.name.size(), 410u);
    for (const model::ClassMetrics& metric : metrics.classes)
      ASSERT_LE(metric.name.size(), 410u);
  }
}

}  // namespace
}  // namespace fleet::analysis
