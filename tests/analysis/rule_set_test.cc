#include "analysis/rule_set.h"

#include <gmock/gmock.h>

#include "analysis/rules_fixture.h"

namespace fleet::analysis {
namespace {

using syntax::Language;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Calls, AreFoundByWhatTheirNamesMean) {
  const auto calls = [](std::string_view source) { return found("    calls: [os.system]\n", source); };
  EXPECT_THAT(calls("import os\nos.system(x)\n"), ElementsAre("2:1"));
  EXPECT_THAT(calls("import os as o\no.system(x)\n"), ElementsAre("2:1"));
  EXPECT_THAT(calls("from os import system as s\ns(x)\n"), ElementsAre("2:1"));
  EXPECT_THAT(calls("from os import *\nsystem(x)\n"), ElementsAre("2:1"));
  EXPECT_THAT(calls("import os\nrun = os.system\nrun(x)\n"), ElementsAre("3:1"));
  EXPECT_THAT(calls("__import__('os').system(x)\n"), ElementsAre("1:1"));
  EXPECT_THAT(calls("import os\nx.os.system(x)\n"), IsEmpty());
  EXPECT_THAT(calls("from other import system\nsystem(x)\n"), IsEmpty());
  EXPECT_THAT(calls("def os(): pass\nos.system(x)\n"), IsEmpty());
}

TEST(Calls, OfAnyObjectMayNameMoreOfIt) {
  const auto calls = [](std::string_view source) { return found("    calls: ['*.db.execute']\n", source); };
  EXPECT_THAT(calls("self.db.execute(x)\ndb.execute(x)\na[0].db.execute(x)\n"),
              ElementsAre("1:1", "2:1", "3:1"));
  EXPECT_THAT(calls("cursor.execute(x)\nexecute(x)\n"), IsEmpty());
}

TEST(Calls, MayBeWrittenWithWhatIsLeftOut) {
  EXPECT_THAT(found("    calls: ['std::system']\n", "void f() { system(x); std::system(x); }", Language::cpp),
              ElementsAre("1:12", "1:23"));
  EXPECT_THAT(found("    calls: [window.open]\n", "open(x); window.open(x);", Language::javascript),
              ElementsAre("1:1", "1:10"));
}

TEST(Calls, OfParametersAndMethodsAreNotOfFunctionsOfTheFile) {
  const auto calls = [](std::string_view source) {
    return found("    calls: [child_process.exec]\n", source, Language::javascript);
  };
  const std::string_view import = "const { exec } = require('child_process');\n";
  EXPECT_THAT(calls(std::string(import) + "names.map(exec => exec.x);\nexec(y)"), ElementsAre("3:1"));
  EXPECT_THAT(found("    calls: [eval]\n", "const o = { eval() {} };\neval(x)", Language::javascript),
              ElementsAre("2:1"));
  EXPECT_THAT(found("    calls: [eval]\n", "class A:\n    @property\n    def eval(self): pass\neval(x)\n"),
              ElementsAre("4:1"));
}

TEST(Calls, OfGoAreFoundByTheirImports) {
  const auto calls = [](std::string_view name, std::string_view source) {
    return found("    calls: [" + std::string(name) + "]\n", source, Language::go);
  };
  const std::string_view use = "func f() { md5.New() }\n";
  EXPECT_THAT(calls("crypto/md5.New", "package p\nimport \"crypto/md5\"\n" + std::string(use)),
              ElementsAre("3:12"));
  EXPECT_THAT(calls("crypto/md5.New", "package p\nimport (\n  x \"crypto/md5\"\n)\nfunc f() { x.New() }\n"),
              ElementsAre("5:12"));
  EXPECT_THAT(calls("crypto/md5.New", "package p\nimport \"own/md5\"\n" + std::string(use)), IsEmpty());
  EXPECT_THAT(calls("math/rand/v2.Int", "package p\nimport \"math/rand/v2\"\nfunc f() { rand.Int() }\n"),
              ElementsAre("3:12"));
}

TEST(Calls, OfJavaAreFoundByTheirImports) {
  const auto calls = [](std::string_view name, std::string_view source) {
    return found("    calls: ['" + std::string(name) + "']\n", source, Language::java);
  };
  const auto in_method = [](std::string_view code) {
    return "class A { void f() { " + std::string(code) + " } }\n";
  };
  EXPECT_THAT(calls("a.b.C.get", "import a.b.C;\n" + in_method("C.get(x);")), ElementsAre("2:22"));
  EXPECT_THAT(calls("a.b.C.get", "import a.b.*;\n" + in_method("C.get(x);")), ElementsAre("2:22"));
  EXPECT_THAT(calls("a.b.C.get", in_method("a.b.C.get(x);")), ElementsAre("1:22"));
  EXPECT_THAT(calls("a.b.C.get", "import d.C;\n" + in_method("C.get(x);")), IsEmpty());
  EXPECT_THAT(calls("java.lang.ProcessBuilder", in_method("new ProcessBuilder(x);")), ElementsAre("1:22"));
  EXPECT_THAT(calls("java.lang.Runtime.getRuntime().exec", in_method("Runtime.getRuntime().exec(x);")),
              ElementsAre("1:22"));
  EXPECT_THAT(calls("*.executeQuery", in_method("s.executeQuery(x); executeQuery(x);")), ElementsAre("1:22"));
}

TEST(Calls, OfRustAreFoundByTheirUses) {
  const auto calls = [](std::string_view source) {
    return found("    calls: ['std::process::Command::new']\n", source, Language::rust);
  };
  EXPECT_THAT(calls("use std::process::Command;\nfn f() { Command::new(x); }\n"), ElementsAre("2:10"));
  EXPECT_THAT(calls("use std::process;\nfn f() { process::Command::new(x); }\n"), ElementsAre("2:10"));
  EXPECT_THAT(
      calls(
          "use std::{io, process::{self, Command as C}};\nfn f() { C::new(x); process::Command::new(x); }\n"),
      ElementsAre("2:10", "2:21"));
  EXPECT_THAT(calls("use std::process::*;\nfn f() { Command::new(x); }\n"), ElementsAre("2:10"));
  EXPECT_THAT(calls("fn f() { std::process::Command::new(x); }\n"), ElementsAre("1:10"));
  EXPECT_THAT(calls("use clap::Command;\nfn f() { Command::new(x); }\n"), IsEmpty());
}

TEST(Calls, OfScriptsAreFoundThroughModules) {
  const auto calls = [](std::string_view source) {
    return found("    calls: [child_process.exec]\n", source, Language::javascript);
  };
  EXPECT_THAT(calls("const cp = require('child_process');\ncp.exec(x)"), ElementsAre("2:1"));
  EXPECT_THAT(calls("const { exec } = require('node:child_process');\nexec(x)"), ElementsAre("2:1"));
  EXPECT_THAT(calls("const { exec: run } = require('child_process');\nrun(x)"), ElementsAre("2:1"));
  EXPECT_THAT(calls("import { exec as run } from 'child_process';\nrun(x)"), ElementsAre("2:1"));
  EXPECT_THAT(calls("import cp from 'child_process';\ncp.exec(x)"), ElementsAre("2:1"));
  EXPECT_THAT(calls("import * as cp from 'child_process';\ncp.exec(x)"), ElementsAre("2:1"));
  EXPECT_THAT(calls("require('child_process').exec(x)"), ElementsAre("1:1"));
  EXPECT_THAT(calls("const run = util.promisify(require('child_process').exec);\nrun(x)"),
              ElementsAre("2:1"));
  EXPECT_THAT(calls("pattern.exec(x); exec(x)"), IsEmpty());
}

TEST(Calls, OfCppNeedNoStd) {
  const auto calls = [](std::string_view source) {
    return found("    calls: [system]\n", source, Language::cpp);
  };
  EXPECT_THAT(calls("void f() { std::system(x); }"), ElementsAre("1:12"));
  EXPECT_THAT(calls("void f() { ::system(x); }"), ElementsAre("1:12"));
  EXPECT_THAT(calls("void f() { system(x); }"), ElementsAre("1:12"));
  EXPECT_THAT(calls("void f() { own::system(x); y.system(x); }"), IsEmpty());
  EXPECT_THAT(calls("void system(int) {}\nvoid f() { system(1); }"), IsEmpty());
}

TEST(Conditions, TellWhatAValueIs) {
  const auto literal = [](std::string_view source) {
    return found("    calls: [f]\n    where: {argument: 0, is: not-literal}\n", source).empty();
  };
  EXPECT_TRUE(literal("f('a')\n"));
  EXPECT_TRUE(literal("f('a' + 'b' * 2)\n"));
  EXPECT_TRUE(literal("x = 'a'\nf(x)\n"));
  EXPECT_TRUE(literal("def g(c):\n    x = 'a' if c else 'b'\n    f(x)\n"));
  EXPECT_TRUE(literal("for x in ['a', 'b']:\n    f(x)\n"));
  EXPECT_TRUE(literal("from m import NAME\nf(f'{NAME}')\n"));
  EXPECT_TRUE(literal("def g(x):\n    f(int(x))\n"));
  EXPECT_FALSE(literal("def g(x):\n    f(x)\n"));
  EXPECT_FALSE(literal("x = 'a'\nx = input()\nf(x)\n"));
  EXPECT_FALSE(literal("x = 'a'\nx += input()\nf(x)\n"));
  EXPECT_FALSE(literal("x = 'a'\ndef g(x):\n    f(x)\n"));
  EXPECT_FALSE(literal("def g(x):\n    f(f'{x}')\n"));
  EXPECT_FALSE(literal("def g(x):\n    f(['a', x])\n"));
}

TEST(Conditions, TakeNothingFromOutsideForLiteral) {
  const auto literal = [](std::string_view source, Language language = Language::python) {
    return found("    calls: [f]\n    where: {argument: 0, is: not-literal}\n", source, language).empty();
  };
  EXPECT_FALSE(literal("f(request.GET)\n"));
  EXPECT_FALSE(literal("f(request.META)\n"));
  EXPECT_FALSE(literal("f(process.env.HOME)", Language::javascript));
  EXPECT_FALSE(literal("f(process.env['HOME'])", Language::javascript));
  EXPECT_TRUE(literal("f(settings.ROOT)\n"));
  EXPECT_FALSE(literal("def g(x):\n    f(x.replace('a', 'b'))\n"));
  EXPECT_FALSE(literal("def g(x):\n    f(x.name.strip('/'))\n"));
  EXPECT_FALSE(literal("def g(x):\n    f(x.decode('utf-8').split(','))\n"));
  EXPECT_TRUE(literal("x = 'a b'\nf(x.replace('a', 'b'))\n"));
  EXPECT_TRUE(literal("import os\nf(os.path.join('a', 'b'))\n"));
}

TEST(Conditions, KnowWhatBindsAName) {
  const auto literal = [](std::string_view source, Language language = Language::python) {
    return found("    calls: [f]\n    where: {argument: 0, is: not-literal}\n", source, language).empty();
  };
  EXPECT_TRUE(literal("x = 'a'\ndef g(y=x):\n    f(x)\n"));
  EXPECT_TRUE(literal("Name = 'a'\ndef g(y: Name):\n    f(Name)\n"));
  EXPECT_FALSE(literal("x = 'a'\ndef g(y):\n    with open(y) as x:\n        f(x)\n"));
  EXPECT_FALSE(literal("x = 'a'\ndef g():\n    try: h()\n    except E as x:\n        f(x)\n"));
  EXPECT_FALSE(literal("const x = 'a'; y.map(x => f(x));", Language::javascript));
  EXPECT_FALSE(
      literal("const x = 'a'; function g() { try { h() } catch (x) { f(x) } }", Language::javascript));
  EXPECT_FALSE(literal("const x = 'a'; function g({y: x = 1}) { f(x) }", Language::javascript));
  EXPECT_TRUE(literal("const x = 'a'; function g({x: y}) { f(x) }", Language::javascript));
  // An unknown one outside of the function is another name.
  EXPECT_TRUE(literal("with y as x:\n    pass\ndef g():\n    x = 'a'\n    f(x)\n"));
  std::string many;
  for (int i = 0; i < 60; ++i)
    many += "def g" + std::to_string(i) + "():\n    x = 'a'\n";
  EXPECT_FALSE(literal(many + "x = input()\nf(x)\n"));
  EXPECT_FALSE(literal(many + "def h():\n    x = input()\n    f(x)\n"));
}

TEST(Conditions, LookThroughLongSums) {
  std::string sum = "'a'";
  for (int i = 0; i < 200; ++i)
    sum += " + 'a'";
  EXPECT_THAT(found("    calls: [f]\n    where: {argument: 0, is: not-literal}\n", "f(" + sum + ")\n"),
              IsEmpty());
  EXPECT_THAT(
      found("    calls: [f]\n    where: {argument: 0, is: built}\n", "def g(x): f(" + sum + " + x)\n"),
      ElementsAre("1:11"));
}

TEST(Conditions, TellWhatIsBuiltInOtherLanguages) {
  const auto built = [](std::string_view code, Language language) {
    const std::string source =
        language == Language::go     ? "package p\nfunc g(x string) { " + std::string(code) + " }\n"
        : language == Language::java ? "class A { void g(String x) { " + std::string(code) + " } }\n"
                                     : "fn g(x: &str) { " + std::string(code) + " }\n";
    return !found("    calls: [f]\n    where: {argument: 0, is: built}\n", source, language).empty();
  };
  EXPECT_TRUE(built("f(\"a\" + x)", Language::go));
  EXPECT_TRUE(built("q := fmt.Sprintf(\"a %s\", x); f(q)", Language::go));
  EXPECT_FALSE(built("q := fmt.Sprintf(\"a %d\", 1); f(q)", Language::go));
  EXPECT_FALSE(built("f(\"a\", x)", Language::go));
  EXPECT_TRUE(built("String q = \"a\" + x; f(q);", Language::java));
  EXPECT_TRUE(built("f(String.format(\"a %s\", x));", Language::java));
  EXPECT_TRUE(built("f(\"a %s\".formatted(x));", Language::java));
  EXPECT_FALSE(built("f(\"a\" + \"b\");", Language::java));
  EXPECT_TRUE(built("f(&format!(\"a {}\", x));", Language::rust));
  EXPECT_TRUE(built("let q = format!(\"a {x}\"); f(&q);", Language::rust));
  EXPECT_FALSE(built("f(&format!(\"a {}\", 1));", Language::rust));
}

TEST(Conditions, TellWhatIsBuilt) {
  const auto built = [](std::string_view source) {
    return !found("    calls: [f]\n    where: {argument: 0, is: built}\n", source).empty();
  };
  EXPECT_TRUE(built("def g(x):\n    f('a' + x)\n"));
  EXPECT_TRUE(built("def g(x):\n    f('a %s' % x)\n"));
  EXPECT_TRUE(built("def g(x):\n    f('a {}'.format(x))\n"));
  EXPECT_TRUE(built("def g(x):\n    f(f'a {x}')\n"));
  EXPECT_TRUE(built("def g(x):\n    q = f'a {x}'\n    f(q)\n"));
  EXPECT_TRUE(built("def g(x):\n    q = 'a'\n    q += x\n    f(q)\n"));
  EXPECT_FALSE(built("def g(x):\n    f(x)\n"));
  EXPECT_FALSE(built("def g(x, y):\n    f(x + y)\n"));
  EXPECT_FALSE(built("f('a' + 'b')\n"));
}

TEST(Conditions, KnowArguments) {
  const auto calls = [](std::string_view where, std::string_view source) {
    return found("    calls: [f]\n    where: " + std::string(where) + "\n", source).size();
  };
  EXPECT_EQ(calls("{argument: shell, equals: 'True'}", "f(1, shell=True)\nf(1, shell=False)\nf(1)\n"), 1u);
  EXPECT_EQ(calls("{argument: timeout, is: absent}", "f(1)\nf(1, timeout=2)\nf(1, **k)\n"), 1u);
  EXPECT_EQ(calls("{argument: [1, mode], matches: w}", "f(1, 'w')\nf(1, mode='w')\nf('w')\n"), 2u);
  EXPECT_EQ(calls("{argument: any, matches: w}", "f(1, 'w')\nf('w')\nf(1)\n"), 2u);
  EXPECT_EQ(
      calls("{argument: options.check, equals: 'False'}", "f(options={'check': False})\nf(options={})\n"),
      1u);
  EXPECT_EQ(calls("{argument: 1, not-matches: Safe}", "f(1)\nf(1, Safe)\nf(1, Loader)\n"), 2u);
  EXPECT_EQ(calls("{argument: 0, matches: 'request\\.args'}",
                  "def g():\n    x = request.args['a']\n    y = join('b', x)\n    f(y)\n"),
            1u);
}

TEST(Conditions, LookAround) {
  const std::string_view source = "with lock:\n    f()\nf()\n\ndef g():\n    check()\n    f()\n";
  EXPECT_THAT(found("    calls: [f]\n    where: {inside: 'with lock: $$$'}\n", source), ElementsAre("2:5"));
  EXPECT_THAT(found("    calls: [f]\n    where: {not-inside: 'with lock: $$$'}\n", source),
              ElementsAre("3:1", "7:5"));
  EXPECT_THAT(found("    calls: [f]\n    where: {file-lacks: lock}\n", source), IsEmpty());
  EXPECT_THAT(found("    calls: [f]\n    where: [{function-has: '\\Adef'}, {function-has: check}]\n", source),
              ElementsAre("7:5"));
}

TEST(Regexes, SeeOnlyTheirPart) {
  const std::string_view source = "todo = 'todo'  # todo\n";
  EXPECT_THAT(found("    regex: todo\n", source), ElementsAre("1:1"));
  EXPECT_THAT(found("    regex: todo\n    in: string\n", source), ElementsAre("1:9"));
  EXPECT_THAT(found("    regex: todo\n    in: comment\n", source), ElementsAre("1:18"));
  EXPECT_THAT(found("    regex: todo\n    in: text\n", source), ElementsAre("1:1", "1:9", "1:18"));
}

TEST(Queries, AreFoundWithTheirPredicates) {
  EXPECT_THAT(
      found("    query: '((call function: (identifier) @f) (#any-of? @f \"a\" \"b\"))'\n", "a()\nc()\nb()\n"),
      ElementsAre("1:1", "3:1"));
  EXPECT_THAT(found("    query: '((identifier) @i (#not-match? @i \"^a\"))'\n", "ab\nba\n"),
              ElementsAre("2:1"));
}

TEST(Regexes, SeeBlanksForWhatTheyDoNotSee) {
  EXPECT_THAT(found("    regex: 'call\\(     \\)'\n", "call(/*a*/)", Language::javascript),
              ElementsAre("1:1"));
}

TEST(Queries, SayWhatPlaceIsMeant) {
  const std::string_view source = "def f(p):\n  g(p)\n";
  EXPECT_THAT(
      found("    query: '(function_definition (parameters (identifier) @p) (block (_) @call))'\n", source),
      ElementsAre("1:7"));
  EXPECT_THAT(
      found("    query: '(function_definition (parameters (identifier) @p) (block (_) @here))'\n", source),
      ElementsAre("2:3"));
}

TEST(Queries, AreJoinedAsFarAsTheyMay) {
  // Each is nearly as long as one may be, by its comment.
  std::string text = "rules:\n";
  for (const std::string name : {"a", "b", "c"}) {
    std::string rule = rule_text("    query: |\n      ; " + std::string(9'000, 'x') +
                                 "\n      ((call function: (identifier) @f) (#eq? @f \"" + name + "\"))\n");
    rule.replace(rule.find("test.rule"), 9, "test." + name);
    text += rule.substr(rule.find('\n') + 1);
  }
  const RuleSet set = rule_set(text);
  const RuleResult result = run(set, Language::python, "c()\na()\nb()\n");
  std::vector<std::string> rules;
  for (const model::Finding& each : result.findings)
    rules.push_back(each.rule);
  EXPECT_THAT(rules, ElementsAre("test.c", "test.a", "test.b"));
  EXPECT_THAT(result.ran, ElementsAre("test.a", "test.b", "test.c"));
}

TEST(Findings, MayBeginAtTheSamePlace) {
  EXPECT_THAT(found("    calls: ['*.run']\n", "a.run(1).run(2)\n"), ElementsAre("1:1", "1:1"));
  EXPECT_THAT(found("    patterns: [f($X), f(1)]\n", "f(1)\n"), ElementsAre("1:1"));
}

TEST(Findings, AreForAnyTerminal) {
  const RuleSet rules = rule_set(
      "rules:\n  - id: test.rule\n    languages: [python]\n    message: \"\\e[31m$X\"\n    why: w\n    fix: "
      "f\n"
      "    severity: error\n    pattern: f($X)\n    examples: {match: [a], no-match: [b]}\n");
  const RuleResult result = run(rules, Language::python, "f('\x1b[2J')\n");
  ASSERT_EQ(result.findings.size(), 1u);
  EXPECT_EQ(result.findings[0].message.find('\x1b'), std::string::npos);
  EXPECT_EQ(result.findings[0].excerpt.find('\x1b'), std::string::npos);
}

TEST(Findings, SayWhere) {
  const RuleSet rules = rule_set(
      "rules:\n  - id: test.rule\n    languages: [python]\n    message: '$X goes to `$OF`'\n    why: w\n    "
      "fix: f\n"
      "    severity: error\n    confidence: high\n    cwe: [CWE-1]\n    owasp: A01:2021\n    pattern: "
      "$OF.run($X)\n"
      "    examples: {match: [a], no-match: [b]}\n");
  const RuleResult result =
      run(rules, Language::python, "class A:\n    def m(self):\n        é = a.run(\n1)\n");
  ASSERT_EQ(result.findings.size(), 1u);
  const model::Finding& finding = result.findings[0];
  EXPECT_EQ(finding.rule, "test.rule");
  EXPECT_EQ(finding.message, "1 goes to `a`");
  EXPECT_EQ(finding.at, (model::Region{3, 13, 4, 3}));
  EXPECT_EQ(finding.symbol, "A.m");
  EXPECT_EQ(finding.excerpt, "é = a.run(");
  EXPECT_EQ(finding.severity, model::Severity::error);
  EXPECT_EQ(finding.confidence, model::Confidence::high);
  EXPECT_THAT(finding.cwe, ElementsAre("CWE-1"));
  EXPECT_EQ(finding.owasp, "A01:2021");
  EXPECT_THAT(result.ran, ElementsAre("test.rule"));
}

TEST(Findings, NameTheFunctionAroundThem) {
  const auto symbol = [](Language language, std::string_view source) {
    const RuleSet rules = rule_set(rule_text("    calls: [f]\n", base::name_of(language)));
    const RuleResult result = run(rules, language, source);
    return result.findings.empty() ? std::string("nothing") : result.findings[0].symbol;
  };
  EXPECT_EQ(symbol(Language::javascript, "class A { m() { f(); } }"), "A.m");
  EXPECT_EQ(symbol(Language::javascript, "const g = () => f();"), "g");
  EXPECT_EQ(symbol(Language::javascript, "x.g = function () { f(); };"), "x.g");
  EXPECT_EQ(symbol(Language::typescript, "class A { g = () => { f(); } }"), "A.g");
  EXPECT_EQ(symbol(Language::c, "static int *g(int a) { return f(); }"), "g");
  EXPECT_EQ(symbol(Language::cpp, "std::string A::g(int a) { return f(); }"), "A::g");
  EXPECT_EQ(symbol(Language::cpp, "namespace n { class A { int g() { return f(); } }; }"), "n::A::g");
  EXPECT_EQ(symbol(Language::python, "f()\n"), "");
}

TEST(Rules, OfTextGoByTheNamesOfFiles) {
  const RuleSet rules = rule_set(
      "rules:\n  - id: test.rule\n    files: [Dockerfile, 'a/*.yml']\n    message: m\n    why: w\n    fix: "
      "f\n"
      "    severity: note\n    regex: bad\n    examples: {match: [bad], no-match: [b]}\n");
  EXPECT_EQ(rules.run({"x/Dockerfile", "bad", nullptr}).findings.size(), 1u);
  EXPECT_EQ(rules.run({"a/b.yml", "bad", nullptr}).findings.size(), 1u);
  EXPECT_EQ(rules.run({"b/b.yml", "bad", nullptr}).findings.size(), 0u);
  EXPECT_THAT(rules.run({"b/b.yml", "bad", nullptr}).ran, IsEmpty());
}

TEST(Rules, InScriptsSeeScriptsAlone) {
  const RuleSet rules = rule_set(
      "rules:\n  - id: test.rule\n    files: ['*.yml']\n    message: m\n    why: w\n    fix: f\n"
      "    severity: note\n    regex: bad\n    in: script\n    examples: {match: ['run: bad'], no-match: "
      "[b]}\n");
  const std::string_view text =
      "bad: 1\nsteps:\n  - run: bad\n  - run: |\n      bad\n\n      bad\n    env: bad\n  - script:\n    - "
      "bad\n    other: bad\n";
  EXPECT_THAT(places(rules.run({"w.yml", text, nullptr})), ElementsAre("3:10", "5:7", "7:7", "10:7"));
}

}  // namespace
}  // namespace fleet::analysis
