// Every file of corpus/ against the parser. schema_test.mjs holds the same files against the JSON Schema:
//   good         both accept
//   bad-shape    both refuse
//   bad-meaning  the schema accepts, the parser refuses
// What the parser says stands beside each bad file, as `.out`. FLEET_ACCEPT=1 writes those anew.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "model/json.h"
#include "syntax/language.h"
#include "workflow/diagnostic_text.h"
#include "workflow/reader.h"

namespace fleet::workflow {
namespace {

namespace fs = std::filesystem;

const fs::path kCorpus = fs::path(FLEET_SOURCE_DIR) / "tests/workflow/corpus";

std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<fs::path> workflows_in(std::string_view folder) {
  std::vector<fs::path> paths;
  for (const fs::directory_entry& entry : fs::directory_iterator(kCorpus / folder)) {
    if (entry.path().extension() == ".yml") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

// What the parser says of a file, as if it were read from its own folder.
std::string said_of(const fs::path& path) {
  const Reading reading = read(path.filename(), content_of(path));
  return diagnostic_text(reading.diagnostics, reading.workflow.source);
}

bool accepting() {
  return std::getenv("FLEET_ACCEPT") != nullptr;
}

void expect_refusals(std::string_view folder) {
  for (const fs::path& path : workflows_in(folder)) {
    SCOPED_TRACE(path);
    const std::string said = said_of(path);
    EXPECT_FALSE(said.empty()) << "the parser accepts it";
    const fs::path golden = fs::path(path).replace_extension(".out");
    if (accepting()) {
      std::ofstream(golden, std::ios::binary) << said;
    } else {
      EXPECT_EQ(said, content_of(golden));
    }
  }
  if (accepting())
    GTEST_SKIP() << "NOT TESTED: wrote what the parser says now; look at the changes before you commit them";
}

TEST(Corpus, IsLargeEnoughToMeanSomething) {
  EXPECT_GE(workflows_in("good").size(), 25u);
  EXPECT_GE(workflows_in("bad-shape").size(), 60u);
  EXPECT_GE(workflows_in("bad-meaning").size(), 30u);
}

TEST(Corpus, TheSchemaHasTheLanguagesThatTheParserHas) {
  const auto schema = model::parse_json(
      content_of(fs::path(FLEET_SOURCE_DIR) / "src/workflow/workflow.schema.json"), "schema");
  ASSERT_TRUE(schema);
  const auto listed = schema->at("definitions").at("codemod").at("properties").at("language").at("enum");
  const auto& names = base::EnumNames<syntax::Language>::names;
  EXPECT_EQ(listed.get<std::vector<std::string>>(), std::vector<std::string>(names.begin(), names.end()));
}

TEST(Corpus, GoodFilesAreAccepted) {
  for (const fs::path& path : workflows_in("good"))
    EXPECT_EQ(said_of(path), "") << path;
}

TEST(Corpus, FilesThatAreBadByShapeAreRefusedAsTheirGoldenTextsSay) {
  expect_refusals("bad-shape");
}

TEST(Corpus, FilesThatAreBadByMeaningAreRefusedAsTheirGoldenTextsSay) {
  expect_refusals("bad-meaning");
}

}  // namespace
}  // namespace fleet::workflow
