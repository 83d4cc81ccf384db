#include "syntax/tree.h"

#include <gmock/gmock.h>

#include <thread>

#include "syntax/blank_macros.h"
#include "syntax/matches.h"

namespace fleet::syntax {
namespace {

using enum Language;
using testing::HasSubstr;

TEST(Tree, HoldsItsNodesInTheOrderOfAWalk) {
  const auto tree = parse(typescript, "f(1);");
  ASSERT_TRUE(tree);
  std::vector<std::string> kinds;
  for (const Node& node : tree->nodes())
    kinds.emplace_back(kind_name(typescript, node.kind));
  EXPECT_THAT(kinds, testing::ElementsAre("program", "expression_statement", "call_expression", "identifier",
                                          "arguments", "(", "number", ")", ";"));
  EXPECT_EQ(tree->nodes()[2].next, 8u);
  EXPECT_EQ(tree->text(tree->nodes()[4]), "(1)");
  EXPECT_TRUE(tree->nodes()[8].closing_separator);
  EXPECT_EQ(tree->errors(), 0u);
  EXPECT_EQ(tree->error_share(), 0);
}

TEST(Tree, SaysHowMuchOfTheSourceWasNotUnderstood) {
  const auto some = parse(c, "int f(void) { return 1; }\nint )) ];\n");
  ASSERT_TRUE(some);
  EXPECT_GT(some->errors(), 0u);
  EXPECT_GT(some->error_share(), 0.05);
  EXPECT_LT(some->error_share(), 0.6);
  const auto all = parse(python, "{{{{ ]]]] ((((");
  EXPECT_GT(all->error_share(), 0.5);
  const auto missing = parse(c, "int a[3;");
  EXPECT_EQ(missing->errors(), 1u);
  EXPECT_GT(missing->error_share(), 0);
  EXPECT_TRUE(missing->first_error()->missing);
}

TEST(Tree, CountsErrorsWhateverTheLengthOfNames) {
  EXPECT_EQ(parse(c, "int ) a ( b;")->errors(), parse(c, "int ) much_longer ( b;")->errors());
}

TEST(Tree, RefusesSourcePastItsBounds) {
  Bounds bounds;
  bounds.max_bytes = 10;
  EXPECT_TRUE(parse(python, "x = 1     ", bounds));
  const auto tree = parse(python, "x = 1      ", bounds);
  ASSERT_FALSE(tree);
  EXPECT_THAT(tree.error().message(), HasSubstr("11 bytes, more than the 10"));
  EXPECT_EQ(tree.error().fault, base::Fault::input);
}

TEST(Tree, GivesUpAtItsTimeAndWhenToldTo) {
  std::string source;
  for (int i = 0; i < 100'000; ++i)
    source += "f(a, [b, {c: d}]);\n";
  Bounds short_time;
  short_time.time = std::chrono::milliseconds(1);
  const auto late = parse(typescript, source, short_time);
  ASSERT_FALSE(late);
  EXPECT_THAT(late.error().message(), HasSubstr("longer than 1ms"));

  const std::atomic<bool> stop = true;
  Bounds stopped;
  stopped.stop = &stop;
  const auto told = parse(typescript, source, stopped);
  ASSERT_FALSE(told);
  EXPECT_EQ(told.error().fault, base::Fault::world);

  EXPECT_EQ(parse(typescript, "f(1)")->errors(), 0u) << "the parser must be as new afterwards";
}

TEST(Tree, IsMadeByManyThreadsAtOnce) {
  std::vector<std::thread> threads;
  std::array<std::size_t, 8> nodes{};
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    threads.emplace_back([&nodes, i] {
      for (int round = 0; round < 50; ++round)
        nodes[i] = parse(kAllLanguages[static_cast<std::size_t>(round) % kAllLanguages.size()], "f(1, 2)")
                       ->nodes()
                       .size();
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_EQ(nodes, (std::array<std::size_t, 8>{nodes[0], nodes[0], nodes[0], nodes[0], nodes[0], nodes[0],
                                               nodes[0], nodes[0]}));
}

TEST(Tree, CountsPlacesInCharacters) {
  EXPECT_EQ(place_at("abc", 0), (Place{1, 1}));
  EXPECT_EQ(place_at("a\nb\nc", 4), (Place{3, 1}));
  EXPECT_EQ(place_at("äö x", 5), (Place{1, 4}));
  EXPECT_EQ(place_at("a\r\nb", 3), (Place{2, 1}));
  EXPECT_EQ(place_at("", 0), (Place{1, 1}));
}

TEST(ExportMacros, AreBlankToTheParserOnly) {
  const std::string_view source = "class Foo_API Bar : Base {\n  int a;\n};\nFOO_EXPORT void f();\n";
  EXPECT_EQ(blank_export_macros(source), "class         Bar : Base {\n  int a;\n};\n           void f();\n");
  const auto tree = parse(cpp, source);
  EXPECT_EQ(tree->errors(), 0u);
  EXPECT_EQ(tree->text(tree->nodes()[1]).substr(0, 17), "class Foo_API Bar");
}

TEST(ExportMacros, AreNotWhatOnlyLooksLikeThem) {
  for (const char* source : {"#define FOO_API extern\n", "  #  ifdef FOO_API x\n", "int _API x;", "FOO_API",
                             "f(FOO_API)", "int FOO_APIX y;", "x = FOO_API + 1;", ""})
    EXPECT_EQ(blank_export_macros(source), std::nullopt) << source;
}

}  // namespace
}  // namespace fleet::syntax
