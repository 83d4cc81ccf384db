#include "analysis/include_closure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>

#include "os/files.h"
#include "slowness.h"

namespace fleet::analysis {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

struct IncludeClosureTest : testing::Test {
  os::TemporaryDirectory folder = os::TemporaryDirectory::create().value();
  void write(const std::string& path, const std::string& text) {
    const std::string whole = folder / path;
    ASSERT_TRUE(os::make_directories(whole.substr(0, whole.rfind('/'))));
    ASSERT_TRUE(os::write_file_atomically(whole, text));
  }
  std::vector<std::string> headers(const std::string& path, const std::vector<std::string>& includes = {},
                                   const std::vector<std::string>& included = {}) {
    IncludeClosure closure(folder.path());
    const auto source = closure.of(path, includes, included);
    EXPECT_TRUE(source);
    std::vector<std::string> names;
    for (const auto& header : source->headers)
      names.push_back(header.first);
    return names;
  }
};

TEST_F(IncludeClosureTest, FollowsHeadersOfHeadersAndCircles) {
  write("src/a.c", "#include \"b.h\"\n  #  include\t<c.h>\n#include \"missing.h\"\n// #include \"no.h\"\n");
  write("src/b.h", "#include \"../d.h\"\n#if __has_include(\"e.h\")\n#endif\n");
  write("d.h", "#include \"src/b.h\"\n#include \"src/a.c\"\n");
  write("src/e.h", "");
  write("inc/c.h", "");
  write("pre.h", "");
  write("src/no.h", "");
  // Also the one in a comment: rather too many than too few.
  EXPECT_THAT(headers("src/a.c"), ElementsAre("d.h", "src/b.h", "src/e.h", "src/no.h"));
  EXPECT_THAT(headers("src/a.c", {"inc"}, {"pre.h"}),
              ElementsAre("d.h", "inc/c.h", "pre.h", "src/b.h", "src/e.h", "src/no.h"));
}

TEST_F(IncludeClosureTest, SaysWhenANameIsPutTogether) {
  write("a.c", "#include \"b.h\"\n");
  write("b.h", "#include NAME(x)\n");
  write("c.c", "#include <b>\n");
  IncludeClosure closure(folder.path());
  EXPECT_FALSE(closure.of("a.c", {}, {})->is_known);
  EXPECT_TRUE(closure.of("c.c", {}, {})->is_known);
  EXPECT_FALSE(closure.of("missing.c", {}, {}));
}

TEST_F(IncludeClosureTest, HashesAreOfTheBytes) {
  write("a.c", "abc");
  EXPECT_EQ(IncludeClosure(folder.path()).of("a.c", {}, {})->hash,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_F(IncludeClosureTest, LookUpsAreBounded) {
  std::string text;
  std::vector<std::string> includes;
  for (int i = 0; i < 1500; ++i)
    text += "#include <h" + std::to_string(i) + ">\n";
  for (int i = 0; i < 100'000; ++i)
    includes.push_back("d" + std::to_string(i));
  write("a.c", text);
  write("b.c", "");
  IncludeClosure closure(folder.path());
  const auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(closure.of("a.c", includes, {})->is_known);
  EXPECT_LT(std::chrono::steady_clock::now() - start, kSlowness * std::chrono::seconds(20));
  EXPECT_TRUE(closure.of("b.c", includes, {})->is_known);
}

TEST_F(IncludeClosureTest, OneFileByEverNewNamesEnds) {
  ASSERT_EQ(::symlink(".", (folder / "l").c_str()), 0);
  write("a.c", "#include \"h.h\"\n");
  write("h.h", "#include \"l/h.h\"\n");
  EXPECT_THAT(headers("a.c"), SizeIs(testing::AllOf(testing::Ge(2), testing::Le(5000))));
}

TEST_F(IncludeClosureTest, ASourceMayNotLeadOut) {
  write("root/a.c", "#include \"link.c\"\n");
  write("outside.c", "int x;\n");
  ASSERT_EQ(::symlink("../outside.c", (folder / "root/link.c").c_str()), 0);
  IncludeClosure closure(folder / "root");
  EXPECT_FALSE(closure.of("link.c", {}, {}));
  EXPECT_THAT(closure.of("a.c", {}, {})->headers, SizeIs(1));  // cppcheck would read it
  EXPECT_FALSE(closure.of("link.c", {}, {}));
}

TEST_F(IncludeClosureTest, AFileThatIncludesItselfHasNoHeaders) {
  write("a.c", "#include \"a.c\"\n#include \"./a.c\"\n");
  EXPECT_THAT(headers("a.c"), IsEmpty());
}

}  // namespace
}  // namespace fleet::analysis
