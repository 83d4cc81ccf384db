#include "analysis/flow.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "analysis/call.h"
#include "syntax/steps.h"

namespace fleet::analysis {
namespace {

using syntax::Language;

FlowFacts facts() {
  const std::vector<Language> all{Language::python, Language::javascript, Language::typescript,
                                  Language::java,   Language::go,         Language::c,
                                  Language::rust};
  FlowFacts out;
  FlowSource source;
  source.group = "web";
  source.languages = all;
  source.what = "what was sent";
  source.calls = {"source", "*.getParameter"};
  source.members = {"request.args", "req.query"};
  source.fills = {"recv"};
  source.parameters_of = {"*.route"};
  out.sources = {source};
  Sanitizer quoted;
  quoted.group = "quoted";
  quoted.languages = all;
  quoted.calls = {"quote"};
  Sanitizer prefix;
  prefix.group = "prefix-checked";
  prefix.languages = all;
  prefix.calls = {"safe_join"};
  out.sanitizers = {quoted, prefix};
  return out;
}

// What the first argument of each call of `sink` is, in order: t(ainted), c(lean), u(nknown), q(uoted).
std::string at_sinks(Language language, const std::string& source) {
  const auto tree = syntax::parse(language, source);
  EXPECT_TRUE(tree) << source;
  const syntax::Bounds bounds;
  syntax::Steps steps(bounds);
  Code code(*tree, steps);
  const Imports imports = Imports::of(code);
  const FlowFacts all = facts();
  const FlowNames names(all, language);
  Flow flow(code, imports, names);
  std::string out;
  for (std::uint32_t i = 0; i < code.size(); ++i) {
    const auto call = call_at(code, i);
    if (!call || called_name(code, *call) != "sink" || call->arguments == kNowhere) continue;
    const FlowValue value = flow.at(code.first_child(call->arguments));
    const bool is_quoted =
        value.is_tainted() && (value.cleaned & names.sanitizer_groups.bits({"quoted"})) != 0;
    out += is_quoted ? 'q' : value.is_tainted() ? 't' : value.trust == Trust::unknown ? 'u' : 'c';
  }
  return out;
}

struct FlowCase {
  Language language;
  const char* name;
  const char* source;
  const char* expected;
};

const FlowCase kCases[] = {
    {Language::python, "assignments",
     "def f():\n    a = source()\n    b = a\n    sink(b)\n    b = 'x'\n    sink(b)\n", "tc"},
    {Language::python, "texts",
     "a = source()\nsink('x' + a)\nsink(f'{a}')\nsink('%s' % a)\nsink('{}'.format(a))\nsink('a' + 'b')\n",
     "ttttc"},
    {Language::python, "parameters", "def f(p):\n    sink(p)\n    sink('x' + p)\n", "uu"},
    {Language::python, "sanitizers",
     "a = source()\nsink(quote(a))\nsink('x' + quote(a))\nsink(quote(a) + a)\nsink(int(a))\n", "qqtt"},
    {Language::python, "branches",
     "def f(c):\n    a = 'x'\n    if c:\n        a = source()\n    sink(a)\n    if c:\n        a = 'y'\n    "
     "else:\n        a = 'z'\n    sink(a)\n",
     "tc"},
    {Language::python, "ways that end",
     "def f(c):\n    a = source()\n    if c:\n        a = 'x'\n    else:\n        return\n    sink(a)\n",
     "c"},
    {Language::python, "checks",
     "OK = ['a', 'b']\ndef f():\n    a = source()\n    if a not in OK:\n        return\n    sink(a)\ndef "
     "g():\n    a = source()\n    if a in OK:\n        sink(a)\n    sink(a)\n",
     "cct"},
    {Language::python, "checks of form",
     "import re\ndef f():\n    a = source()\n    if not re.fullmatch('[a-z]+', a):\n        raise "
     "ValueError\n    sink(a)\ndef g():\n    a = source()\n    if a.isdigit():\n        sink(a)\n    "
     "sink(a)\n",
     "cct"},
    {Language::python, "loops",
     "a = 'x'\nfor i in range(3):\n    sink(a)\n    a = source()\nfor x in source():\n    sink(x)\n", "tt"},
    {Language::python, "what a loop leaves",
     "def f(c):\n    a = 'x'\n    while c:\n        a = source()\n        break\n    sink(a)\n", "t"},
    {Language::python, "containers",
     "d = {'a': source(), 'b': 'x'}\nsink(d['a'])\nsink(d['b'])\nsink(d)\nxs = "
     "[]\nxs.append(source())\nsink(xs[0])\nd['c'] = 'y'\nsink(d['c'])\n",
     "tcttc"},
    {Language::python, "conditions of constants",
     "n = 106\nif 7 * 18 + n > 200:\n    a = 'x'\nelse:\n    a = source()\nsink(a)\nb = source() if 1 > 2 "
     "else 'y'\nsink(b)\n",
     "cc"},
    {Language::python, "a match of constants",
     "g = 'ABC'[1]\nmatch g:\n    case 'A':\n        a = source()\n    case 'B':\n        a = 'x'\n    case "
     "_:\n        a = source()\nsink(a)\n",
     "c"},
    {Language::python, "own functions",
     "def same(x):\n    return x\ndef fixed(x):\n    return 'y'\ndef down(x):\n    "
     "sink(x)\nsink(same(source()))\nsink(fixed(source()))\ndown(source())\n",
     "ttc"},
    {Language::python, "objects",
     "class A:\n    def __init__(self):\n        self.a = source()\n        self.b = 'x'\n    def "
     "go(self):\n        sink(self.a)\n        sink(self.b)\n",
     "tc"},
    {Language::python, "handlers", "@app.route('/x/<name>')\ndef f(name):\n    sink(name)\n", "t"},
    {Language::python, "members",
     "def f(request):\n    sink(request.args['x'])\n    sink(request.args.get('x'))\n    "
     "sink(request.user)\n",
     "ttu"},
    {Language::python, "try", "try:\n    a = source()\nexcept E:\n    a = 'x'\nsink(a)\n", "t"},
    {Language::python, "comprehensions",
     "xs = [x for x in source()]\nsink(xs)\nys = [x for x in ['a']]\nsink(ys)\n", "tc"},
    {Language::python, "numbers", "a = source()\nsink(len(a))\nsink(a == 'x')\n", "cc"},
    {Language::javascript, "assignments",
     "const a = source();\nlet b = `x${a}`;\nsink(b);\nb = 'x';\nsink(b);\n", "tc"},
    {Language::javascript, "patterns",
     "function f(req) { const {id, n = 1} = req.query; sink(id); const [x] = source(); sink(x); }\n", "tt"},
    {Language::javascript, "handlers within",
     "app.get('/', (req, res) => { const q = req.query.q; go(() => { sink(q); }); });\n", "t"},
    {Language::javascript, "checks",
     "const OK = ['a'];\nfunction f() { const a = source(); if (!OK.includes(a)) return; sink(a); }\n"
     "function g() { const a = source(); if (!/^[a-z]+$/.test(a)) { throw 1; } sink(a); }\n",
     "cc"},
    {Language::javascript, "arrows",
     "const same = x => x;\nsink(same(source()));\nconst fixed = () => 'x';\nsink(fixed(source()));\n", "tc"},
    {Language::javascript, "switch",
     "function f(c) { let a = 'x'; switch (c) { case 1: a = source(); break; default: a = 'y'; } sink(a); "
     "}\n",
     "t"},
    {Language::typescript, "types", "const a: string = source() as string;\nsink(a!);\n", "t"},
    {Language::java, "texts",
     "class A { void f(R request) { String a = request.getParameter(\"x\"); String b = \"q\" + a; sink(b); b "
     "= \"x\"; sink(b); } }\n",
     "tc"},
    {Language::java, "builders",
     "class A { void f(R r) { StringBuilder s = new StringBuilder(); s.append(r.getParameter(\"x\")); "
     "sink(s.toString()); } }\n",
     "t"},
    {Language::go, "assignments",
     "package a\nfunc f() {\n\ta := source()\n\tb := \"x\" + a\n\tsink(b)\n\tb = \"y\"\n\tsink(b)\n}\n",
     "tc"},
    {Language::go, "checks",
     "package a\nfunc f() {\n\ta := source()\n\tif a != \"x\" {\n\t\treturn\n\t}\n\tsink(a)\n}\n", "c"},
    {Language::c, "buffers",
     "void f(int s) { char b[10]; char c[20]; recv(s, b, 10); strcpy(c, b); sink(c); strcpy(c, \"x\"); "
     "sink(c); }\n",
     "tc"},
};

TEST(Flow, FollowsData) {
  for (const FlowCase& each : kCases)
    EXPECT_EQ(at_sinks(each.language, each.source), each.expected) << each.name << "\n" << each.source;
}

TEST(Flow, TellsTheWay) {
  const std::string source = "def f():\n    a = source()\n    b = 'x' + a\n    sink(b)\n";
  const auto tree = syntax::parse(Language::python, source);
  ASSERT_TRUE(tree);
  const syntax::Bounds bounds;
  syntax::Steps steps(bounds);
  Code code(*tree, steps);
  const Imports imports = Imports::of(code);
  const FlowFacts all = facts();
  const FlowNames names(all, Language::python);
  Flow flow(code, imports, names);
  for (std::uint32_t i = 0; i < code.size(); ++i) {
    const auto call = call_at(code, i);
    if (!call || called_name(code, *call) != "sink") continue;
    const auto way = flow.way_of(flow.at(code.first_child(call->arguments)));
    ASSERT_EQ(way.size(), 3u);
    EXPECT_EQ(way[0].what, "what was sent comes in");
    EXPECT_EQ(code.text(way[0].node), "source()");
    EXPECT_EQ(way[1].what, "goes into `a`");
    EXPECT_EQ(way[2].what, "goes into `b`");
  }
}

// Whatever the file is, it ends, and soon.
TEST(Flow, HasBounds) {
  std::string deep = "x = ";
  for (int i = 0; i < 5'000; ++i)
    deep += "(";
  std::string calls, sums = "x = source()", branches;
  for (int i = 0; i < 60; ++i)
    calls += "def f" + std::to_string(i) + "(a):\n    f" + std::to_string((i + 1) % 60) + "(a + a)\n    f" +
             std::to_string((i + 7) % 60) + "(a)\n    return a\n";
  for (int i = 0; i < 20'000; ++i)
    sums += " + 'x'";
  for (int i = 0; i < 3'000; ++i)
    branches += "if c:\n    v" + std::to_string(i) + " = source()\n";
  EXPECT_EQ(at_sinks(Language::python, sums + "\nsink(x)\n"), "t");
  EXPECT_EQ(at_sinks(Language::python, calls + "sink(f0(source()))\n"), "t");
  EXPECT_EQ(at_sinks(Language::python, branches + "sink(v1)\n").size(), 1u);
  EXPECT_EQ(at_sinks(Language::python, deep + "\n"), "");
}

}  // namespace
}  // namespace fleet::analysis
