#include "analysis/suppressions.h"

#include <gmock/gmock.h>

#include <optional>

namespace fleet::analysis {
namespace {

using syntax::Language;
using testing::ElementsAre;
using testing::IsEmpty;

model::Finding at(std::uint32_t line, std::string rule = "a.b") {
  model::Finding finding;
  finding.rule = std::move(rule);
  finding.at = {line, 1, line, 2};
  return finding;
}

struct Marked {
  std::vector<std::string> reasons;  // by finding; "-": not suppressed
  std::vector<std::string> about;    // `line: rule`
};

Marked mark(std::string_view source, std::vector<model::Finding> findings,
            std::optional<Language> language = Language::python, Ran ran = Ran::yes) {
  std::optional<syntax::Tree> tree;
  if (language) tree = *syntax::parse(*language, source);
  const syntax::Tree* used = tree ? &*tree : nullptr;
  const auto about = apply_suppressions(find_suppressions(source, used), findings, "f", source, used,
                                        [&](std::string_view) { return ran; });
  Marked marked;
  for (const model::Finding& each : findings)
    marked.reasons.push_back(each.suppression.value_or("-"));
  for (const model::Finding& each : about)
    marked.about.push_back(std::to_string(each.at.line) + ": " + each.rule);
  return marked;
}

TEST(Suppressions, HoldOnTheirLine) {
  EXPECT_THAT(mark("f()  # fleet:ignore a.b it is fine\ng()\n", {at(1), at(2)}).reasons,
              ElementsAre("it is fine", "-"));
}

TEST(Suppressions, HoldBelowTheirOwnLines) {
  EXPECT_THAT(mark("# fleet:ignore a.b fine\n# and more\nf()\nf()\n", {at(3), at(4)}).reasons,
              ElementsAre("fine", "-"));
  EXPECT_THAT(mark("g()  # fleet:ignore a.b fine\nf()\n", {at(2)}).reasons, ElementsAre("-"));
}

TEST(Suppressions, HoldOnAnyLineOfTheStatement) {
  const std::string_view source = "f(1,\n  2,  # fleet:ignore a.b fine\n  3)\nf()\n";
  EXPECT_THAT(mark(source, {at(1), at(2), at(3), at(4)}).reasons, ElementsAre("fine", "fine", "fine", "-"));
  EXPECT_THAT(mark("x = f(\n  1,\n  # fleet:ignore a.b fine\n  2)\n", {at(1)}).reasons, ElementsAre("fine"));
  EXPECT_THAT(mark("f(1,\n  2)  // fleet:ignore a.b fine\n", {at(1)}, Language::javascript).reasons,
              ElementsAre("fine"));
}

TEST(Suppressions, DoNotReachIntoBodies) {
  EXPECT_THAT(mark("# fleet:ignore a.b fine\nif f():\n  g()\n", {at(2), at(3)}).reasons,
              ElementsAre("fine", "-"));
  EXPECT_THAT(
      mark("// fleet:ignore a.b fine\non(f(), () => {\n  g();\n});\n", {at(2), at(3)}, Language::javascript)
          .reasons,
      ElementsAre("fine", "-"));
  EXPECT_THAT(mark("if f():\n  g()  # fleet:ignore a.b fine\n", {at(1), at(2)}).reasons,
              ElementsAre("-", "fine"));
}

TEST(Suppressions, NameSeveralRules) {
  EXPECT_THAT(mark("f()  # fleet:ignore a.b, c.d both\n", {at(1), at(1, "c.d"), at(1, "e.f")}).reasons,
              ElementsAre("both", "both", "-"));
}

TEST(Suppressions, StandInComments) {
  EXPECT_THAT(mark("f('# fleet:ignore a.b')\n", {at(1)}).reasons, ElementsAre("-"));
  EXPECT_THAT(mark("f(); /* fleet:ignore a.b fine */", {at(1)}, Language::c).reasons, ElementsAre("fine"));
  EXPECT_THAT(mark("RUN x # fleet:ignore a.b fine\n", {at(1)}, std::nullopt).reasons, ElementsAre("fine"));
  EXPECT_THAT(mark("# fleet:ignore a.b fine\nRUN x\n", {at(2)}, std::nullopt).reasons, ElementsAre("fine"));
  EXPECT_THAT(mark("x: fleet:ignore a.b\n", {at(1)}, std::nullopt).reasons, ElementsAre("-"));
  // It is written about.
  const auto quoted = mark("f()  # `fleet:ignore a.b` is a comment\n", {at(1)});
  EXPECT_THAT(quoted.reasons, ElementsAre("-"));
  EXPECT_THAT(quoted.about, IsEmpty());
}

TEST(Suppressions, OfTextBeginWhereTheirCommentDoes) {
  // What stands before the comment is code: it is for its own line alone.
  EXPECT_THAT(mark("- run: x # fleet:ignore a.b fine\n- run: y\n", {at(1), at(2)}, std::nullopt).reasons,
              ElementsAre("fine", "-"));
  EXPECT_THAT(mark("a; b # fleet:ignore a.b fine\nc\n", {at(2)}, std::nullopt).reasons, ElementsAre("-"));
  EXPECT_THAT(mark("get https://x fleet:ignore a.b\n", {at(1)}, std::nullopt).reasons, ElementsAre("-"));
  EXPECT_THAT(mark("run --x fleet:ignore a.b\n", {at(1)}, std::nullopt).reasons, ElementsAre("-"));
  EXPECT_THAT(mark("  -- fleet:ignore a.b fine\nc\n", {at(2)}, std::nullopt).reasons, ElementsAre("fine"));
  EXPECT_THAT(mark("; fleet:ignore a.b fine\nc\n", {at(2)}, std::nullopt).reasons, ElementsAre("fine"));
  EXPECT_THAT(mark("# fleet:ignore a.b fine\n- x: y\n- z\n", {at(2), at(3)}, std::nullopt).reasons,
              ElementsAre("fine", "-"));
}

TEST(Suppressions, PassCommentsByTheTree) {
  // What only looks like a comment ends the lines that are passed.
  EXPECT_THAT(mark("# fleet:ignore a.b fine\nx = \"\"\"\n# one\n\"\"\"\nf()\n", {at(5)}).reasons,
              ElementsAre("-"));
  EXPECT_THAT(mark("// fleet:ignore a.b fine\n*p = f();\ng();\n", {at(2), at(3)}, Language::c).reasons,
              ElementsAre("fine", "-"));
  EXPECT_THAT(mark("/* fleet:ignore a.b fine\n   more */\nf();\ng();\n", {at(3), at(4)}, Language::javascript)
                  .reasons,
              ElementsAre("fine", "-"));
  EXPECT_THAT(
      mark("# fleet:ignore a.b fine\n@app.route('/')\ndef g(x=f()):\n    f()\n", {at(3), at(4)}).reasons,
      ElementsAre("fine", "-"));
  EXPECT_THAT(
      mark("class A {\n  // fleet:ignore a.b fine\n  int x = f();\n}\n", {at(3)}, Language::java).reasons,
      ElementsAre("fine"));
  EXPECT_THAT(mark("fn g() {\n  let x = f(); // fleet:ignore a.b fine\n}\n", {at(2)}, Language::rust).reasons,
              ElementsAre("fine"));
}

TEST(Suppressions, AreTakenUpToABound) {
  std::string source;
  std::vector<model::Finding> findings;
  for (std::uint32_t i = 0; i < kMostSuppressions + 2; ++i) {
    source += "f()  # fleet:ignore a.b fine\n";
    findings.push_back(at(i + 1));
  }
  const Marked marked = mark(source, findings);
  EXPECT_EQ(marked.reasons[kMostSuppressions - 1], "fine");
  EXPECT_EQ(marked.reasons[kMostSuppressions], "-");
  EXPECT_THAT(marked.about, ElementsAre("2001: fleet.too-many-suppressions"));
}

TEST(Suppressions, ThatSuppressNothingAreSaid) {
  EXPECT_THAT(mark("f()  # fleet:ignore a.b fine\n", {}).about, ElementsAre("1: fleet.unused-suppression"));
  EXPECT_THAT(mark("f()  # fleet:ignore a.b fine\n", {}, Language::python, Ran::no).about, IsEmpty());
  EXPECT_THAT(mark("f()  # fleet:ignore a.b fine\n", {at(1)}).about, IsEmpty());
  EXPECT_THAT(mark("f()  # fleet:ignore a.b, c.d fine\n", {at(1)}).about,
              ElementsAre("1: fleet.unused-suppression"));
}

TEST(Suppressions, WithoutARuleAreSaid) {
  const Marked marked = mark("f()  # fleet:ignore this one\n", {at(1)});
  EXPECT_THAT(marked.reasons, ElementsAre("-"));
  EXPECT_THAT(marked.about, ElementsAre("1: fleet.suppression-without-rule"));
}

}  // namespace
}  // namespace fleet::analysis
