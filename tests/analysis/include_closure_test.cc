#include "analysis/include_closure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "os/files.h"

namespace fleet::analysis {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

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
  EXPECT_THAT(headers("src/a.c"), ElementsAre("d.h", "src/b.h", "src/e.h"));
  EXPECT_THAT(headers("src/a.c", {"inc"}, {"pre.h"}),
              ElementsAre("d.h", "inc/c.h", "pre.h", "src/b.h", "src/e.h"));
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
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  write("a.c", "abc");
  EXPECT_EQ(IncludeClosure(folder.path()).of("a.c", {}, {})->hash, sha256_hex("abc"));
}

TEST_F(IncludeClosureTest, AFileThatIncludesItselfHasNoHeaders) {
  write("a.c", "#include \"a.c\"\n#include \"./a.c\"\n");
  EXPECT_THAT(headers("a.c"), IsEmpty());
}

}  // namespace
}  // namespace fleet::analysis
