#include "forge/github_step.h"

#include <gmock/gmock.h>

#include <map>
#include <sstream>

#include "text/key_values.h"

namespace fleet::forge {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

const std::string kHostile = "a\n::set-output name=x::y\r\n##[error]z ##vso[task.x] \u202e100%";

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);)
    lines.push_back(line);
  return lines;
}

TEST(GithubStep, AnAnnotationIsOneLineAtItsPlace) {
  EXPECT_EQ(annotation_commands({{Level::warning, "a, b: c", "50%\nof it", "src/a,b.c", 7, 3}}, ""),
            "::warning file=src/a%2Cb.c,line=7,col=3,title=a%2C b%3A c::50%25%0Aof it\n");
  EXPECT_EQ(annotation_commands({{Level::error, "", "x", "", 7, 3}}, ""), "::error::x\n");
}

TEST(GithubStep, HostileTextStaysInItsAnnotation) {
  const auto lines = lines_of(annotation_commands({{Level::error, kHostile, kHostile, kHostile, 1, 1}}, ""));
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_THAT(lines[0], AllOf(StartsWith("::error file="), Not(HasSubstr("\r")), Not(HasSubstr("\u202e")),
                              Not(HasSubstr("##[")), Not(HasSubstr("##vso["))));
}

TEST(GithubStep, ALongMessageIsCutBetweenCharacters) {
  std::string message;
  for (int i = 0; i < 500'000; ++i)
    message += "\u00e9";
  const std::string out = annotation_commands({{Level::notice, "", message, "", 0, 0}}, "");
  EXPECT_LT(out.size(), kLongestAnnotation + 20);
  EXPECT_THAT(out, HasSubstr("\u00e9 ...\n"));
}

TEST(GithubStep, TheTenthOfALevelCountsTheRest) {
  std::vector<Annotation> many(500, {Level::error, "", "x", "", 0, 0});
  many.push_back({Level::warning, "", "w", "", 0, 0});
  const auto lines = lines_of(annotation_commands(many, "the report has all"));
  ASSERT_THAT(lines, SizeIs(kMostAnnotations + 1));
  EXPECT_EQ(lines[9], "::error title=491 more::GitHub shows 10 of a step; the report has all");
  EXPECT_EQ(lines[10], "::warning::w");
  many.assign(kMostAnnotations, {Level::error, "", "x", "", 0, 0});
  EXPECT_THAT(lines_of(annotation_commands(many, "")), AllOf(SizeIs(kMostAnnotations), Each("::error::x")));
}

TEST(GithubStep, MasksAreEscaped) {
  EXPECT_EQ(mask_commands({"", "a\nb%"}), "::add-mask::a%0Ab%25\n");
}

// As the reader of our own output files has it, which keeps to GitHub's format.
TEST(GithubStep, OutputsAreReadBackWhateverIsInThem) {
  std::string hostile = kHostile;
  hostile.erase(hostile.find('\r'), 1);  // the reader takes CRLF for one line end
  const std::map<std::string, std::string> outputs{
      {"empty", ""}, {"hostile", hostile}, {"heredoc", "EOF\nx=1\ny<<EOF\n"}};
  const auto entries = output_entries({outputs.begin(), outputs.end()});
  const auto read = text::parse_key_values(entries, "outputs");
  ASSERT_TRUE(read) << entries;
  EXPECT_EQ(*read, outputs);
  const std::vector<std::pair<std::string, std::string>> one{{"a", ""}};
  EXPECT_NE(output_entries(one), output_entries(one)) << "a delimiter that can be guessed can be used";
}

}  // namespace
}  // namespace fleet::forge
