#include "syntax/rewrite.h"

#include <gmock/gmock.h>

#include "syntax/matches.h"

namespace fleet::syntax {
namespace {

using enum Language;
using testing::HasSubstr;

TEST(Rewrite, KeepsTheLayoutOfWhatPatternAndReplacementHaveInCommon) {
  EXPECT_EQ(
      rewritten(typescript, "oldName($$$ARGS)", "newName($$$ARGS)",
                "oldName(\n  a, // first\n  b,  // second\n);\noldName( 1 /* one */ , );\noldName();\n"),
      "newName(\n  a, // first\n  b,  // second\n);\nnewName( 1 /* one */ , );\nnewName();\n");
  EXPECT_EQ(rewritten(typescript, "$A.old($B).then($C)", "$A.fresh($B).then($C)",
                      "a\n  .old(b)\n  // why\n  .then( c )"),
            "a\n  .fresh(b)\n  // why\n  .then( c )");
  // Also where both were written on a system that ends lines otherwise.
  EXPECT_EQ(rewritten(typescript, "f(\r\n  $A)", "g(\r\n  $A)", "f( a );"), "g( a );");
}

TEST(Rewrite, PutsCapturesWhereTheReplacementSays) {
  EXPECT_EQ(rewritten(typescript, "swap($A, $B)", "swap($B, $A)", "swap(1, f(2, 3));"), "swap(f(2, 3), 1);");
  EXPECT_EQ(rewritten(typescript, "twice($A)", "$A + $A", "x = twice(a);"), "x = a + a;");
  EXPECT_EQ(rewritten(typescript, "$A && $A()", "$A?.()", "a.b && a.b();"), "a.b?.();");
  EXPECT_EQ(rewritten(typescript, "f($$$A)", "g([$$$A], $$$A)", "f(1, 2);"), "g([1, 2], 1, 2);");
}

TEST(Rewrite, LeavesOutTheCommaNextToAnEmptyCapture) {
  EXPECT_EQ(rewritten(typescript, "f($$$A)", "f(ctx, $$$A)", "f(); f(1)"), "f(ctx); f(ctx, 1)");
  EXPECT_EQ(rewritten(typescript, "f($$$A)", "f($$$A, ctx)", "f(); f(1)"), "f(ctx); f(1, ctx)");
  EXPECT_EQ(rewritten(typescript, "f($A, $$$B)", "g($A, $$$B)", "f(1); f(1, 2); f(1, 2, 3)"),
            "g(1); g(1, 2); g(1, 2, 3)");
  EXPECT_EQ(rewritten(c, "f($A, $$$B, $C)", "g($A, $$$B, $C)", "int x = f(1, 2) + f(1, 2, 3);"),
            "int x = g(1, 2) + g(1, 2, 3);");
  EXPECT_EQ(rewritten(c, "f($A, $$$B)", "g(0, $$$B, $A)", "int x = f(1) + f(1, 2);"),
            "int x = g(0, 1) + g(0, 2, 1);");
}

TEST(Rewrite, RewritesMatchesWithinMatches) {
  EXPECT_EQ(rewritten(typescript, "oldName($$$A)", "newName($$$A)", "oldName(oldName(1), [oldName()])"),
            "newName(newName(1), [newName()])");
  EXPECT_EQ(rewritten(typescript, "$A + $B", "add($A, $B)", "a + b + c * (d + e)"),
            "add(add(a, b), c * (add(d, e)))");
  EXPECT_EQ(rewritten(typescript, "f($X)", "f(f($X))", "f(f(1))"), "f(f(f(f(1))))");
  // Two matches that share code other than by a capture: the outer one wins.
  EXPECT_EQ(rewritten(typescript, "a(a($X))", "b($X)", "a(a(a(1)))"), "b(a(1))");
  EXPECT_EQ(rewritten(typescript, "a(a($X))", "b($X)", "a(a(a(a(1))))"), "b(b(1))");
  // What is not used is not rewritten, nor counted.
  EXPECT_EQ(rewritten(typescript, "f($X)", "g()", "f(f(1))"), "g()");
}

TEST(Rewrite, CountsPlacesByLineAndCharacter) {
  const auto pattern = Pattern::compile(typescript, "f($X)");
  const auto replacement = Replacement::compile(*pattern, "g($X)");
  const std::string_view source = "'äö'; f(1);\n\n  f(f(2))";
  const auto tree = parse(typescript, source);
  const auto result = rewrite(*pattern, *replacement, "a.ts", *tree);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->places, (std::vector<Place>{{1, 7}, {3, 3}, {3, 5}}));
}

TEST(Rewrite, IndentsFurtherLinesLikeTheMatch) {
  EXPECT_EQ(
      rewritten(typescript, "log($X);", "if (debug) {\n  log($X);\n}", "function f() {\n    log(1);\n}"),
      "function f() {\n    if (debug) {\n      log(1);\n    }\n}");
  EXPECT_EQ(rewritten(python, "with a():\n    $$$B", "with b():\n    c()\n    $$$B",
                      "def f():\n  with a():\n    x()\n    if y:\n      z()\n"),
            "def f():\n  with b():\n      c()\n      x()\n      if y:\n        z()\n");
  EXPECT_EQ(rewritten(typescript, "wrap(() => { $$$B })", "{\n  $$$B\n}",
                      "  wrap(() => {\n      a();\n\n      b();\n  });"),
            "  {\n    a();\n\n    b();\n  };");
}

TEST(Rewrite, NeverShiftsTheInsideOfAString) {
  EXPECT_EQ(rewritten(python, "if a:\n    $$$B", "if b:\n    if a:\n        $$$B",
                      "if a:\n    x = '''\n    text\n'''\n    y\n"),
            "if b:\n    if a:\n        x = '''\n    text\n'''\n        y\n");
  EXPECT_EQ(rewritten(typescript, "f($X)", "{\n  g($X)\n}", "f(`a\n  b\n${\n  c}`)"),
            "{\n  g(`a\n  b\n${\n  c}`)\n}");
}

TEST(Rewrite, KeepsLineEnds) {
  EXPECT_EQ(rewritten(typescript, "f($X);", "a();\nb($X);", "{\r\n  f(1);\r\n}\r\n"),
            "{\r\n  a();\r\n  b(1);\r\n}\r\n");
  EXPECT_EQ(rewritten(python, "if $A:\n    $$$B", "while $A:\n    $$$B", "if a:\r\n    b\r\n    c\r\n"),
            "while a:\r\n    b\r\n    c\r\n");
}

TEST(Rewrite, KeepsTheSemicolonThatThePatternDoesNotHave) {
  EXPECT_EQ(rewritten(typescript, "return $X", "return f($X)", "function g() { return 1; }"),
            "function g() { return f(1); }");
  EXPECT_EQ(rewritten(c, "return $X", "return f($X)", "int g() { return 1; }"), "int g() { return f(1); }");
  EXPECT_EQ(rewritten(typescript, "f($X);", "g($X);", "f(1)\nf(2);\n"), "g(1)\ng(2);\n");
  EXPECT_EQ(rewritten(cpp, "struct $N { $$$M };", "class $N { $$$M };", "struct A { int b; };"),
            "class A { int b; };");
}

TEST(Rewrite, TakesWholeLinesWhenTheReplacementIsNothing) {
  EXPECT_EQ(
      rewritten(typescript, "debug($$$);", "", "a();\n  debug(1);\nb(); debug(2);\n  debug(3) // why\n"),
      "a();\nb(); \n   // why\n");
  EXPECT_EQ(rewritten(typescript, "debug($$$)", "", "{\r\n  debug(1);\r\n  b();\r\n}"), "{\r\n  b();\r\n}");
}

TEST(Rewrite, RefusesAResultThatDoesNotParse) {
  EXPECT_THAT(rewritten(typescript, "f($X)", "g($X", "a;\nf(1);\n"),
              HasSubstr("would not parse as typescript"));
  EXPECT_THAT(rewritten(typescript, "f($X)", "g($X", "a;\nf(1);\n"), HasSubstr("a file"));
  EXPECT_THAT(rewritten(python, "f($X)", "g($X:", "f(1)\n"), HasSubstr("would not parse"));
  EXPECT_THAT(rewritten(c, "f($X);", "if (g) {", "void h() {\n  f(1);\n}\n"), HasSubstr("would not parse"));
  EXPECT_THAT(rewritten(c, "f($X);", "g($X)", "void h() {\n  f(1);\n}\n"), HasSubstr("line 2"));
}

TEST(Rewrite, RefusesAResultThatGrowsTogetherWithItsNeighbours) {
  EXPECT_THAT(rewritten(typescript, "($X)", "$X", "function f() { return(a); }"),
              HasSubstr("grows together"));
  EXPECT_EQ(rewritten(typescript, "($X)", "$X", "function f() { return (a); }"),
            "function f() { return a; }");
  EXPECT_THAT(rewritten(typescript, "f($X)", "g($X) // new", "f(1); h();"), HasSubstr("`g(1) // new; h();`"));
  EXPECT_EQ(rewritten(typescript, "f($X);", "g($X); // new", "f(1);\nh();"), "g(1); // new\nh();");
  EXPECT_EQ(rewritten(tsx, "<Old/>", "<New/>", "<a>text <Old/> text</a>"), "<a>text <New/> text</a>");
}

TEST(Rewrite, TakesAFileThatWasBrokenBeforeIfItIsNoWorse) {
  EXPECT_EQ(rewritten(c, "old($X)", "fresh_and_longer($X)", "void f() { old(1); }\nint )) old( ;\n"),
            "void f() { fresh_and_longer(1); }\nint )) old( ;\n");
  EXPECT_THAT(rewritten(c, "old($X)", "fresh(($X)", "void f() { old(1); }\nint )) ;\n"),
              HasSubstr("would not parse"));
}

TEST(Rewrite, TakesMoreNodesWithinAnError) {
  EXPECT_EQ(
      rewritten(c, "$X->$Y", "(*$X).$Y", "BEGIN(x) { extern EXPORT(wchar_t*) f(void); return p->x; )\n"),
      "BEGIN(x) { extern EXPORT(wchar_t*) f(void); return (*p).x; )\n");
}

TEST(Rewrite, TakesAnErrorAlongThatAMetavariableBrings) {
  EXPECT_EQ(
      rewritten(javascript, "old($$$A)", "fresh(0, $$$A)", "old(function() { a ]] b; });\nold(old(1));\n"),
      "fresh(0, function() { a ]] b; });\nfresh(0, fresh(0, 1));\n");
  EXPECT_THAT(rewritten(javascript, "old($A)", "old($A, $A)", "old(function() { a ]] b; });\n"),
              HasSubstr("would not parse"));
}

TEST(Rewrite, LetsNoErrorGrowOverWhatWasUnderstood) {
  // One error before and one after, which reaches further.
  EXPECT_THAT(rewritten(c, "f($X);", "f($X", "int a ]] ;\nvoid h() { f(1); }\nint b;\n"),
              HasSubstr("would not parse"));
}

TEST(Rewrite, CountsPlacesThatAlreadyReadSo) {
  const auto pattern = Pattern::compile(typescript, "f($X, $Y)");
  const auto replacement = Replacement::compile(*pattern, "f($Y, $X)");
  const auto tree = parse(typescript, "f(1, 1); f(1, 2);\nf(`\n`, `\n`);");
  const auto result = rewrite(*pattern, *replacement, "a.ts", *tree);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->text, "f(1, 1); f(2, 1);\nf(`\n`, `\n`);");
  EXPECT_EQ(result->places.size(), 3u);
  EXPECT_EQ(result->same, 2u);
}

