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

// By language. Fails where a line is not well formed, or names a rule that there is not.
std::map<std::string, Score> scores_of(const std::string& path) {
  const auto text = os::read_file(path, 1 << 20);
  if (!text) {
    ADD_FAILURE() << text.error().message();
    return {};
  }
  std::set<std::string> rules;
  for (const Rule& rule : read_built_in_rules())
    rules.insert(rule.id);
  std::map<std::string, Score> scores;
  std::stringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('#')) continue;
    const std::vector<std::string> fields = fields_of(line);
    if (fields.size() == 4 && fields[0] == "lines") {
      scores[fields[1]].lines += std::stoul(fields[2]);
      continue;
    }
    if (fields.size() != 7) {
      ADD_FAILURE() << line;
      continue;
    }
    EXPECT_EQ(rules.count(fields[1]), 1u) << "there is no rule " << fields[1];
    EXPECT_TRUE(fields[5] == "true" || fields[5] == "false") << line;
    Score& score = scores[fields[1].substr(0, fields[1].find('.'))];
    ++(fields[5] == "true" ? score.good : score.wrong);
  }
  return scores;
}

struct ReadSources {
  const char* file;
  std::size_t languages;
};

class ReadFindings : public testing::TestWithParam<ReadSources> {};

TEST_P(ReadFindings, AreSeldomWrong) {
  const auto scores =
      scores_of(std::string(FLEET_SOURCE_DIR "/tests/analysis/read_findings/") + GetParam().file);
  EXPECT_EQ(scores.size(), GetParam().languages);
  constexpr std::size_t kLinesOfOneWrong = 5'000;
  for (const auto& [language, score] : scores) {
    EXPECT_LE(score.wrong * kLinesOfOneWrong, score.lines) << language;
    EXPECT_GT(score.good, score.wrong) << language;
  }
}

INSTANTIATE_TEST_SUITE_P(Of, ReadFindings,
                         testing::Values(ReadSources{"go_java_rust.tsv", 3},
                                         ReadSources{"performance.tsv", 7}),
                         [](const auto& each) {
                           const std::string file = each.param.file;
                           return file.substr(0, file.find('.'));
                         });

}  // namespace
}  // namespace fleet::analysis
