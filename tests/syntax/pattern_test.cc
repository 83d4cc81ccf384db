#include "syntax/pattern.h"

#include <gmock/gmock.h>

#include "syntax/matches.h"

namespace fleet::syntax {
namespace {

using enum Language;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class PatternFinds : public testing::TestWithParam<MatchCase> {};

TEST_P(PatternFinds, WhatItSays) {
  const MatchCase& c = GetParam();
  EXPECT_EQ(matches(c.language, c.find, c.source), c.expected);
}

INSTANTIATE_TEST_SUITE_P(
    Metavariables, PatternFinds,
    testing::Values(
        MatchCase{typescript, "f($X)", "f(1); f(); f(1, 2); f(g(h))", {"f(1)", "f(g(h))"}},
        MatchCase{typescript, "f($_)", "f(1); f(); f(1, 2)", {"f(1)"}},
        MatchCase{typescript, "f($$$)", "f(1); f(); f(1, 2); g(1)", {"f(1)", "f()", "f(1, 2)"}},
        MatchCase{typescript, "f($$$ARGS)", "x.f(1); new f(2)", {}},
        MatchCase{typescript,
                  "$X == $X",
                  "a == a; a == b; f( 1 ) == f(1 /* same */,); f(1) == f(2)",
                  {"a == a", "f( 1 ) == f(1 /* same */,)"}},
        MatchCase{typescript, "$_ == $_", "a == b", {"a == b"}},
        MatchCase{typescript, "$_X == $_X", "a == b", {"a == b"}},
        MatchCase{
            typescript, "[$$$A, $$$A]", "[1, 1]; [1, 2]; [1, 2, 1, 2]; []", {"[1, 1]", "[1, 2, 1, 2]", "[]"}},
        MatchCase{typescript, "[$$$, $X, $$$, $X, $$$]", "[1, 2, 3, 2, 4]; [1, 2, 3]", {"[1, 2, 3, 2, 4]"}},
        MatchCase{typescript, "$OBJ.on($EVENT, $$$)", "a.b.on('x', f, g); on('x')", {"a.b.on('x', f, g)"}},
        MatchCase{typescript, "on$EVENT()", "on$EVENT(); onClick()", {"on$EVENT()"}},
        MatchCase{typescript, "$lower(1)", "$lower(1); f(1)", {"$lower(1)"}},
        MatchCase{typescript, "f(\"hi $NAME\")", "f(\"hi $NAME\"); f(\"hi you\")", {"f(\"hi $NAME\")"}},
        MatchCase{typescript, "f(\"$NAME\")", "f(\"hi you\"); f('hi'); f(1)", {"f(\"hi you\")"}}));

INSTANTIATE_TEST_SUITE_P(
    AnyNumber, PatternFinds,
    testing::Values(
        MatchCase{
            typescript, "f($A, $$$)", "f(); f(1); f(1, 2); f(1, 2, 3)", {"f(1)", "f(1, 2)", "f(1, 2, 3)"}},
        MatchCase{
            typescript, "f($$$, $Z)", "f(); f(1); f(1, 2); f(1, 2, 3)", {"f(1)", "f(1, 2)", "f(1, 2, 3)"}},
        MatchCase{typescript, "f($A, $$$, $Z)", "f(1); f(1, 2); f(1, 2, 3)", {"f(1, 2)", "f(1, 2, 3)"}},
        MatchCase{typescript,
                  "f($$$, x, $$$)",
                  "f(x); f(1, x); f(x, 1); f(1, x, 2); f(1)",
                  {"f(x)", "f(1, x)", "f(x, 1)", "f(1, x, 2)"}},
        MatchCase{typescript,
                  "f($$$, x, $$$, y, $$$)",
                  "f(x, y); f(y, x); f(1, x, 2, x, y, 3)",
                  {"f(x, y)", "f(1, x, 2, x, y, 3)"}},
        MatchCase{typescript, "f($$$, x)", "f(x, x); f(x, 1)", {"f(x, x)"}},
        MatchCase{typescript, "[a, $$$]", "[a,, b]; [a]; [b]", {"[a]"}},
        MatchCase{typescript, "[a, b]", "[a,, b]", {}},
        MatchCase{typescript, "f($$$A, $$$B)", "f(1, 2); f()", {"f(1, 2)", "f()"}}));

INSTANTIATE_TEST_SUITE_P(
    Overlooked, PatternFinds,
    testing::Values(
        MatchCase{typescript, "f(1,2)", "f( 1 ,\n 2 , )", {"f( 1 ,\n 2 , )"}},
        MatchCase{typescript, "f(1, 2)", "f(/* a */ 1, // b\n 2)", {"f(/* a */ 1, // b\n 2)"}},
        MatchCase{typescript, "f(1 /* any */)", "f(1)", {"f(1)"}},
        MatchCase{typescript, "return $X", "function g() { return 1; }", {"return 1"}},
        MatchCase{typescript, "return $X;", "function g() { return 1 }", {"return 1"}},
        MatchCase{typescript, "return $X;", "function g() { return 1; }", {"return 1;"}},
        MatchCase{typescript, "f($X);", "f(1); x = f(2)", {"f(1);"}},
        MatchCase{typescript, "return;", "function g() { return; return 1; return }", {"return;", "return"}},
        MatchCase{typescript, "return", "function g() { return; return 1; }", {"return"}},
        MatchCase{typescript, "const $X = $Y", "const a = 1; let b = 2; var c = 3", {"const a = 1"}},
        MatchCase{typescript, "f('a')", "f('a'); f(\"a\"); f('b')", {"f('a')"}},
        MatchCase{typescript, "$A + $B", "1 + 2; 1 - 2", {"1 + 2"}},
        MatchCase{typescript, "$A === $B", "1 == 2; 1 === 2", {"1 === 2"}},
        MatchCase{typescript, "$A.b", "a.b; a?.b; a['b']", {"a.b"}},
        MatchCase{
            typescript, "function $F() {}", "function f() {} async function g() {}", {"function f() {}"}},
        MatchCase{typescript,
                  "import $X from 'a'",
                  "import a from 'a'; import type b from 'a'",
                  {"import a from 'a'"}},
        MatchCase{typescript, "f(1)", "f<T>(1)", {}},
        MatchCase{typescript, "`a`", "`a`; `b`; `a${1}`", {"`a`"}},
        MatchCase{typescript, "/a/g", "/a/g; /a/; /b/g", {"/a/g"}}));

INSTANTIATE_TEST_SUITE_P(
    TypeScript, PatternFinds,
    testing::Values(
        MatchCase{typescript,
                  "Name",
                  "let a: Name = new Name(); a.Name; type Name = 1; ({Name: 1})",
                  {"Name", "Name", "Name"}},
        MatchCase{typescript, "Array<$T>", "let a: Array<number>; new Array<string>()", {"Array<number>"}},
        MatchCase{typescript, "typeof $X", "let a: typeof b = typeof c", {"typeof c"}},
        MatchCase{typescript, "ns.Name", "let a: ns.Name = ns.Name.x", {"ns.Name", "ns.Name"}},
        MatchCase{typescript,
                  "import { $$$N } from '$M'",
                  "import { a, b as c } from 'x'; import d from 'y'",
                  {"import { a, b as c } from 'x'"}},
        MatchCase{typescript,
                  "function $F($$$P): $R { $$$B }",
                  "function f(a: number): void { g(); h() }",
                  {"function f(a: number): void { g(); h() }"}},
        MatchCase{typescript,
                  "class $C extends $B { $$$M }",
                  "class A extends B { x = 1; f() {} } class D {}",
                  {"class A extends B { x = 1; f() {} }"}},
        MatchCase{typescript,
                  "interface $N { $$$ }",
                  "interface A { a: string; b(): void }",
                  {"interface A { a: string; b(): void }"}},
        MatchCase{typescript,
                  "if ($C) { $$$A } else { $$$B }",
                  "if (a) { b } else { c; d }; if (a) { b }",
                  {"if (a) { b } else { c; d }"}},
        MatchCase{typescript, "if ($C) $S", "if (a) b(); if (c) { d }", {"if (a) b();", "if (c) { d }"}},
        MatchCase{
            typescript, "($$$P) => $B", "(a, b) => a + b; () => { c }", {"(a, b) => a + b", "() => { c }"}},
        MatchCase{typescript, "$X as $T", "a as string", {"a as string"}},
        MatchCase{typescript, "key: $V", "({ key: 1, other: 2 })", {"key: 1"}},
        MatchCase{typescript, "{ key: $V }", "({ key: 1 }); ({ key: 1, b: 2 })", {"{ key: 1 }"}},
        MatchCase{
            typescript, "static $F() { $$$ }", "class A { static f() { 1 } g() {} }", {"static f() { 1 }"}},
        MatchCase{typescript,
                  "case $X: $$$B",
                  "switch (a) { case 1: b(); c(); break; case 2: }",
                  {"case 1: b(); c(); break;", "case 2:"}},
        MatchCase{typescript, "@Input($$$)", "class A { @Input('x') y; @Output() z }", {"@Input('x')"}},
        MatchCase{
            typescript, "private $N: $T;", "class A { private a: string; b: string }", {"private a: string"}},
        MatchCase{typescript,
                  "try { $$$B } catch ($E) { }",
                  "try { a() } catch (e) { }; try {} catch (e) { b }",
                  {"try { a() } catch (e) { }"}},
        MatchCase{typescript, "await $X", "async () => { await f() }", {"await f()"}},
        MatchCase{typescript, "type $N = $A | $B", "type X = 1 | 2", {"type X = 1 | 2"}},
        MatchCase{typescript,
                  "export * from '$M'",
                  "export * from 'a'; export { b } from 'c'",
                  {"export * from 'a'"}}));

INSTANTIATE_TEST_SUITE_P(
    JavaScriptAndTsx, PatternFinds,
    testing::Values(
        MatchCase{javascript, "require($M)", "const a = require('a'); b.require('b')", {"require('a')"}},
        MatchCase{javascript, "var $X = $V", "var a = 1; let b = 2", {"var a = 1"}},
        MatchCase{javascript,
                  "module.exports = { $$$E }",
                  "module.exports = { a, b: 1 };",
                  {"module.exports = { a, b: 1 }"}},
        MatchCase{javascript,
                  "for (const $X of $Y) { $$$B }",
                  "for (const a of b) { c(); }",
                  {"for (const a of b) { c(); }"}},
        MatchCase{javascript, "$X => $Y", "a => b; (a) => b", {"a => b", "(a) => b"}},
        MatchCase{
            javascript, "async $F($$$P) { $$$B }", "class A { async f() { 1 } g() {} }", {"async f() { 1 }"}},
        MatchCase{javascript, "<Old $$$P />", "const a = <Old b={1} c />; <Old></Old>", {"<Old b={1} c />"}},
        MatchCase{tsx,
                  "<Old $$$P>$$$C</Old>",
                  "const a = <Old b={1}>text {c}<D /></Old>",
                  {"<Old b={1}>text {c}<D /></Old>"}},
        MatchCase{tsx, "<$C key={$K} />", "<A key={1} />; <B key={2} c />", {"<A key={1} />"}},
        MatchCase{tsx, "useState<$T>($$$A)", "const [a] = useState<number>(1)", {"useState<number>(1)"}}));

INSTANTIATE_TEST_SUITE_P(
    Python, PatternFinds,
    testing::Values(
        MatchCase{python, "print($$$A)", "print(1, 2)\nx.print(3)\n", {"print(1, 2)"}},
        MatchCase{python, "print($$$A)", "print(1, sep='')\n", {"print(1, sep='')"}},
        MatchCase{python,
                  "def $F($$$A):\n    $$$B",
                  "def f(a, b=1):\n    x()\n    y()\n\ndef g(): pass\n",
                  {"def f(a, b=1):\n    x()\n    y()", "def g(): pass"}},
        MatchCase{python,
                  "if $C:\n    $$$B",
                  "if a:\n    b\n    c\nif d:\n    e\nelse:\n    f\n",
                  {"if a:\n    b\n    c"}},
        MatchCase{python, "if $C:\n    $B", "if a:\n    b\n    c\n", {"if a:\n    b\n    c"}},
        MatchCase{python,
                  "except $E:\n    $$$B",
                  "try:\n    a\nexcept X:\n    b\n    c\n",
                  {"except X:\n    b\n    c"}},
        MatchCase{python,
                  "class $N($$$B):\n    $$$C",
                  "class A(B, c=d):\n    x = 1\nclass E: pass\n",
                  {"class A(B, c=d):\n    x = 1"}},
        MatchCase{python, "f('a\\n')", "f('a\\n'); f('b\\n'); f('a\\t')\n", {"f('a\\n')"}},
        MatchCase{python, "f(f'{$X:.2}')", "f(f'{a:.2}'); f(f'{a:.3}')\n", {"f(f'{a:.2}')"}},
        MatchCase{python, "$X is None", "a is None; a is not None\n", {"a is None"}},
        MatchCase{python, "not $X in $Y", "not a in b\n", {"not a in b"}},
        MatchCase{python, "\"$S\" % $A", "\"a\" % b; 'a' % b\n", {"\"a\" % b"}},
        MatchCase{python, "import $$$M", "import a, b\nfrom c import d\n", {"import a, b"}},
        MatchCase{
            python, "from $M import $$$N", "from a.b import c, d as e\n", {"from a.b import c, d as e"}},
        MatchCase{python, "@$D\ndef $F($$$): $$$B", "@a.b\ndef f(): pass\n", {"@a.b\ndef f(): pass"}},
        MatchCase{python, "[$E for $V in $I]", "[a for a in b]; [a for a in b if c]\n", {"[a for a in b]"}},
        MatchCase{python, "assert $X, $M", "assert a, 'b'\nassert c\n", {"assert a, 'b'"}},
        MatchCase{python, "f(*$A, **$K)", "f(*a, **b)\n", {"f(*a, **b)"}},
        MatchCase{python, "x = $V", "x = 1\nx: int = 2\ny = 3\n", {"x = 1"}},
        MatchCase{
            python, "case $P:\n    $$$B", "match a:\n    case 1:\n        b\n", {"case 1:\n        b"}}));

INSTANTIATE_TEST_SUITE_P(
    C, PatternFinds,
    testing::Values(
        MatchCase{c, "malloc($N)", "void f() { p = malloc(1); malloc(2); }", {"malloc(1)", "malloc(2)"}},
        MatchCase{c, "strcpy($A, $B);", "void f() { strcpy(a, b); }", {"strcpy(a, b);"}},
        MatchCase{c, "if ($C) { $$$B }", "void f() { if (a) { b(); c(); } }", {"if (a) { b(); c(); }"}},
        MatchCase{c, "if ($C) $S", "void f() { if (a) b(); }", {"if (a) b();"}},
        MatchCase{c,
                  "int $F($$$P) { $$$B }",
                  "int f(int a, char* b) { return 1; } void g() {}",
                  {"int f(int a, char* b) { return 1; }"}},
        MatchCase{c, "$P->$F", "void f() { a->b = c.d; }", {"a->b"}},
        MatchCase{c, "$T $X = $V;", "void f() { int a = 1; long* b = 2; }", {"int a = 1;", "long* b = 2;"}},
        MatchCase{c, "struct $N { $$$F };", "struct A { int b; int c; };", {"struct A { int b; int c; }"}},
        MatchCase{c, "#include \"$P\"", "#include \"a.h\"\n#include <b.h>\n", {"#include \"a.h\""}},
        MatchCase{c, "return $X", "int f() { return 1; }", {"return 1"}},
        MatchCase{c, "sizeof($X)", "int f() { return sizeof(a) + sizeof(*b); }", {"sizeof(a)", "sizeof(*b)"}},
        MatchCase{c,
                  "for ($I; $C; $N) $B",
                  "void f() { for (i = 0; i < 1; ++i) g(); }",
                  {"for (i = 0; i < 1; ++i) g();"}},
        MatchCase{
            c, "case $X: $$$B", "void f() { switch (a) { case 1: b(); break; } }", {"case 1: b(); break;"}},
        MatchCase{c, "a * b", "void f() { x = a * b; }", {"a * b"}},
        MatchCase{c, "size_t", "size_t f(size_t a) { return (size_t)1; }", {"size_t", "size_t", "size_t"}}));

INSTANTIATE_TEST_SUITE_P(
    Cpp, PatternFinds,
    testing::Values(
        MatchCase{cpp,
                  "std::vector<$T>",
                  "std::vector<int> a; void f() { std::vector<int> b; return std::vector<int>(); }",
                  {"std::vector<int>", "std::vector<int>", "std::vector<int>"}},
        MatchCase{cpp, "std::move($X)", "void f() { g(std::move(a)); }", {"std::move(a)"}},
        MatchCase{cpp, "new $T($$$A)", "void f() { auto a = new B(1, 2); new C; }", {"new B(1, 2)"}},
        MatchCase{cpp, "$X.push_back($Y)", "void f() { a.b.push_back(c); }", {"a.b.push_back(c)"}},
        MatchCase{cpp,
                  "class $N : public $B { $$$M };",
                  "class A : public B { int c; void d(); };",
                  {"class A : public B { int c; void d(); }"}},
        MatchCase{cpp,
                  "namespace $N { $$$B }",
                  "namespace a { int b; void c(); }",
                  {"namespace a { int b; void c(); }"}},
        MatchCase{cpp,
                  "for (auto $X : $Y) { $$$B }",
                  "void f() { for (auto a : b) { c(); } }",
                  {"for (auto a : b) { c(); }"}},
        MatchCase{cpp,
                  "template <typename $T> $D",
                  "template <typename A> void f(A a) {}",
                  {"template <typename A> void f(A a) {}"}},
        MatchCase{
            cpp, "[$$$C]($$$P) { $$$B }", "void f() { g([&](int a) { b(); }); }", {"[&](int a) { b(); }"}},
        MatchCase{cpp, "NULL", "void f() { a = NULL; }", {"NULL"}},
        MatchCase{cpp, "using namespace $N;", "using namespace std;\nusing a::b;", {"using namespace std;"}},
        MatchCase{cpp,
                  "virtual void $F($$$P) override;",
                  "struct A : B { virtual void f(int) override; void g(); };",
                  {"virtual void f(int) override;"}},
        MatchCase{cpp, "static_cast<$T>($X)", "int a = static_cast<int>(b);", {"static_cast<int>(b)"}},
        MatchCase{cpp, "throw $E;", "void f() { throw A(1); }", {"throw A(1);"}}));

}  // namespace
}  // namespace fleet::syntax
