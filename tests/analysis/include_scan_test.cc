#include "analysis/include_scan.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "analysis/cppcheck_running.h"
#include "os/run_program.h"

namespace fleet::analysis {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(IncludeScan, FindsNamesHoweverTheyAreWritten) {
  const auto names = [](const std::string& text) { return scan_includes(text).names; };
  const auto all = ElementsAre("h.h");
  for (const std::string text :
       {"#include \"h.h\"\n", "/* */ #include \"h.h\"", "#/* a\n*/include/**/\"h.h\"",
        "\f#\finclude\f<h.h>\n", "int a;\r#include \"h.h\"\rint b;", "#\\\ninclude \\\n\"h.h\"",
        "#inc\\\r\nlude \"h.h\"", "#include \\ \n\"h.h\"", "#include \"h\\\n.h\"", "#import <h.h>",
        "#include_next <h.h>", "#include\"h.h\"", "// a \\\n#include \"h.h\"\n", "// #include <h.h>\n",
        "# if __has_include ( <h.h> )\n", "#if __has_include_next(\"h.h\")\n", "\xef\xbb\xbf#include <h.h>",
        "#include <h.h>\n#include \"h.h\"\n"}) {
    const auto scan = scan_includes(text);
    EXPECT_THAT(scan.names, all) << text;
    EXPECT_FALSE(scan.may_have_more) << text;
  }
  EXPECT_THAT(names("#include <sub\\h.h>\n"), ElementsAre("sub\\h.h", "sub/h.h"));
  EXPECT_THAT(names(std::string("\0#include <h.h>", 15)), all);
  for (const std::string text : {"#includes <h.h>", "#include_nex <h.h>", "#include \"h.h\n", "#include <>\n",
                                 "#define X\n", "include <h.h>"})
    EXPECT_THAT(names(text), IsEmpty()) << text;
}

TEST(IncludeScan, SaysWhereThereMayBeMore) {
  for (const std::string text :
       {"#include NAME\n", "/* a */ # /* */ include F(x)\n", "#include_next X\n", "#if __has_include(X)\n",
        "\xff\xfe#\0i", "const char *a = \"/*\";\n#include X\n",
        "char a = '\"'; char b[] = \"/*\";\n#include X\n", "auto a = R\"x( \" /* )x\";\n#include X\n",
        "int a = 1'000; /* ' */\n#include X\n", "#error don't /* do it */\n#include X\n",
        "// /*\n#include X\n", "// a \\\n#include X\n", "\"\\\"/*\"\n#include X",
        "auto a = R\"(/*\n#include X\n"}) {
    EXPECT_TRUE(scan_includes(text).may_have_more) << text;
  }
  for (const std::string text : {"// then #include the header\n", "/* #include X */\n", "#include\n",
                                 "#ifdef __has_include\n", "#if defined(__has_include)\n"})
    EXPECT_FALSE(scan_includes(text).may_have_more) << text;
  std::string many;
  for (int i = 0; i < 3000; ++i)
    many += fmt::format("#include <{}>\n", i);
  EXPECT_TRUE(scan_includes(many).may_have_more);
  EXPECT_TRUE(scan_includes("#include <" + std::string(5000, 'x') + ">").may_have_more);
}

// Looking ahead from each of many places must not take quadratic time.
TEST(IncludeScan, IsLinear) {
  const auto times = [](std::string_view part, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
      text += part;
    return text;
  };
  const std::string blanks(1'000'000, ' ');
  const std::string name = "include \"" + std::string(4000, 'x') + "\"";
  for (const std::string& text :
       {times("#/*", 1'000'000), "/*" + times("#/*", 1'000'000) + "*/" + times("/**/", 60) + name,
        times("/*#/*/ ", 500'000), "/*" + times("#", 1'000'000) + "*/" + blanks + name,
        "/*" + times("#/*", 500'000) + "*/\\" + blanks + "\n" + name, times("#include \"", 300'000),
        times("#include <", 300'000), times("R\"x(", 500'000),
        times("/*__has_include/*", 100'000) + "*/(" + name, times("\\" + blanks.substr(0, 100), 10'000),
        "\"" + times("\\ ", 1'000'000), times("#\\\n", 1'000'000), times("'", 3'000'000),
        times("/*", 2'000'000)}) {
    const auto start = std::chrono::steady_clock::now();
    const auto scan = scan_includes(text);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5)) << text.substr(0, 40);
    EXPECT_LE(scan.names.size(), 2000U);
  }
}

struct RealPreprocessor : CppcheckTest {
  void SetUp() override {
    ASSERT_TRUE(os::executable_on_path("cppcheck", options.path_variable))
        << "cppcheck is not installed: .ci/install-packages test";
    write("h.h", "int TAKEN;\n");
    write("sub/x.h", "int TAKEN;\n");
  }
  // Whether cppcheck itself, preprocessing, reads h.h or sub/x.h.
  bool reads_header(const std::string& text) {
    write("a.cpp", text);
    os::ProcessSpec spec;
    spec.argv = {*os::executable_on_path("cppcheck", options.path_variable), "-E", "-I.", "a.cpp"};
    spec.working_directory = root;
    spec.time_limit = std::chrono::seconds(20);
    const auto finished = os::run_program(std::move(spec), 1 << 20);
    EXPECT_TRUE(finished) << finished.error().message();
    return finished && finished->out.find("TAKEN") != std::string::npos;
  }
};

// What cppcheck reads must be in the closure, however odd the text: put together at random from what
// preprocessors disagree about.
TEST_F(RealPreprocessor, ReadsNothingThatIsNotFound) {
  const std::vector<std::string> pieces{"#include",
                                        "# include",
                                        "\"h.h\"",
                                        "<h.h>",
                                        "\"sub\\x.h\"",
                                        "<sub//x.h>",
                                        " ",
                                        "\n",
                                        "\n",
                                        "\r",
                                        "\r\n",
                                        "\f",
                                        "\\\n",
                                        "\\ \n",
                                        "/*",
                                        "*/",
                                        "//",
                                        "\"",
                                        "'",
                                        "R\"(",
                                        ")\"",
                                        "#",
                                        "include",
                                        "#if 0\n",
                                        "#endif\n",
                                        "#define H \"h.h\"\n",
                                        "H",
                                        "__has_include(",
                                        "int a;",
                                        "\\",
                                        "%:"};
  std::uint64_t state = 4;
  const auto next = [&](std::size_t most) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::size_t>(state >> 33) % most;
  };
  std::size_t taken = 0;
  for (int i = 0; i < 150; ++i) {
    std::string text;
    for (std::size_t k = 0; k < 3 + next(6); ++k)
      text += pieces[next(pieces.size())];
    // So that some are read.
    if (next(2) == 0) text += "\n#include" + pieces[6 + next(9)] + pieces[2 + next(4)];
    text += "\n";
    if (!reads_header(text)) continue;
    ++taken;
    const auto scan = scan_includes(text);
    const bool is_found = std::any_of(scan.names.begin(), scan.names.end(), [](const std::string& name) {
      return name == "h.h" || name == "sub/x.h" || name == "sub//x.h";
    });
    EXPECT_TRUE(is_found || scan.may_have_more) << testing::PrintToString(text);
  }
  EXPECT_GE(taken, 10U);
}

}  // namespace
}  // namespace fleet::analysis