TEST(Rewrite, SaysWhichMetavariablesThereAre) {
  EXPECT_THAT(rewritten(typescript, "f($X, $$$REST)", "g($Y)", ""), HasSubstr("`$Y` names nothing"));
  EXPECT_THAT(rewritten(typescript, "f($X, $$$REST)", "g($Y)", ""), HasSubstr("it has: X, REST"));
  EXPECT_THAT(rewritten(typescript, "f($_)", "g($_)", ""), HasSubstr("no named metavariables"));
}

TEST(Rewrite, WorksInEveryLanguage) {
  EXPECT_EQ(rewritten(javascript, "var $X = $V", "const $X = $V", "var a = 1; let b = 2;"),
            "const a = 1; let b = 2;");
  EXPECT_EQ(rewritten(tsx, "<Old $$$P>$$$C</Old>", "<New $$$P>$$$C</New>",
                      "x = <Old a={1}>\n  text <Old/> {b}\n</Old>"),
            "x = <New a={1}>\n  text <Old/> {b}\n</New>");
  EXPECT_EQ(rewritten(python, "assertEquals($A, $B)", "assert $A == $B", "assertEquals(a, f(b))\n"),
            "assert a == f(b)\n");
  EXPECT_EQ(rewritten(python, "from old import $$$N", "from new.place import $$$N",
                      "from old import (a,\n    b)\n"),
            "from new.place import (a,\n    b)\n");
  EXPECT_EQ(rewritten(python, "print($$$A, file=$F)", "log($F, $$$A)", "print(a, b, file=c)\n"),
            "log(c, a, b)\n");
  EXPECT_EQ(rewritten(c, "strcpy($D, $S)", "strlcpy($D, $S, sizeof($D))", "void f() { strcpy(a->b, c); }"),
            "void f() { strlcpy(a->b, c, sizeof(a->b)); }");
  EXPECT_EQ(rewritten(c, "#define OLD $V", "#define NEW $V", "#  define OLD 1\n#define OLD 2\n"),
            "#define NEW 1\n#define NEW 2\n");
  EXPECT_EQ(rewritten(cpp, "NULL", "nullptr", "void f() { a = NULL; b = \"NULL\"; /* NULL */ }"),
            "void f() { a = nullptr; b = \"NULL\"; /* NULL */ }");
  EXPECT_EQ(rewritten(cpp, "boost::shared_ptr<$T>", "std::shared_ptr<$T>",
                      "boost::shared_ptr<A<int>> a = boost::shared_ptr<A<int>>();"),
            "std::shared_ptr<A<int>> a = std::shared_ptr<A<int>>();");
}

