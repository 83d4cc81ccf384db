#include "agents/codemod_agent.h"

#include <gmock/gmock.h>

#include "git/support.h"

namespace fleet::agents {
namespace {

using git::must;
using ::testing::HasSubstr;

class CodemodAgentTest : public ::testing::Test {
 protected:
  git::TempFolder temp_;
  git::fs::path clone_ = git::make_clone(temp_ / "clone", {{"a.js", "old(1);\nold(2);\n"},
                                                           {"b.js", "fresh(`${{ matrix }}`);\n"},
                                                           {"c.js", "same(1, 1); same(1, 2);\n"},
                                                           {"notes", "old(1)\n"}});
  git::Repository repository_ = must(git::Repository::open(clone_));
  git::TreeEditor editor_{repository_.objects(),
                          must(repository_.objects().tree_of(must(repository_.resolve("HEAD"))))};
  std::atomic<bool> stop_ = false;

  // What the agent that is made for this codemod does, and says.
  Result<std::string> run(const model::Codemod& codemod, const std::vector<model::Text>& reads = {}) {
    const auto agent = must(CodemodAgent::create(codemod, reads));
    return std::get<EditTree>(agent->next(Begin{})).edit(editor_, stop_);
  }
  static model::Codemod javascript(std::string find, std::string replace) {
    model::Codemod codemod;
    codemod.language = "javascript";
    codemod.find = std::move(find);
    codemod.replace = std::move(replace);
    return codemod;
  }
};

TEST_F(CodemodAgentTest, SaysHowManyPlacesInHowManyFiles) {
  EXPECT_EQ(must(run(javascript("old($A)", "fresh($A)"))), "replaced 2 places in 1 of 3 files");
  EXPECT_EQ(must(editor_.read("a.js")), "fresh(1);\nfresh(2);\n");
  EXPECT_EQ(must(editor_.read("notes")), "old(1)\n");
}

TEST_F(CodemodAgentTest, SaysWhatAlreadyReadSo) {
  EXPECT_EQ(must(run(javascript("same($A, $B)", "same($B, $A)"))),
            "replaced 1 place in 1 of 3 files; 1 already read so");
  EXPECT_EQ(must(run(javascript("old($A)", "old($A)"))),
            "all that was found, 2 places in 1 of 3 files, already reads so");
  EXPECT_EQ(must(run(javascript("nothing($A)", "some($A)"))), "found no place in 3 files");
}

TEST_F(CodemodAgentTest, SaysThatThereWasNoFile) {
  model::Codemod codemod = javascript("old($A)", "fresh($A)");
  codemod.paths = {"src/**"};
  EXPECT_EQ(must(run(codemod)), "there was no file to search");
}

TEST_F(CodemodAgentTest, SaysWhatItSkippedAsBinary) {
  must(editor_.write("image", std::string("old\0", 4)));
  model::Codemod codemod;
  codemod.find = "old";
  codemod.replace = "fresh";
  codemod.regex = true;
  codemod.paths = {"image"};
  EXPECT_EQ(must(run(codemod)), "there was no file to search; 1 file was skipped as binary");
  codemod.paths = {"image", "notes"};
  EXPECT_EQ(must(run(codemod)), "replaced 1 place in 1 of 1 file; 1 file was skipped as binary");
}

TEST_F(CodemodAgentTest, RewritesOnlyWhatTheTaskMayRead) {
  model::Codemod codemod;
  codemod.find = "old";
  codemod.replace = "fresh";
  codemod.regex = true;
  EXPECT_EQ(must(run(codemod, {{"*.js", {}}})), "replaced 2 places in 1 of 3 files");
  EXPECT_EQ(must(editor_.read("notes")), "old(1)\n");
}

TEST_F(CodemodAgentTest, AReasonIsOneLine) {
  const auto agent = must(CodemodAgent::create(javascript("old($A)", "fresh($A)"), {}));
  const Error error{base::Fault::input, "rewrite", "a.js", "it is too long", "leave it out"};
  const auto finish = std::get<Finish>(agent->next(TreeEdited{tl::make_unexpected(error)}));
  EXPECT_EQ(finish.reason, error.line());
  EXPECT_THAT(finish.reason, ::testing::Not(HasSubstr("\n")));
}

TEST_F(CodemodAgentTest, TakesFindAndReplaceAsTheyStand) {
  EXPECT_EQ(must(run(javascript("fresh(`${{ matrix }}`)", "fresh(`${{ inputs }} ${run.id}`)"))),
            "replaced 1 place in 1 of 3 files");
  EXPECT_EQ(must(editor_.read("b.js")), "fresh(`${{ inputs }} ${run.id}`);\n");
}

TEST_F(CodemodAgentTest, GivesUpBetweenFilesWhenItIsStopped) {
  stop_ = true;
  model::Codemod codemod;
  codemod.find = "old";
  codemod.replace = "fresh";
  codemod.regex = true;
  const auto stopped = run(codemod);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().fault, base::Fault::world);
  EXPECT_THAT(stopped.error().message(), HasSubstr("told to stop"));
  EXPECT_TRUE(must(editor_.changes()).empty());
}

}  // namespace
}  // namespace fleet::agents
