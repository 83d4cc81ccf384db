#include "syntax/codemod.h"

#include <gmock/gmock.h>

#include <thread>

namespace fleet::syntax {
namespace {

using testing::HasSubstr;

Codemod compiled(const CodemodRequest& request) {
  auto codemod = Codemod::compile(request);
  EXPECT_TRUE(codemod) << codemod.error().message();
  return *codemod;
}

std::string refusal(const CodemodRequest& request) {
  const auto codemod = Codemod::compile(request);
  return codemod ? "compiled" : codemod.error().message();
}

const CodemodRequest kRename{"typescript", "oldName($$$ARGS)", "newName($$$ARGS)"};
CodemodRequest regex(std::string find, std::string replace) {
  return {"", std::move(find), std::move(replace), true};
}

TEST(Codemod, RewritesAFileAndSaysWhere) {
  const auto result = compiled(kRename).apply("a.ts", "oldName(oldName(1));\n  oldName();\n");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->text, "newName(newName(1));\n  newName();\n");
  EXPECT_EQ(result->places, (std::vector<Place>{{1, 1}, {1, 9}, {2, 3}}));
}

TEST(Codemod, LeavesFilesWithoutAPlaceAsTheyAre) {
  for (const std::string& source : {std::string("other(1);\r\n"), std::string("oldName\n"), std::string(),
                                    std::string("{{{ oldName"), std::string("oldName(1)\0", 11)}) {
    const auto result = compiled(kRename).apply("a.ts", source);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->text, source);
    EXPECT_TRUE(result->places.empty());
  }
}

TEST(Codemod, DoesNotParseFilesThatLackANameOfThePattern) {
  Bounds bounds;
  bounds.max_bytes = 4;
  EXPECT_TRUE(compiled(kRename).apply("a.ts", "something_else()", bounds));
  EXPECT_FALSE(compiled(kRename).apply("a.ts", "oldName()", bounds));
}

TEST(Codemod, CoversTheFilesOfItsLanguage) {
  EXPECT_TRUE(compiled(kRename).covers("src/a.ts"));
  EXPECT_FALSE(compiled(kRename).covers("src/a.tsx"));
  EXPECT_TRUE(compiled(regex("a", "b")).covers("anything at all"));
}

TEST(Codemod, NamesTheFileThatItRefuses) {
  const auto codemod = compiled({"typescript", "f($X)", "g(($X)"});
  const auto result = codemod.apply("src/a.ts", "f(1)");
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message(), HasSubstr("src/a.ts"));
  EXPECT_THAT(result.error().message(), HasSubstr("would not parse"));
  Bounds bounds;
  bounds.max_bytes = 2;
  EXPECT_THAT(codemod.apply("src/a.ts", "f(1)", bounds).error().message(), HasSubstr("src/a.ts"));
}

TEST(Codemod, SaysWhatIsWrongBeforeAnyFileIsRead) {
  EXPECT_THAT(refusal({"cobol", "a", "b"}), HasSubstr("no language `cobol`"));
  EXPECT_THAT(refusal({"cobol", "a", "b"}), HasSubstr("typescript"));
  EXPECT_THAT(refusal({"python", "f($X", "b"}), HasSubstr("does not parse"));
  EXPECT_THAT(refusal({"python", "f($X)", "$Y"}), HasSubstr("`$Y` names nothing"));
  EXPECT_THAT(refusal(regex("(a", "b")), HasSubstr("missing )"));
  EXPECT_THAT(refusal(regex("(a)", "$2")), HasSubstr("no group 2"));
  EXPECT_THAT(refusal(regex("(a)", "${x}")), HasSubstr("no group `x`"));
  EXPECT_THAT(refusal(regex("(?P<x>a)", "${x")), HasSubstr("no group"));
  EXPECT_THAT(refusal(regex("(a)", "\\1")), HasSubstr("`$1`, not `\\1`"));
  EXPECT_THAT(refusal(regex("(a)", std::string("b\0", 2))), HasSubstr("NUL"));
}

