#include <gmock/gmock.h>

#include <map>
#include <set>
#include <sstream>

#include "analysis/rule_file.h"
#include "os/files.h"

// Scores again the findings that were read in sources of others (read_findings/).
namespace fleet::analysis {
namespace {

std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields;
  std::stringstream stream(line);
  for (std::string field; std::getline(stream, field, '\t');)
    fields.push_back(field);
  return fields;
}

struct Score {
  std::size_t lines = 0;  // that were looked through
  std::size_t good = 0;
  std::size_t wrong = 0;
};

TEST(ReadFindings, AreSeldomWrong) {
  const auto text = os::read_file(FLEET_SOURCE_DIR "/tests/analysis/read_findings/go_java_rust.tsv", 1 << 20);
  ASSERT_TRUE(text);
  std::set<std::string> rules;
  for (const Rule& rule : read_built_in_rules())
    rules.insert(rule.id);
  std::map<std::string, Score> scores;  // by language
  std::stringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('#')) continue;
    const std::vector<std::string> fields = fields_of(line);
    if (fields.size() == 4 && fields[0] == "lines") {
      scores[fields[1]].lines += std::stoul(fields[2]);
      continue;
    }
    ASSERT_EQ(fields.size(), 7u) << line;
    EXPECT_EQ(rules.count(fields[1]), 1u) << "there is no rule " << fields[1];
    EXPECT_TRUE(fields[5] == "true" || fields[5] == "false") << line;
    Score& score = scores[fields[1].substr(0, fields[1].find('.'))];
    ++(fields[5] == "true" ? score.good : score.wrong);
  }
  EXPECT_EQ(scores.size(), 3u);
  constexpr std::size_t kLinesOfOneWrong = 5'000;
  for (const auto& [language, score] : scores) {
    EXPECT_LE(score.wrong * kLinesOfOneWrong, score.lines) << language;
    EXPECT_GT(score.good, score.wrong) << language;
  }
}

}  // namespace
}  // namespace fleet::analysis
