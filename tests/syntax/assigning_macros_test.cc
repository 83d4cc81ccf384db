#include "syntax/assigning_macros.h"

#include <gtest/gtest.h>

#include <string>

#include "syntax/tree.h"

namespace fleet::syntax {
namespace {

std::string read(const std::string& source) {
  return assigning_macros_as_declarations(source).value_or("as it is");
}

TEST(AssigningMacros, ReadAsDeclarations) {
  EXPECT_EQ(read("TRY(const auto x, f(y));"), "    const auto x= f(y) ;");
  EXPECT_EQ(read("TRY(auto [a, b], f());"), "    auto [a, b]= f() ;");
  EXPECT_EQ(read("TRY(std::map<A, B> x, f());"), "    std::map<A, B> x= f() ;");
  EXPECT_EQ(read("TRY(Foo* x, f());"), "    Foo* x= f() ;");
  EXPECT_EQ(read("TRY(Foo &x, f());"), "    Foo &x= f() ;");
  EXPECT_EQ(read("if (a) { TRY(int x, f(\")\", ')')); }"), "if (a) {     int x= f(\")\", ')') ; }");
  EXPECT_EQ(read("TRY(int x, f(), _ << \"no\");"), "    int x= f()            ;");
  EXPECT_EQ(read("// why\nTRY(int x,\n    f([&](int a) { return a; }));"),
            "// why\n    int x=\n    f([&](int a) { return a; }) ;");
}

TEST(AssigningMacros, AreNotSeenWhereNothingIsDeclared) {
  for (const char* source : {"TRY(x, f());",
                             "TRY(a.b, f());",
                             "CHECK(a < b, \"no\");",
                             "CHECK(a & b, \"no\");",
                             "CHECK(a * b, c);",
                             "CHECK(a == b, c);",
                             "try_it(auto x, f());",
                             "x = TRY(auto x, f());",
                             "TRY(auto x, f())",
                             "TRY(auto x, );",
                             "TRY(auto x);",
                             "#define TRY(auto x, y) f();",
                             "#define A \\\n  TRY(auto x, f());",
                             "// TRY(auto x, f());",
                             "\"TRY(auto x, f());\";",
                             "R\"(;TRY(auto x, f());)\";",
                             "TRY(return x, f());",
                             "TRY(auto x, f(;",
                             "TRY(1 2, f());",
                             "",
                             "TRY(",
                             "TRY(auto x,"}) {
    EXPECT_EQ(assigning_macros_as_declarations(source), std::nullopt) << source;
  }
}

TEST(AssigningMacros, AreUnderstoodByTheParserThen) {
  const std::string source =
      "int f() {\n  TRY(const auto x, g());\n  if (x > 1) {\n    TRY(Foo& y, h(x));\n    return y;\n  }\n  "
      "return 0;\n}\n";
  const auto as_it_is = parse(Language::cpp, source);
  const auto plain = assigning_macros_as_declarations(source);
  ASSERT_TRUE(as_it_is && plain);
  EXPECT_EQ(plain->size(), source.size());
  const auto read = parse(Language::cpp, *plain);
  ASSERT_TRUE(read);
  EXPECT_GT(as_it_is->error_share(), 0);
  EXPECT_EQ(read->error_share(), 0);
}

TEST(AssigningMacros, TakeLinearTime) {
  const auto repeat = [](const std::string& text) {
    std::string out;
    while (out.size() < 4'000'000)
      out += text;
    return out;
  };
  for (const char* hostile :
       {";A_(int a,", ";A_(", "\\\"", "'a ", "/*", "R\"(", ";A_(a<", "A_(auto [", "\"\n", "#\\\n"})
    EXPECT_EQ(assigning_macros_as_declarations(repeat(hostile)), std::nullopt) << hostile;
}

}  // namespace
}  // namespace fleet::syntax
