#include <gmock/gmock.h>

#include <limits>
#include <random>
#include <thread>

#include "syntax/blank_macros.h"
#include "syntax/codemod.h"
#include "syntax/layout.h"
#include "syntax/matches.h"

// Sources and patterns that mean harm, or were cut off, mangled, generated.
namespace fleet::syntax {
namespace {

using enum Language;
using testing::HasSubstr;

std::string repeat(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i)
    out += text;
  return out;
}

TEST(Hostile, DeepNestingNeedsNoStack) {
  constexpr std::size_t kDepth = 100'000;
  const std::string parens = "x = " + repeat("(", kDepth) + "1" + repeat(")", kDepth) + ";";
  EXPECT_EQ(matches(javascript, "x = $Y", parens).size(), 1u);
  const std::string lists = repeat("[", kDepth / 10) + repeat("]", kDepth / 10);
  EXPECT_EQ(rewritten(javascript, "missing($X)", "f($X)", lists), lists);
  const std::string sum = "x = a" + repeat(" + a", kDepth / 10) + ";";
  EXPECT_EQ(matches(javascript, "b + $X", sum).size(), 0u);
  EXPECT_EQ(matches(javascript, "x = $Y;", sum).size(), 1u);
}

TEST(Hostile, UnclosedNestingIsParsedOrRefusedInTime) {
  Bounds bounds;
  bounds.time = std::chrono::seconds(1);
  for (const Language language : kAllLanguages) {
    for (const char* opening :
         {"(", "[", "{", "<", "\"", "`${", "f(", "a?", "/*", "if (", "#if 1\n", "<a>"}) {
      const auto tree = parse(language, repeat(opening, 1'000), bounds);
      EXPECT_TRUE(tree || tree.error().message().find("longer than 1s") != std::string::npos);
    }
  }
}

TEST(Hostile, AnyBytesMakeATree) {
  std::mt19937 random(1);
  const std::string_view pieces[] = {"(",
                                     ")",
                                     "{",
                                     "}",
                                     "\"",
                                     "'",
                                     "`",
                                     "\\",
                                     "\n",
                                     "\r",
                                     "    ",
                                     "\t",
                                     "\xff",
                                     "\xc3",
                                     "\xed\xa0\x80",
                                     "\xf4\x90\x80\x80",
                                     "$",
                                     "#",
                                     "if",
                                     "def",
                                     "class",
                                     "f",
                                     "=>",
                                     "<",
                                     ">",
                                     "/*",
                                     "//",
                                     ":",
                                     ";",
                                     ",",
                                     std::string_view("\0", 1),
                                     "R\"x(",
                                     "#define",
                                     "${",
                                     "@",
                                     "1e",
                                     "0x"};
  for (const Language language : kAllLanguages) {
    for (int round = 0; round < 200; ++round) {
      std::string source;
      for (auto i = random() % 60; i > 0; --i)
        source += pieces[random() % std::size(pieces)];
      const auto tree = parse(language, source);
      ASSERT_TRUE(tree);
      for (const Node& node : tree->nodes()) {
        ASSERT_LE(node.span.start, node.span.end);
        ASSERT_LE(node.span.end, source.size());
        ASSERT_LE(node.next, tree->nodes().size());
      }
    }
  }
}

TEST(Hostile, AnyPatternIsCompiledOrRefused) {
  std::mt19937 random(2);
  const std::string_view pieces[] = {"$X",     "$$$Y", "$_",      "$$$", "$", "$$", "(",    ")",  "{",
                                     "}",      ",",    ";",       ":",   "f", "x.", "=",    "\n", "\"",
                                     "class ", "if ",  "return ", "=>",  "<", ">",  "\xff", "@",  "1"};
  for (const Language language : kAllLanguages) {
    for (int round = 0; round < 300; ++round) {
      std::string text;
      for (auto i = 1 + random() % 8; i > 0; --i)
        text += pieces[random() % std::size(pieces)];
      const auto pattern = Pattern::compile(language, text);
      if (!pattern) {
        EXPECT_EQ(pattern.error().fault, base::Fault::input);
        continue;
      }
      // What a pattern was made of, it finds; and put in its own place it changes nothing.
      std::string source = "f(x.a, [1, 2]); if (x) { return; } else { f(1) }\n";
      const auto same = Replacement::compile(*pattern, text);
      const auto tree = parse(language, source);
      if (same) {
        EXPECT_EQ(rewrite(*pattern, *same, "", *tree).value_or(Rewritten{}).text, source) << text;
      }
    }
  }
}

TEST(Hostile, PatternsHaveBounds) {
  EXPECT_THAT(Pattern::compile(javascript, "").error().message(), HasSubstr("empty"));
  EXPECT_THAT(Pattern::compile(javascript, " \n ").error().message(), HasSubstr("empty"));
  EXPECT_THAT(Pattern::compile(javascript, "// only this").error().message(), HasSubstr("no code"));
  EXPECT_THAT(Pattern::compile(javascript, repeat("a", 20'000)).error().message(), HasSubstr("longer than"));
  EXPECT_THAT(Pattern::compile(javascript, std::string("f(\0)", 4)).error().message(), HasSubstr("NUL"));
  EXPECT_THAT(
      Pattern::compile(javascript, "a(" + repeat("(", 300) + "1" + repeat(")", 301)).error().message(),
      HasSubstr("nested deeper"));
  EXPECT_THAT(Pattern::compile(javascript, "f(1); g(2)").error().message(), HasSubstr("2 pieces"));
  EXPECT_THAT(Pattern::compile(javascript, "$$$A").error().message(), HasSubstr("any code"));
  EXPECT_THAT(Pattern::compile(python, "if $X").error().message(), HasSubstr("does not parse at line 1"));
}

TEST(Hostile, ManyOpenEndsTakeNoExponentialTime) {
  const std::string list = "f(" + repeat("a, ", 3000) + "b)";
  EXPECT_EQ(matches(javascript, "f($$$, a, $$$, a, $$$, a, $$$, a, $$$, c, $$$)", list).size(), 0u);
  EXPECT_EQ(matches(javascript, "f($$$, a, $$$, a, $$$, a, $$$, b)", list).size(), 1u);
}

TEST(Hostile, SearchesWithRepeatedNamesAreCutOffAndSaySo) {
  const auto pattern = Pattern::compile(javascript, "f($$$, $A, $$$, $B, $$$, $A, $$$, $B, $$$, c)");
  std::string source = "f(";
  for (int i = 0; i < 300; ++i)
    source += "a" + std::to_string(i % 7) + ", ";
  source += "d)";
  const auto tree = parse(javascript, source);
  Bounds bounds;
  bounds.match_steps = 1'000'000;
  const auto found = find_all(*pattern, *tree, bounds);
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().message(), HasSubstr("more than 1000000 steps"));
}

// What looks back to the start of the line for each place would never end here.
TEST(Hostile, ALongLineTakesNoSquareTime) {
  constexpr std::size_t kPlaces = 500'000;
  const std::string blanks = std::string(kPlaces, ' ') + repeat("f(a);", kPlaces);
  const Layout layout(Tree(javascript, blanks, {}));
  std::size_t indents = 0;
  for (std::size_t at = 0; at < blanks.size(); ++at)
    indents += layout.indent_at(static_cast<std::uint32_t>(at)).size() == kPlaces;
  EXPECT_EQ(indents, blanks.size() - kPlaces);

  const std::string macros = repeat("int X_API a;", kPlaces);
  EXPECT_EQ(blank_export_macros(macros), repeat("int       a;", kPlaces));
  EXPECT_EQ(blank_export_macros("# " + macros), std::nullopt);
  EXPECT_EQ(blank_export_macros("  #if\n" + macros + "\n#\nX_API b"),
            "  #if\n" + repeat("int       a;", kPlaces) + "\n#\n      b");
}

TEST(Hostile, ASearchIsStoppedInTheMiddleOfAMatch) {
  const auto pattern = Pattern::compile(javascript, "f($$$, $A, $$$, $B, $$$, $A, $$$, $B, $$$, c)");
  std::string source = "f(";
  for (int i = 0; i < 2'000; ++i)
    source += "a" + std::to_string(i % 7) + ", ";
  source += "d)";
  const auto tree = parse(javascript, source);
  std::atomic<bool> stop = false;
  Bounds bounds;
  bounds.match_steps = std::numeric_limits<std::uint64_t>::max();
  bounds.stop = &stop;
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    stop = true;
  });
  const auto found = find_all(*pattern, *tree, bounds);
  other.join();
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().fault, base::Fault::world);
}

TEST(Hostile, SourcesWithNulAreNotRewritten) {
  EXPECT_THAT(rewritten(typescript, "f($X)", "g($X)", std::string("f(1)\0", 5)), HasSubstr("NUL"));
}

TEST(Hostile, SourcesThatAreNotUtf8KeepTheirBytes) {
  EXPECT_EQ(rewritten(typescript, "f($X)", "g($X)", "/* \xff\xfe */ f(\"\xe9t\xe9\"); // \xc3"),
            "/* \xff\xfe */ g(\"\xe9t\xe9\"); // \xc3");
  EXPECT_EQ(rewritten(python, "f($X)", "g($X)",
                      "\xef\xbb\xbf"
                      "f(1)\n"),
            "\xef\xbb\xbf"
            "g(1)\n");
}

}  // namespace
}  // namespace fleet::syntax
