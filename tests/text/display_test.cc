#include <gtest/gtest.h>

#include "text/columns.h"
#include "text/escape.h"
#include "text/mermaid.h"
#include "text/random_text.h"
#include "text/utf8.h"
#include "text/workflow_commands.h"

namespace fleet::text {
namespace {

TEST(Utf8, IsValidOrMadeSo) {
  EXPECT_TRUE(is_valid_utf8("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"));
  for (const char* bytes : {"\x80", "\xc0\xaf", "\xc3", "\xe2\x82", "\xed\xa0\x80", "\xf5\x80\x80\x80",
                            "\xf4\x90\x80\x80", "\xe0\x80\x80", "a\xff"})
    EXPECT_FALSE(is_valid_utf8(bytes)) << testing::PrintToString(bytes);
  EXPECT_EQ(to_valid_utf8("a\xff\xc3\xa4"), "a\xef\xbf\xbd\xc3\xa4");
  EXPECT_EQ(to_valid_utf8("\xe2\x82x"), "\xef\xbf\xbdx") << "one mark for a part that was cut off";
  EXPECT_EQ(to_valid_utf8("\xc0\xaf"), "\xef\xbf\xbd\xef\xbf\xbd");
}

TEST(Printable, TakesEscapeSequencesOut) {
  EXPECT_EQ(printable("\x1b[1;31mred\x1b[0m"), "red");
  EXPECT_EQ(printable("\x1b]0;title\x07x\x1b]8;;http://a\x1b\\y"), "xy");
  EXPECT_EQ(printable("\x1b(Bx\x1b=y\x1bPq\x1b\\z"), "xyz");
  EXPECT_EQ(printable("\x1b]0;never closed\nnext"), "\\x1b]0;never closed\nnext");
  EXPECT_EQ(printable("\x1b"), "\\x1b");
  EXPECT_EQ(printable("\x1b[31"), "\\x1b[31");
  const std::string long_title = "]0;" + std::string(kMaxEscapeSequence, 'x');
  EXPECT_EQ(printable("\x1b" + long_title + "\x07"), "\\x1b" + long_title + "\\x07");
}

TEST(Printable, ShowsWhatWouldOtherwiseAct) {
  EXPECT_EQ(printable("a\x08\x07\x7f"), "a\\x08\\x07\\x7f");
  EXPECT_EQ(printable("a\r\nb\rc\td"), "a\nb\\x0dc\td");
  EXPECT_EQ(printable("a\nb", Newlines::escape), "a\\nb");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "\\u{9b}31m")
      << "the one-byte CSI, as a code point";
  EXPECT_EQ(printable("a\xe2\x80\xae"
                      "b"),
            "a\\u{202e}b");
  EXPECT_EQ(printable("gr\xc3\xbc\xc3\x9f \xff"), "gr\xc3\xbc\xc3\x9f \xef\xbf\xbd");
}

TEST(Printable, LetsNoControlByteThrough) {
  RandomText random(9);
  for (int i = 0; i < 2000; ++i) {
    std::string bytes;
    for (int k = 0; k < 40; ++k)
      bytes += random.one_in(3) ? "\x1b[]m;\n\r\x9b"[random.below(8)] : static_cast<char>(random.below(256));
    const std::string shown = printable(bytes);
    EXPECT_TRUE(is_valid_utf8(shown));
    for (const char c : shown)
      ASSERT_TRUE(static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t')
          << testing::PrintToString(bytes);
  }
}

TEST(DisplayWidth, CountsColumns) {
  EXPECT_EQ(display_width("abc"), 3u);
  EXPECT_EQ(display_width("\xe6\xbc\xa2\xe5\xad\x97"), 4u);  // Han
  EXPECT_EQ(display_width("e\xcc\x81"), 1u);                 // e and a combining acute
  EXPECT_EQ(display_width("\xf0\x9f\x98\x80"), 2u);          // an emoji
  EXPECT_EQ(display_width("\xff"), 1u);
  EXPECT_EQ(count_codepoints("a\xc3\xa4\xe6\xbc\xa2\xff"), 4u);
}

TEST(Truncate, FitsTheWidth) {
  EXPECT_EQ(truncate("abcdef", 6), "abcdef");
  EXPECT_EQ(truncate("abcdef", 5), "abcd\xe2\x80\xa6");
  EXPECT_EQ(truncate("abcdef", 0), "");
  EXPECT_EQ(truncate("\xe6\xbc\xa2\xe5\xad\x97", 3), "\xe6\xbc\xa2\xe2\x80\xa6");
  EXPECT_EQ(truncate("\xe6\xbc\xa2\xe5\xad\x97", 2), "\xe2\x80\xa6");
}

TEST(Fit, MakesOneCellOfAnyText) {
  EXPECT_EQ(fit("a\nb\x1b[31mc\td", 20, Charset::unicode), "a\\nbc d");
  EXPECT_EQ(fit("gr\xc3\xbc\xc3\x9f dich", 6, Charset::unicode), "gr\xc3\xbc\xc3\x9f \xe2\x80\xa6");
  EXPECT_EQ(fit("gr\xc3\xbc\xc3\x9f dich", 6, Charset::ascii), "gr??..");
  EXPECT_EQ(fit("abc", 2, Charset::ascii), "ab");
  EXPECT_EQ(pad("\xe6\xbc\xa2", 4), "\xe6\xbc\xa2  ");
  EXPECT_EQ(pad("12", 4, Align::right), "  12");
  EXPECT_EQ(pad("12345", 4), "12345");
}

TEST(MermaidLabel, CannotEndItsQuotes) {
  EXPECT_EQ(mermaid_label("build (core)"), "build (core)");
  EXPECT_EQ(mermaid_label("\"]; <b>#x`"), "#34;#93;#59; #60;b#62;#35;x#96;");
}

TEST(DefuseCommands, BreaksBothForms) {
  EXPECT_EQ(defuse_commands("::error::x"), ": :error::x");
  EXPECT_EQ(defuse_commands("a\n \t::set-output name=x::y\n"), "a\n \t: :set-output name=x::y\n");
  EXPECT_EQ(defuse_commands("a\r::add-path::/x"), "a\r: :add-path::/x");
  EXPECT_EQ(defuse_commands("x ##[error]y ###[z"), "x # #[error]y ## #[z");
  EXPECT_EQ(defuse_commands(":::stop"), ": ::stop");
}

TEST(DefuseCommands, IsNotDeceivedByInvisibleCharacters) {
  EXPECT_EQ(defuse_commands("\xc2\xad::error::x"), "\xc2\xad: :error::x");          // a soft hyphen
  EXPECT_EQ(defuse_commands(":\xe2\x80\x8b:error::x"), ": \xe2\x80\x8b:error::x");  // a space of no width
  EXPECT_EQ(defuse_commands("#\xe2\x80\x8b#\xff[x"), "# \xe2\x80\x8b#\xff[x");
  EXPECT_EQ(defuse_commands("\xc2\xa0::error::x"), "\xc2\xa0: :error::x");  // a blank that .NET trims
}

TEST(DefuseCommands, LeavesOtherTextAlone) {
  for (const char* text : {"", "std::string x", "a::b", "# title", "## [x]", "x: :y", "\n\n", "#[derive]"})
    EXPECT_EQ(defuse_commands(text), text);
}

TEST(WorkflowCommand, EscapesDataAndProperties) {
  EXPECT_EQ(workflow_command("error", {{"file", "a,b:c%"}, {"line", "3"}}, "50%\r\n::x"),
            "::error file=a%2Cb%3Ac%25,line=3::50%25%0D%0A::x");
  EXPECT_EQ(workflow_command("endgroup", {}, ""), "::endgroup::");
}

}  // namespace
}  // namespace fleet::text
