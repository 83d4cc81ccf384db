#include "analysis/metrics.h"

#include <gtest/gtest.h>

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
               4, 7, 3}));

TEST(Metrics, NameWhatAFunctionIsIn) {
  const auto names = [](Language language, std::string_view source) {
    std::string all;
    for (const FunctionMetrics& function : measured(language, source).functions)
      all += (all.empty() ? "" : " ") + function.name;
    return all;
  };
  EXPECT_EQ(names(Language::python, "class A:\n  def f(self):\n    def g():\n      pass\n"), "A.f A.f.g");
  EXPECT_EQ(names(Language::cpp, "namespace n { struct A { int f() { return 1; } }; }\nvoid n::A::g() {}\n"),
            "n::A::f n::A::g");
  EXPECT_EQ(names(Language::go, "package p\nfunc (s *T) f() {}\n"), "T.f");
  EXPECT_EQ(names(Language::rust, "impl Show for Point { fn f(&self) {} }"), "Point::f");
  EXPECT_EQ(names(Language::javascript, "class A { m() {} }\nconst f = () => 1;\nsetup(() => { });"),
            "A.m f (anonymous)");
  EXPECT_EQ(
      names(Language::java, "class A { A() {} void f() {} abstract static class B { abstract void g(); } }"),
      "A.A A.f");
}

TEST(Metrics, CountParametersWithoutTheReceiver) {
  EXPECT_EQ(function(Language::c, "int f(void) { return 1; }").parameters, 0u);
  EXPECT_EQ(function(Language::cpp, "int f(int a, const std::string& b, int c = 1) { return 1; }").parameters,
            3u);
  EXPECT_EQ(function(Language::python, "class A:\n  def f(self, a, *, b=1, **c): pass\n").parameters, 3u);
  EXPECT_EQ(function(Language::go, "package p\nfunc (s *T) f(a, b int, c string) {}\n").parameters, 3u);
  EXPECT_EQ(function(Language::javascript, "const f = x => x;").parameters, 1u);
  EXPECT_EQ(function(Language::rust, "impl A { fn f(&self, a: u8) {} }").parameters, 1u);
}

TEST(Metrics, CountLines) {
  const FileMetrics metrics =
      measured(Language::c, "// a\n\nint x; // b\n/* c\n\n d */\nint f(void) {\n  return 1;\n}");
  EXPECT_EQ(metrics.lines, (model::LineCounts{9, 4, 3, 2}));
  EXPECT_EQ(metrics.functions[0].lines, (model::LineCounts{3, 3, 0, 0}));
  EXPECT_EQ(metrics.functions[0].at, (model::Region{7, 1, 9, 2}));
  EXPECT_EQ(measured(Language::python, "\"\"\"doc\n\nmore\"\"\"\nx = '''a\n\nb'''\n").lines,
            (model::LineCounts{6, 2, 2, 2}));
  EXPECT_EQ(measured(Language::c, "").lines, (model::LineCounts{}));
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

// However deep, however broken.
TEST(Metrics, HoldOnHostileSources) {
  std::string deep = "int f(void) { return ";
  deep.append(100'000, '(').append("1").append(100'000, ')').append("; }");
  for (const std::string& source : {deep, std::string(1'000'000, '{'), std::string("\0\xff\xfe", 3),
                                    std::string("if else while } { )"), std::string()}) {
    for (const Language language : {Language::c, Language::python, Language::javascript, Language::rust}) {
      const auto tree = syntax::parse(language, source);
      if (tree) static_cast<void>(measure(*tree, "file"));
    }
  }
}

}  // namespace
}  // namespace fleet::analysis
