#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "analysis/metrics.h"

namespace fleet::analysis {
namespace {

using model::FunctionMetrics;
using syntax::Language;

model::FileMetrics metrics_of(Language language, std::string_view source) {
  const auto tree = syntax::parse(language, source);
  EXPECT_TRUE(tree) << tree.error().line();
  EXPECT_EQ(tree->errors(), 0u) << source;
  return measure(*tree, "file");
}

std::string functions(Language language, std::string_view source) {
  std::string all;
  for (const FunctionMetrics& function : metrics_of(language, source).functions)
    all += (all.empty() ? "" : " ") + function.name;
  return all;
}

std::string classes(Language language, std::string_view source) {
  std::string all;
  for (const model::ClassMetrics& found : metrics_of(language, source).classes)
    all += (all.empty() ? "" : " ") + found.name;
  return all;
}

TEST(FunctionNames, SayWhatAFunctionIsIn) {
  EXPECT_EQ(functions(Language::python, "class A:\n  def f(self):\n    def g():\n      pass\n"), "A.f A.f.g");
  EXPECT_EQ(
      functions(Language::cpp, "namespace n { struct A { int f() { return 1; } }; }\nvoid n::A::g() {}\n"),
      "n::A::f n::A::g");
  EXPECT_EQ(functions(Language::go, "package p\nfunc (s *T) f() {}\n"), "T.f");
  EXPECT_EQ(functions(Language::rust, "impl Show for Point { fn f(&self) {} }"), "Point::f");
  EXPECT_EQ(functions(Language::javascript, "class A { m() {} }\nconst f = () => 1;\nsetup(() => { });"),
            "A.m f (anonymous)");
}

TEST(FunctionNames, OfJavaAreNotTheTypesThatTheyReturn) {
  EXPECT_EQ(
      functions(
          Language::java,
          "class A { A() {} void f() {} List<String> g() {} B h() {} abstract static class B { abstract "
          "void i(); } Runnable r = () -> f(); }"),
      "A.A A.f A.g A.h A.r");
}

TEST(FunctionNames, OfAFieldAreNotItsModifiersOrType) {
  EXPECT_EQ(
      functions(
          Language::typescript,
          "class A { private f = () => 1; static readonly g: (x: number) => void = x => {}; #h = () => 1; "
          "@dec() private async m(b) {} }"),
      "A.f A.g A.#h A.m");
}

// What is given to a variable has its name in JavaScript, TypeScript and Java; elsewhere it belongs to what
// is around it.
TEST(FunctionNames, AreGivenByWhatAFunctionIsAssignedTo) {
  EXPECT_EQ(functions(Language::javascript, "a.b = function () {};\nx = {f: () => 1, 'g': function () {}};"),
            "a.b f 'g'");
  EXPECT_EQ(functions(Language::cpp, "void f() { g = [] { return 1; }; }"), "f");
  EXPECT_EQ(functions(Language::python, "def f():\n  return {'a': lambda: 1}\n"), "f");
  EXPECT_EQ(functions(Language::rust, "fn f() { g = |a| a; }"), "f");
}

TEST(FunctionNames, AreFoundInDeclarators) {
  EXPECT_EQ(functions(Language::cpp, "std::function<int(int)> f(int, int) {}"), "f");
  EXPECT_EQ(functions(Language::cpp, "int (*signal(int))(int) { return 0; }"), "signal");
  EXPECT_EQ(functions(Language::c, "int (isalnum)(int c) { return c; }"), "isalnum");
  EXPECT_EQ(functions(Language::cpp, "A::operator bool() const { return true; }"), "A::operator bool");
  EXPECT_EQ(
      functions(Language::cpp, "struct A { ~A() {} bool operator==(const A&) const { return true; } };"),
      "A::~A A::operator==");
  EXPECT_EQ(functions(Language::c, "char *f(void) { return 0; }"), "f");
}

TEST(FunctionNames, OfClassesWithoutOne) {
  EXPECT_EQ(classes(Language::javascript, "const A = class { m() {} };\nf(class { n() {} });"),
            "A (anonymous)");
  EXPECT_EQ(functions(Language::javascript, "const A = class { m() {} };\nf(class { n() {} });"),
            "A.m (anonymous).n");
  EXPECT_EQ(functions(Language::javascript, "class A { m() { return class { n() {} }; } }"),
            "A.m A.m.(anonymous).n");
  EXPECT_EQ(classes(Language::c, "typedef struct { int a; } point;\nunion { int b; } c;"),
            "point (anonymous)");
}

// What is nested deeper than a name is long is named without what lies between, but by its own.
TEST(FunctionNames, DoNotGrowWithDepth) {
  std::string source;
  for (int i = 0; i < 100; ++i)
    source += "class Nested" + std::to_string(i) + " { ";
  source += "void innermost() {} " + std::string(100, '}');
  const auto metrics = metrics_of(Language::java, source);
  ASSERT_EQ(metrics.functions.size(), 1u);
  EXPECT_TRUE(metrics.functions[0].name.starts_with("Nested0.Nested1."));
  EXPECT_TRUE(metrics.functions[0].name.ends_with(".innermost"));
  EXPECT_LT(metrics.functions[0].name.size(), 250u);
  // Cut between characters.
  const std::string wide = "def a" + [] {
    std::string name;
    for (int i = 0; i < 100; ++i)
      name += "\u00e4\u6f22";
    return name;
  }() + "(): pass\n";
  const std::string name = functions(Language::python, wide);
  EXPECT_GT(name.size(), 190u);
  EXPECT_TRUE(name.ends_with("\u00e4") || name.ends_with("\u6f22")) << name;
}

struct Parameters {
  Language language;
  const char* source;
  std::uint32_t count;
};

class CountsParameters : public testing::TestWithParam<Parameters> {};

TEST_P(CountsParameters, OfTheFunctionItself) {
  const auto metrics = metrics_of(GetParam().language, GetParam().source);
  ASSERT_FALSE(metrics.functions.empty());
  EXPECT_EQ(metrics.functions[0].parameters, GetParam().count) << GetParam().source;
}

INSTANTIATE_TEST_SUITE_P(
    Metrics, CountsParameters,
    testing::Values(
        Parameters{Language::c, "int f(void) { return 1; }", 0},
        Parameters{Language::c, "int f(const char* a, ...) { return 1; }", 1},
        Parameters{Language::c, "int f(a, b) int a; int b; { return a; }", 2},
        Parameters{Language::cpp, "int f(int a, const std::string& b, int c = 1) { return 1; }", 3},
        Parameters{Language::cpp, "std::function<int(int)> f(int, int) {}", 2},
        Parameters{Language::cpp, "int (*signal(int a, int b))(int) { return 0; }", 2},
        Parameters{Language::cpp, "int f(int a = [](int, int, int) { return 1; }(1, 2, 3)) {}", 1},
        Parameters{Language::cpp, "auto f = [](int a, int b) { return 1; };", 2},
        Parameters{Language::cpp, "A::operator bool() const { return true; }", 0},
        // Only of a method is `self` the receiver.
        Parameters{Language::python, "class A:\n  def f(self, a, *, b=1, **c): pass\n", 3},
        Parameters{Language::python, "class A:\n  def f(self: 'A', a): pass\n", 1},
        Parameters{Language::python, "class A:\n  def f(cls, /): pass\n", 0},
        Parameters{Language::python, "class A:\n  def f(a, self): pass\n", 2},
        Parameters{Language::python, "def f(self, cls): pass\n", 2},
        Parameters{Language::python, "def f(a=lambda b, c: 1): pass\n", 1},
        Parameters{Language::go, "package p\nfunc (s *T) f(a, b int, c string) (d, e int) {}\n", 3},
        Parameters{Language::go, "package p\nfunc (T) f() (d, e int) {}\n", 0},
        Parameters{Language::go, "package p\nfunc f(int, string) {}\n", 2},
        Parameters{Language::go, "package p\nfunc f(a, b p.T, c ...int) {}\n", 3},
        Parameters{Language::go, "package p\nfunc f[K any, V any](a func(int, int)) {}\n", 1},
        Parameters{Language::javascript, "const f = x => x;", 1},
        Parameters{Language::javascript, "const f = async x => x;", 1},
        Parameters{Language::javascript, "function f(a = (x, y, z) => 1, {b, c}) {}", 2},
        Parameters{Language::javascript, "const f = (a = (x, y) => 1) => 1;", 1},
        Parameters{Language::typescript, "function f(this: A, b?: number) {}", 1},
        Parameters{Language::java, "class A { int f(A this, int a, int... b) { return 1; } }", 2},
        Parameters{Language::java, "class A { F f = x -> x; }", 1},
        Parameters{Language::java, "class A { F f = (x, y) -> x; }", 2},
        Parameters{Language::rust, "impl A { fn f(&self, a: u8) {} }", 1},
        Parameters{Language::rust, "fn f(a: u8, b: fn(u8, u8)) -> u8 { 1 }", 2}));

}  // namespace
}  // namespace fleet::analysis
