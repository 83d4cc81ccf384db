#include "git/rollback.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "git/bundle.h"
#include "git/delivery.h"
#include "git/integration.h"
#include "git/message.h"
#include "git/refs.h"
#include "git/support.h"
#include "git/tree.h"

namespace fleet::git {
namespace {

using model::Change;
using model::FileMode;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A delivered run of three tasks, as the engine leaves it: `first` and `second` are independent, `third` was
// built on `second`.
class DeliveredRun : public ::testing::Test {
 protected:
  TempFolder temp_;
  fs::path clone_ = make_clone(temp_ / "clone", {{"a", "1\n2\n3\n4\n5\n6\n7\n8\n9\n"}, {"keep", "k\n"}});
  Repository repository_ = must(Repository::open(clone_));
  ObjectStore& store_ = repository_.objects();
  ObjectId start_ = must(repository_.head()).commit;
  ObjectId tip_ = deliver();

  ObjectId commit(ObjectId parent, const std::map<std::string, std::string>& files,
                  const std::string& message) {
    std::vector<Change> changes;
    for (const auto& [path, bytes] : files)
      changes.push_back({path, {}, {must(store_.write_blob(bytes)), FileMode::regular}});
    return must(store_.write_commit(
        {must(update(store_, must(store_.tree_of(parent)), changes)), {parent}, message, TimePoint{}}));
  }
  static std::string message(const std::string& task) {
    return compose_message(task, "", std::vector<Trailer>{{"Fleet-Run", "r1"}, {"Fleet-Task", task}});
  }
  ObjectId deliver() {
    Integration integration = must(Integration::create(store_, start_));
    std::vector<RefUpdate> refs{{start_ref("r1"), start_, ObjectId{}}};
    const auto take = [&](std::uint32_t index, const std::string& task, ObjectId base,
                          const std::map<std::string, std::string>& files) {
      const ObjectId snapshot = commit(base, files, message(task));
      must(integration.accept({TaskIndex{index}, base, snapshot, message(task)}, OnConflict::report));
      refs.push_back({attempt_ref("r1", task, 1), snapshot, ObjectId{}});
    };
    take(0, "first", start_, {{"a", "one\n2\n3\n4\n5\n6\n7\n8\n9\n"}, {"first", "f\n"}});
    take(1, "second", start_, {{"a", "1\n2\n3\n4\n5\n6\n7\n8\nnine\n"}});
    take(2, "third", must(integration.merged(std::vector<TaskIndex>{{1}})),
         {{"a", "1\n2\n3\n4\n5\n6\n7\n8\nNINE\n"}});
    const ObjectId tip = must(integration.merged(std::vector<TaskIndex>{{0}, {1}, {2}}));
    refs.push_back({branch_ref("r1"), tip, ObjectId{}});
    must(Refs(repository_).write(refs));
    must(store_.sync());
    return tip;
  }
  RollbackRequest request(std::set<std::string> tasks = {}) {
    return {"r1", "fleet", std::move(tasks), TimePoint(std::chrono::seconds(1'700'000'100))};
  }
  std::string show(const std::string& path) { return git(clone_, "show fleet/r1:" + path); }
};

using RollbackTest = DeliveredRun;

TEST_F(RollbackTest, takes_a_whole_run_out_by_one_commit_on_top) {
  const auto outcome = must(roll_back(repository_, request()));
  EXPECT_THAT(outcome.reverted, ElementsAre("first", "second", "third"));
  EXPECT_THAT(outcome.conflicts, IsEmpty());
  EXPECT_EQ(must(store_.tree_of(outcome.commit)), must(store_.tree_of(start_)));
  EXPECT_EQ(git(clone_, "rev-parse fleet/r1"), outcome.commit.hex());
  EXPECT_EQ(git(clone_, "rev-parse fleet/r1~1"), tip_.hex());
  EXPECT_EQ(git(clone_, "log -1 --format='%s %ct' fleet/r1"), "Roll back the run r1 1700000100");
  EXPECT_EQ(git(clone_, "fsck"), "");
  const auto again = roll_back(repository_, request());
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().message(), HasSubstr("nothing of it is left"));
}

TEST_F(RollbackTest, takes_out_one_task_and_what_stands_on_it_and_leaves_the_rest) {
  const auto outcome = must(roll_back(repository_, request({"second", "third"})));
  EXPECT_THAT(outcome.reverted, ElementsAre("second", "third"));
  EXPECT_EQ(show("a"), "one\n2\n3\n4\n5\n6\n7\n8\n9");
  EXPECT_EQ(show("first"), "f");
  // What was rolled back is not rolled back twice.
  EXPECT_THAT(must(roll_back(repository_, request())).reverted, ElementsAre("first"));
  EXPECT_EQ(must(store_.tree_of(id_of(git(clone_, "rev-parse fleet/r1")))), must(store_.tree_of(start_)));
}

// `first` and `fourth` make the same file, and `fourth` one more: without `first` it is there still.
TEST_F(RollbackTest, leaves_what_a_standing_task_made_too) {
  const std::map<std::string, TaskResult> results{
      {"first", {{0}, start_, commit(start_, {{"both", "b\n"}}, message("first")), message("first")}},
      {"fourth",
       {{3},
        start_,
        commit(start_, {{"both", "b\n"}, {"fourth", "4\n"}}, message("fourth")),
        message("fourth")}}};
  Integration integration = must(Integration::create(store_, start_));
  for (const auto& [id, result] : results)
    must(integration.accept(result, OnConflict::report));
  const ObjectId tip = must(integration.merged(std::vector<TaskIndex>{{0}, {3}}));
  must(Refs(repository_).write(std::vector<RefUpdate>{{branch_ref("r1"), tip, tip_}}));
  RollbackRequest without_first = request({"first"});
  without_first.results = results;
  EXPECT_THAT(must(roll_back(repository_, without_first)).reverted, ElementsAre("first"));
  EXPECT_EQ(show("both"), "b");
  RollbackRequest without_fourth = request({"fourth"});
  without_fourth.results = results;
  EXPECT_THAT(must(roll_back(repository_, without_fourth)).reverted, ElementsAre("fourth"));
  EXPECT_EQ(must(store_.tree_of(id_of(git(clone_, "rev-parse fleet/r1")))), must(store_.tree_of(start_)));
}

// As a resume leaves it that was killed after it took a result back, and before it wrote the branch anew.
TEST_F(RollbackTest, goes_by_the_branch_where_the_results_are_no_longer_its_own) {
  RollbackRequest without_second = request({"second", "third"});
  const std::string first = git(clone_, "rev-parse refs/fleet/r1/tasks/first/1");
  without_second.results["first"] = {{0}, start_, id_of(first), {}};
  EXPECT_THAT(must(roll_back(repository_, without_second)).reverted, ElementsAre("second", "third"));
  EXPECT_EQ(show("a"), "one\n2\n3\n4\n5\n6\n7\n8\n9");
}

TEST_F(RollbackTest, works_on_what_the_user_added_since) {
  git(clone_, "worktree add -q ../wt fleet/r1");
  write_file(temp_ / "wt/keep", "by the user\n");
  git(temp_ / "wt", "commit -qam user");
  git(clone_, "worktree remove ../wt");
  must(roll_back(repository_, request()));
  EXPECT_EQ(show("keep"), "by the user");
  EXPECT_EQ(show("a"), "1\n2\n3\n4\n5\n6\n7\n8\n9");
}

TEST_F(RollbackTest, reports_conflicts_and_then_writes_nothing) {
  git(clone_, "worktree add -q ../wt fleet/r1");
  write_file(temp_ / "wt/first", "by the user\n");
  git(temp_ / "wt", "commit -qam user");
  git(clone_, "worktree remove ../wt");
  const std::string before = git(clone_, "rev-parse fleet/r1");
  EXPECT_THAT(must(roll_back(repository_, request())).conflicts, ElementsAre("first"));
  EXPECT_EQ(git(clone_, "rev-parse fleet/r1"), before);
  EXPECT_THAT(must(roll_back(repository_, request({"second", "third"}))).conflicts, IsEmpty());
}

TEST_F(RollbackTest, knows_the_run_also_when_its_start_was_cleaned_up) {
  git(clone_, "update-ref -d refs/fleet/r1/start");
  EXPECT_THAT(must(roll_back(repository_, request())).reverted, ElementsAre("first", "second", "third"));
}

TEST_F(RollbackTest, refuses_what_is_not_there) {
  EXPECT_THAT(roll_back(repository_, {"r9", "fleet", {}, {}}).error().message(),
              HasSubstr("no branch fleet/r9"));
  EXPECT_FALSE(roll_back(repository_, request({"unknown"})));
}

class BundleTest : public DeliveredRun {
 protected:
  fs::path file_ = temp_ / "run.bundle";

  fs::path other_clone(const std::string& options = "") {
    git(temp_.path(), "clone -q " + options + " file://" + shell_quote(clone_.string()) + " other");
    return temp_ / "other";
  }
};

TEST_F(BundleTest, carries_a_run_to_another_clone) {
  must(write_bundle(repository_, "r1", "fleet", file_));
  const fs::path other = other_clone("--single-branch --branch main");
  const Repository there = must(Repository::open(other));
  const auto taken = must(read_bundle(there, "r1", "fleet", file_));
  EXPECT_EQ(taken.refs.size(), 5u);
  EXPECT_EQ(git(other, "for-each-ref refs/fleet refs/heads/fleet"),
            git(clone_, "for-each-ref refs/fleet refs/heads/fleet"));
  EXPECT_EQ(git(other, "fsck --no-dangling"), "");
  EXPECT_EQ(git(other, "show fleet/r1:first"), "f");
  must(read_bundle(there, "r1", "fleet", file_));  // again: all is there
  must(write_bundle(there, "r1", "fleet", temp_ / "back"));
}

TEST_F(BundleTest, is_read_by_git) {
  must(write_bundle(repository_, "r1", "fleet", file_));
  const fs::path other = other_clone("--single-branch --branch main");
  EXPECT_THAT(git(other, "bundle verify " + shell_quote(file_.string())), HasSubstr("is okay"));
  git(other, "fetch -q " + shell_quote(file_.string()) +
                 " 'refs/fleet/*:refs/fleet/*' 'refs/heads/fleet/*:refs/heads/fleet/*'");
  EXPECT_EQ(git(other, "for-each-ref refs/fleet refs/heads/fleet"),
            git(clone_, "for-each-ref refs/fleet refs/heads/fleet"));
  EXPECT_EQ(git(other, "fsck --no-dangling"), "");
}

TEST_F(BundleTest, carries_a_run_that_has_no_results_yet) {
  must(Refs(repository_).write(std::vector<RefUpdate>{{start_ref("r2"), start_, ObjectId{}}}));
  must(write_bundle(repository_, "r2", "fleet", file_));
  const fs::path other = other_clone();
  must(read_bundle(must(Repository::open(other)), "r2", "fleet", file_));
  EXPECT_EQ(git(other, "rev-parse refs/fleet/r2/start"), start_.hex());
  EXPECT_THAT(git(other, "bundle verify " + shell_quote(file_.string())), HasSubstr("is okay"));
}

TEST_F(BundleTest, works_between_shallow_clones) {
  write_file(clone_ / "keep", "2\n");
  git(clone_, "commit -qam second");
  const fs::path shallow = other_clone("--depth 1");
  const Repository here = must(Repository::open(shallow));
  const ObjectId head = must(here.head()).commit;
  const ObjectId made = must(here.objects().write_commit(
      {must(here.objects().tree_of(start_.is_none() ? head : head)), {head}, "x", TimePoint{}}));
  must(Refs(here).write(
      std::vector<RefUpdate>{{start_ref("r3"), head, ObjectId{}}, {branch_ref("r3"), made, ObjectId{}}}));
  must(write_bundle(here, "r3", "fleet", file_));
  git(temp_.path(), "clone -q --depth 1 file://" + shell_quote(clone_.string()) + " third");
  const Repository there = must(Repository::open(temp_ / "third"));
  must(read_bundle(there, "r3", "fleet", file_));
  EXPECT_EQ(git(temp_ / "third", "rev-parse fleet/r3"), made.hex());
  EXPECT_TRUE(must(there.is_ancestor(head, made)));
}

TEST_F(BundleTest, brings_a_run_home_from_where_it_was_left) {
  must(write_bundle(repository_, "r1", "fleet", file_));
  const fs::path other = other_clone("--single-branch --branch main");
  const Repository there = must(Repository::open(other));
  must(read_bundle(there, "r1", "fleet", file_));
  const ObjectId was = must(repository_.resolve("fleet/r1"));
  const ObjectId is =
      must(there.objects().write_commit({must(there.objects().tree_of(was)), {was}, "x", {}}));
  must(Refs(there).write(std::vector<RefUpdate>{{branch_ref("r1"), is, was}}));
  must(write_bundle(there, "r1", "fleet", file_));
  EXPECT_FALSE(read_bundle(repository_, "r1", "fleet", file_)) << "it stands elsewhere here";
  EXPECT_FALSE(read_bundle(repository_, "r1", "fleet", file_, ObjectId{})) << "it was left without a branch";
  must(read_bundle(repository_, "r1", "fleet", file_, was));
  EXPECT_EQ(must(repository_.resolve("fleet/r1")), is);
}

TEST_F(BundleTest, names_the_commit_that_is_missing) {
  make_clone(temp_ / "unrelated", {{"x", "y"}});
  must(write_bundle(repository_, "r1", "fleet", file_));
  const auto taken = read_bundle(must(Repository::open(temp_ / "unrelated")), "r1", "fleet", file_);
  ASSERT_FALSE(taken);
  EXPECT_THAT(taken.error().message(), HasSubstr(start_.hex()));
  EXPECT_EQ(git(temp_ / "unrelated", "for-each-ref refs/fleet"), "");
}

TEST_F(BundleTest, refuses_damaged_and_foreign_files_and_writes_no_ref) {
  must(write_bundle(repository_, "r1", "fleet", file_));
  const std::string good = read_file(file_);
  const fs::path other = other_clone("--single-branch --branch main");
  const Repository there = must(Repository::open(other));
  const auto with = [&](std::string from, const std::string& to) {
    std::string bad = good;
    const auto at = bad.find(from);
    EXPECT_NE(at, bad.npos);
    return bad.replace(at, from.size(), to);
  };
  std::string flipped = good;
  flipped[good.size() - 60] = static_cast<char>(flipped[good.size() - 60] ^ 0x55);
  const std::vector<std::string> bad{"",
                                     "rubbish",
                                     "# v3 git bundle\n",
                                     good.substr(0, good.size() / 2),
                                     good.substr(0, 100),
                                     flipped,
                                     with("refs/fleet/r1/start", "refs/heads/main"),
                                     with("refs/fleet/r1/start", "refs/fleet/r1/../x"),
                                     with("refs/fleet/r1/tasks/first/1", "refs/fleet/r2/tasks/first/1"),
                                     with(tip_.hex(), "0123456789012345678901234567890123456789"),
                                     with("# v2 git bundle\n", "# v2 git bundle\nzz\n")};
  for (const std::string& bytes : bad) {
    write_file(file_, bytes);
    EXPECT_FALSE(read_bundle(there, "r1", "fleet", file_)) << bytes.substr(0, 200);
  }
  write_file(file_, good);
  EXPECT_FALSE(read_bundle(there, "other-run", "fleet", file_));
  EXPECT_EQ(git(other, "for-each-ref refs/fleet refs/heads/fleet"), "");
}

TEST_F(BundleTest, moves_and_takes_over_nothing_that_stands_here) {
  must(write_bundle(repository_, "r1", "fleet", file_));
  const fs::path other = other_clone();
  const Repository there = must(Repository::open(other));
  const auto refusal = [&] {
    const auto taken = read_bundle(there, "r1", "fleet", file_);
    return taken ? "" : taken.error().message();
  };
  const std::string in = " $(git -C " + shell_quote(other.string()) + " commit-tree -p ";
  const auto branches = {start_.hex(), in + start_.hex() + " -m aside " + start_.hex() + "^{tree})"};
  for (const std::string& mine : branches) {
    git(other, "update-ref refs/heads/fleet/r1 " + mine);
    const std::string before = git(other, "rev-parse fleet/r1");
    EXPECT_THAT(refusal(), HasSubstr("another one of that name"));
    EXPECT_EQ(git(other, "rev-parse fleet/r1"), before);
  }
  git(other, "update-ref -d refs/heads/fleet/r1");
  git(other, "update-ref refs/fleet/r1/tasks/first/1 " + start_.hex());
  EXPECT_THAT(refusal(), HasSubstr("refs/fleet/r1/tasks/first/1"));
  git(other, "update-ref -d refs/fleet/r1/tasks/first/1");
  git(other, "update-ref refs/fleet/r1/tasks/unknown/1 " + start_.hex());
  EXPECT_THAT(refusal(), HasSubstr("refs/fleet/r1/tasks/unknown/1"));
  git(other, "update-ref -d refs/fleet/r1/tasks/unknown/1");
  EXPECT_EQ(refusal(), "");
}

// A branch that people can see can be put into a bundle by anybody, to be taken for the run's later.
TEST_F(BundleTest, takes_over_no_branch_that_the_run_did_not_make) {
  const ObjectId mine = commit(start_, {{"mine", "x"}}, "by the user");
  git(clone_, "update-ref refs/heads/fleet/r1 " + mine.hex());
  must(write_bundle(repository_, "r1", "fleet", file_));
  EXPECT_THAT(read_bundle(repository_, "r1", "fleet", file_).error().message(),
              HasSubstr("another one of that name"));
  EXPECT_FALSE(read_bundle(repository_, "r1", "no such..prefix", file_));
}

class DeliveryTest : public DeliveredRun {
 protected:
  std::string refusal(const Delivered& delivered) {
    const auto tip = tip_to_replace(repository_, "r1", "fleet", start_, delivered);
    return tip ? "" : tip.error().message();
  }
};

TEST_F(DeliveryTest, goes_on_where_the_run_delivered_last) {
  EXPECT_EQ(must(tip_to_replace(repository_, "r1", "fleet", start_, {tip_, true})), tip_);
  EXPECT_EQ(must(tip_to_replace(repository_, "r1", "fleet", start_, {{}, false})), tip_) << "it was cut off";
  EXPECT_THAT(refusal({{}, true}), HasSubstr("that the run did not write"));
  git(clone_, "branch -q -D fleet/r1");
  EXPECT_EQ(must(tip_to_replace(repository_, "r1", "fleet", start_, {tip_, true})), ObjectId{});
}

TEST_F(DeliveryTest, goes_over_nothing_that_somebody_did_to_the_branch) {
  const auto expect_refused = [&](const std::string& to) {
    for (const Delivered& delivered : {Delivered{tip_, true}, Delivered{tip_, false}, Delivered{{}, false}}) {
      if (delivered.is_recorded || to != "back") {
        EXPECT_THAT(refusal(delivered),
                    AllOf(HasSubstr("git branch -m fleet/r1 NAME"), HasSubstr("--replan")))
            << to;
      }
    }
  };
  must(roll_back(repository_, request({"first"})));
  expect_refused("rolled back");
  EXPECT_THAT(refusal({tip_, true}), HasSubstr("from " + tip_.hex().substr(0, 10) + " to "));
  git(clone_, "update-ref refs/heads/fleet/r1 " + tip_.hex());
  git(clone_, "worktree add -q ../wt fleet/r1");
  git(temp_ / "wt", "commit -q --allow-empty -m user");
  expect_refused("a commit on top");
  git(temp_ / "wt", "reset -q --hard HEAD~1");
  git(temp_ / "wt", "commit -q --amend --no-edit");
  expect_refused("amended, with all trailers");
  git(temp_ / "wt", "reset -q --hard " + tip_.hex() + "~1");
  expect_refused("back");
}

}  // namespace
}  // namespace fleet::git