TEST(Codemod, ReplacesPlainTextByARegularExpression) {
  const auto result = compiled(regex("^version = (?P<major>\\d+)\\.(\\d+)$", "version = ${major}.$2.0 $$"))
                          .apply("a.toml", "version = 1.2\r\nx\nversion = 3.4\n version = 5.6\n");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->text, "version = 1.2\r\nx\nversion = 3.4.0 $\n version = 5.6\n");
  EXPECT_EQ(result->places, (std::vector<Place>{{3, 1}}));
}

TEST(Codemod, WithARegularExpressionKeepsKnownLanguagesParsing) {
  const auto codemod = compiled(regex("\\(1\\)", "(1"));
  EXPECT_EQ(codemod.apply("notes.txt", "f(1)")->text, "f(1");
  const auto refused = codemod.apply("a.py", "f(1)\n");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message(), HasSubstr("a.py"));
  EXPECT_THAT(refused.error().message(), HasSubstr("would not parse as python"));
}

TEST(Codemod, WithARegularExpressionRefusesAnErrorWhereThereWasNone) {
  const auto codemod = compiled(regex("\\]\\]|1\\)|v", ""));
  EXPECT_EQ(codemod.apply("a.py", "x = v ]] v\ny = f(2)\n")->text, "x =   \ny = f(2)\n");
  // One error goes and another one comes.
  EXPECT_THAT(codemod.apply("a.py", "x = 1 ]]\ny = f(1)\n").error().message(),
              HasSubstr("line 2, column 1: `y = f(`"));
  // Within an error the parser only guesses.
  EXPECT_EQ(compiled(regex("void", "long long")).apply("a.h", "int )) void void ((;\nint b;\n")->text,
            "int )) long long long long ((;\nint b;\n");
}

TEST(Codemod, WithARegularExpressionCountsPlacesThatAlreadyReadSo) {
  const auto result = compiled(regex("colou?r", "color")).apply("notes", "color colour color\n");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->text, "color color color\n");
  EXPECT_EQ(result->places, (std::vector<Place>{{1, 1}, {1, 7}, {1, 14}}));
  EXPECT_EQ(result->same, 2u);
  EXPECT_EQ(compiled(regex("^", "> ")).apply("notes", "a\nb")->text, "> a\n> b");
}

TEST(Codemod, WithARegularExpressionRefusesALongFileOnlyForAPlaceInIt) {
  Bounds bounds;
  bounds.max_bytes = 10;
  const auto codemod = compiled(regex("old", "young"));
  EXPECT_EQ(codemod.apply("long.txt", "nothing to find", bounds)->places.size(), 0u);
  const auto refused = codemod.apply("long.txt", "something old", bounds);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message(), HasSubstr("long.txt: it has 13 bytes, more than the 10"));
  EXPECT_THAT(refused.error().message(), HasSubstr("leave the file out"));
  EXPECT_THAT(codemod.apply("long.txt", "old old", bounds).error().message(),
              HasSubstr("the result has 11 bytes"));
}

TEST(Codemod, TakesDollarsOfTheLanguageAsTheyStand) {
  EXPECT_EQ(compiled({"javascript", "f(`${{a: 1}}`)", "g(`${{a: 2}} ${b}`)"})
                .apply("a.js", "f(`${{a: 1}}`);\n")
                ->text,
            "g(`${{a: 2}} ${b}`);\n");
}

TEST(Codemod, StopsWhenToldTo) {
  const std::atomic<bool> stop = true;
  Bounds bounds;
  bounds.stop = &stop;
  const auto stopped = compiled(kRename).apply("a.ts", "oldName(1);", bounds);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().fault, base::Fault::world);
}

TEST(Codemod, IsSharedByThreads) {
  const Codemod codemod = compiled(kRename);
  const Codemod plain = compiled(regex("old(\\w+)", "new$1"));
  std::vector<std::thread> threads;
  std::atomic<int> good = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 100; ++round) {
        good += codemod.apply("a.ts", "oldName(1)")->text == "newName(1)";
        good += plain.apply("a.ts", "oldName(1)")->text == "newName(1)";
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_EQ(good, 800);
}

}  // namespace
}  // namespace fleet::syntax