TEST(Rewrite, KeepsExportMacros) {
  EXPECT_EQ(rewritten(cpp, "class $N { $$$M };", "class $N final { $$$M };", "class Foo_API Bar { int a; };"),
            "class Foo_API Bar final { int a; };");
  EXPECT_EQ(rewritten(cpp, "old($X)", "fresh($X)", "class Foo_API Bar { void f() { old(1); } };"),
            "class Foo_API Bar { void f() { fresh(1); } };");
}

TEST(Rewrite, StopsAtItsBounds) {
  std::string nested = "1";
  for (std::size_t i = 0; i < kMaxNesting; ++i)
    nested = "f(" + nested + ")";
  EXPECT_EQ(rewritten(typescript, "f($X)", "g($X)", nested).substr(0, 4), "g(g(");
  EXPECT_THAT(rewritten(typescript, "f($X)", "g($X)", "f(" + nested + ")"), HasSubstr("nested deeper than"));
  // Every level doubles the text.
  EXPECT_THAT(rewritten(typescript, "f($X)", "g($X, $X)", nested), HasSubstr("longer than"));
  std::string many;
  while (many.size() + 4 < Pattern::kMaxLength)
    many += "$X, ";
  const std::string array = "f([" + std::string(1 << 20, ' ') + "])";
  EXPECT_THAT(rewritten(typescript, "f($X)", "g(" + many + ")", array), HasSubstr("longer than"));
}

}  // namespace
}  // namespace fleet::syntax
