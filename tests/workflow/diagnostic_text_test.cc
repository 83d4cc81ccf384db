#include "workflow/diagnostic_text.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <string>

namespace fleet::workflow {
namespace {

using testing::HasSubstr;
using testing::Not;

model::Diagnostic at(int line, int column, int length, std::string message, std::string suggestion = {}) {
  return {"w.yml", {line, column}, length, std::move(message), std::move(suggestion)};
}

TEST(DiagnosticText, ShowsTheLineACaretAndWhatToDo) {
  EXPECT_EQ(
      diagnostic_text({at(2, 3, 4, "unknown key `need`", "did you mean `needs`?")}, "a:\n  need: [b]\n"),
      "w.yml:2:3: error: unknown key `need`\n"
      "    2 |   need: [b]\n"
      "      |   ^~~~\n"
      "help: did you mean `needs`?\n");
}

TEST(DiagnosticText, GoesByPlace) {
  EXPECT_EQ(diagnostic_text({at(2, 1, 1, "later"), at(1, 2, 1, "second"), at(1, 1, 1, "first")}, "xy\nz"),
            "w.yml:1:1: error: first\n    1 | xy\n      | ^\n\n"
            "w.yml:1:2: error: second\n    1 | xy\n      |  ^\n\n"
            "w.yml:2:1: error: later\n    2 | z\n      | ^\n");
}

TEST(DiagnosticText, SaysNothingOfNoErrors) {
  EXPECT_EQ(diagnostic_text({}, "x"), "");
}

TEST(DiagnosticText, NeedsNoPlaceInTheSource) {
  EXPECT_EQ(diagnostic_text({at(0, 0, 1, "everywhere")}, "x"), "w.yml: error: everywhere\n");
  EXPECT_EQ(diagnostic_text({at(9, 1, 1, "beyond")}, "x"), "w.yml:9:1: error: beyond\n");
  EXPECT_THAT(diagnostic_text({at(1, 50, 9, "past the end")}, "x"), HasSubstr("| x\n      |  ^\n"));
}

TEST(DiagnosticText, AlignsTheCaretBehindTabsAndWideCharacters) {
  EXPECT_THAT(diagnostic_text({at(1, 2, 1, "m")}, "\tx"), HasSubstr("|     x\n      |     ^\n"));
  EXPECT_THAT(diagnostic_text({at(1, 3, 2, "m")}, "漢字ab"), HasSubstr("| 漢字ab\n      |     ^~\n"));
  EXPECT_THAT(diagnostic_text({at(1, 2, 1, "m")},
                              "\xef\xbb\xbf"
                              "ab"),
              HasSubstr("|  ^\n"));
  EXPECT_THAT(diagnostic_text({at(1, 1, 1, "m")}, "ab\r\ncd\r\n"), HasSubstr("| ab\n"));
}

TEST(DiagnosticText, TrimsALongLineAroundTheCaret) {
  const std::string line = fmt::format("{:a>500}HERE{:b>500}", "", "");
  const std::string text = diagnostic_text({at(1, 501, 4, "m")}, line);
  EXPECT_THAT(text, HasSubstr(fmt::format("...{:a>32}HERE{:b>60}...\n", "", "")));
  EXPECT_THAT(text, HasSubstr(fmt::format("| {: >35}^~~~\n", "")));
  EXPECT_THAT(diagnostic_text({at(1, 1, 1004, "m")}, line), HasSubstr(fmt::format("^{:~>95}\n", "")));
}

TEST(DiagnosticText, ShowsNothingThatATerminalObeys) {
  const std::string text = diagnostic_text({at(1, 1, 1, "a\x1b[31mb\nc", "d\re\x07")},
                                           "x\x1b]0;title\x07 \xe2\x80\xae rtl \xff\n");
  for (const char* bad : {"\x1b", "\x07", "\r", "\xe2\x80\xae", "\xff"})
    EXPECT_THAT(text, Not(HasSubstr(bad)));
}

TEST(DiagnosticText, ColoursOnlyWhenAsked) {
  const model::Diagnostics found{at(1, 1, 1, "m", "s")};
  EXPECT_THAT(diagnostic_text(found, "x", Colour::off), Not(HasSubstr("\x1b")));
  EXPECT_THAT(diagnostic_text(found, "x", Colour::on), HasSubstr("\x1b[1;31merror:\x1b[0m"));
}

TEST(DiagnosticText, IndentsFurtherLinesOfASuggestion) {
  EXPECT_THAT(diagnostic_text({at(1, 1, 1, "m", "write:\n  env:\n    A: b")}, "x"),
              HasSubstr("help: write:\n      env:\n        A: b\n"));
}

TEST(DiagnosticText, HidesASecretOnEveryLineThatShowsIt) {
  model::Diagnostic secret = at(1, 6, 7, "a secret");
  secret.secret = true;
  const std::string text = diagnostic_text({secret, at(1, 15, 1, "another")}, "key: hunter2, x: y");
  EXPECT_THAT(text, Not(HasSubstr("hunter2")));
  EXPECT_THAT(text, HasSubstr("| key: ***, x: y\n      |      ^~~\n"));
  EXPECT_THAT(text, HasSubstr("| key: ***, x: y\n      |           ^\n"));
}

TEST(DiagnosticText, HidesWhatLooksLikeAnApiKeyInAnyText) {
  const std::string key = "sk-FAKE4fakeFAKE4fakeFAKE4fake";
  const std::string text = diagnostic_text({at(1, 1, 1, "no " + key, "not `" + key + "`")}, "x: " + key);
  EXPECT_EQ(text, "w.yml:1:1: error: no ***\n    1 | x: ***\n      | ^\nhelp: not `***`\n");
}

}  // namespace
}  // namespace fleet::workflow
