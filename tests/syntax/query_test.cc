#include "syntax/query.h"

#include <gmock/gmock.h>

namespace fleet::syntax {
namespace {

using testing::HasSubstr;

QueryMatches matches(std::string_view query, const std::string& source, const Bounds& bounds = {}) {
  const auto compiled = Query::compile(Language::python, query);
  EXPECT_TRUE(compiled);
  const auto tree = parse(Language::python, source, {}, Keep::nodes_and_parsed);
  EXPECT_TRUE(tree);
  return find_all(*compiled, *tree, bounds);
}

TEST(Query, SaysThatItWasCutOff) {
  std::string source;
  for (int i = 0; i < 2'000; ++i)
    source += "f(1)\n";
  const QueryMatches all = matches("(call) @c", source);
  EXPECT_EQ(all.all.size(), 2'000u);
  EXPECT_FALSE(all.is_cut_off);
  Bounds bounds;
  bounds.time = std::chrono::microseconds(0);
  const QueryMatches none = matches("(call) @c", source, bounds);
  EXPECT_LT(none.all.size(), 2'000u);
  EXPECT_TRUE(none.is_cut_off);
}

TEST(Query, TakesNoMoreMatchesThanItMayHold) {
  std::string source;
  for (int i = 0; i < 60'000; ++i)
    source += "f(1)\n";
  const QueryMatches some = matches("[(call) (integer)] @c", source);
  EXPECT_EQ(some.all.size(), 100'000u);
  EXPECT_TRUE(some.is_cut_off);
}

TEST(Query, MustNotBeTooLong) {
  const auto refused = Query::compile(Language::python, std::string(Query::kMaxLength + 1, ' '));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().why, HasSubstr("it is longer than 16384 bytes"));
}

}  // namespace
}  // namespace fleet::syntax
