#include "git/refs.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <thread>

#include "git/handles.h"
#include "git/message.h"
#include "git/support.h"
#include "git/tree.h"

namespace fleet::git {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class RefsTest : public ::testing::Test {
 protected:
  TempFolder temp_;
  fs::path clone_ = make_clone(temp_ / "clone");
  Repository repository_ = must(Repository::open(clone_));
  Refs refs_ = Refs(repository_);
  ObjectId start_ = must(repository_.head()).commit;

  ObjectId commit(const std::string& file, ObjectId parent, const std::string& message = "x") {
    ObjectStore& store = repository_.objects();
    const model::TreeEntry entry{must(store.write_blob(file)), model::FileMode::regular};
    const ObjectId tree =
        must(update(store, must(store.tree_of(parent)), std::vector<model::Change>{{file, {}, entry}}));
    return must(store.write_commit({tree, {parent}, message, TimePoint{}}));
  }
  void write(const std::string& name, ObjectId to) {
    must(refs_.write(std::vector<RefUpdate>{{name, to, std::nullopt}}));
  }
};

TEST_F(RefsTest, writes_what_git_reads) {
  const ObjectId made = commit("f", start_);
  must(refs_.write(std::vector<RefUpdate>{{start_ref("r1"), start_, ObjectId{}},
                                          {attempt_ref("r1", "build.core", 1), made, ObjectId{}},
                                          {branch_ref("r1"), made, ObjectId{}}}));
  must(repository_.objects().sync());
  EXPECT_EQ(git(clone_, "for-each-ref --format='%(refname) %(objectname)'"),
            fmt::format("refs/fleet/r1/start {0}\nrefs/fleet/r1/tasks/build.core/1 {1}\nrefs/heads/fleet/r1 "
                        "{1}\nrefs/heads/main {0}",
                        start_.hex(), made.hex()));
  EXPECT_EQ(git(clone_, "fsck"), "");
  EXPECT_THAT(must(refs_.runs()), ElementsAre("r1"));
  EXPECT_EQ(must(refs_.list("refs/fleet/r1/")).size(), 2u);
  EXPECT_EQ(must(refs_.read(branch_ref("r1"))), made);
  EXPECT_EQ(must(refs_.read("refs/fleet/none")), std::nullopt);
  git(clone_, "pack-refs --all");
  must(refs_.write(
      std::vector<RefUpdate>{{start_ref("r1"), {}, start_}, {"refs/fleet/never/was", {}, std::nullopt}}));
  EXPECT_EQ(must(refs_.read(start_ref("r1"))), std::nullopt);
}

TEST_F(RefsTest, writes_all_or_nothing_when_one_is_not_as_expected) {
  const ObjectId made = commit("f", start_);
  write(start_ref("r1"), start_);
  const auto written = refs_.write(
      std::vector<RefUpdate>{{attempt_ref("r1", "t", 1), made, ObjectId{}}, {start_ref("r1"), made, made}});
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().message(), HasSubstr("moved to " + start_.hex()));
  EXPECT_EQ(must(refs_.read(attempt_ref("r1", "t", 1))), std::nullopt);
  EXPECT_FALSE(refs_.write(std::vector<RefUpdate>{{start_ref("r1"), made, ObjectId{}}}));
  EXPECT_FALSE(fs::exists(clone_ / ".git/refs/fleet/r1/start.lock"));
}

TEST_F(RefsTest, says_which_branch_is_in_the_way) {
  git(clone_, "branch fleet");
  const auto blocked = refs_.check_branch_free("r1", "fleet");
  ASSERT_FALSE(blocked);
  EXPECT_EQ(blocked.error().fault, base::Fault::input);
  EXPECT_THAT(blocked.error().message(), HasSubstr("the branch `fleet` is in the way"));
  EXPECT_THAT(blocked.error().message(), HasSubstr("another prefix"));
  EXPECT_TRUE(refs_.check_branch_free("r1", "robots/fleet"));
  EXPECT_FALSE(refs_.write(std::vector<RefUpdate>{{branch_ref("r1"), start_, ObjectId{}}}));
  git(clone_, "branch -D fleet");
  git(clone_, "branch fleet/r1/below");
  EXPECT_FALSE(refs_.check_branch_free("r1", "fleet"));
  EXPECT_TRUE(refs_.check_branch_free("r2", "fleet"));
  EXPECT_FALSE(refs_.check_branch_free("r1", "no such..prefix"));
}

TEST_F(RefsTest, moves_no_branch_under_a_checkout) {
  write(branch_ref("r1"), start_);
  git(clone_, "worktree add -q ../wt fleet/r1");
  const auto moved = refs_.write(std::vector<RefUpdate>{{branch_ref("r1"), commit("f", start_), start_}});
  ASSERT_FALSE(moved);
  EXPECT_THAT(moved.error().message(), HasSubstr("checked out"));
}

TEST_F(RefsTest, waits_for_other_writers) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      for (int n = 1; n <= 10; ++n)
        must(Refs(repository_)
                 .write(std::vector<RefUpdate>{
                     {attempt_ref("r1", fmt::format("t{}", i), n), start_, ObjectId{}}}));
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_EQ(must(refs_.list("refs/fleet/r1/tasks/")).size(), 80u);

  write_file(clone_ / ".git/refs/fleet/r1/start.lock", "");
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    fs::remove(clone_ / ".git/refs/fleet/r1/start.lock");
  });
  EXPECT_TRUE(refs_.write(std::vector<RefUpdate>{{start_ref("r1"), start_, ObjectId{}}}));
  other.join();
}

TEST_F(RefsTest, breaks_the_locks_that_a_killed_process_left_of_this_run_only) {
  for (const char* lock :
       {"fleet/r1/start.lock", "fleet/r1/tasks/a/1.lock", "heads/fleet/r1.lock", "fleet/r2/start.lock"})
    write_file(clone_ / ".git/refs" / lock, "");
  refs_.break_locks("r1", "fleet");
  EXPECT_TRUE(refs_.write(std::vector<RefUpdate>{{start_ref("r1"), start_, ObjectId{}},
                                                 {attempt_ref("r1", "a", 1), start_, ObjectId{}},
                                                 {branch_ref("r1"), start_, ObjectId{}}}));
  EXPECT_TRUE(fs::exists(clone_ / ".git/refs/fleet/r2/start.lock"));
}

TEST_F(RefsTest, takes_away_names_that_a_power_cut_left_without_content) {
  write(attempt_ref("r1", "b", 1), start_);
  for (const char* name : {"fleet/r1/start", "fleet/r1/tasks/a/1", "heads/fleet/r1"})
    write_file(clone_ / ".git/refs" / name, "");
  refs_.break_locks("r1", "fleet");
  EXPECT_TRUE(refs_.write(std::vector<RefUpdate>{{start_ref("r1"), start_, ObjectId{}},
                                                 {attempt_ref("r1", "a", 1), start_, ObjectId{}},
                                                 {attempt_ref("r1", "b", 1), start_, start_},
                                                 {branch_ref("r1"), start_, ObjectId{}}}));
}

TEST_F(RefsTest, cleans_up_no_work_that_is_nowhere_else) {
  const auto message = [](const std::string& task) {
    return compose_message("s", "", std::vector<Trailer>{{"Fleet-Run", "r1"}, {"Fleet-Task", task}});
  };
  const ObjectId delivered = commit("one", start_, message("one"));
  write(start_ref("r1"), start_);
  write(attempt_ref("r1", "one", 1), commit("one-failed", start_));
  write(attempt_ref("r1", "one", 2), commit("one", start_, "snapshot"));
  write(attempt_ref("r1", "lost", 1), commit("lost", start_));
  write(attempt_ref("r1", "same", 1), commit("one", start_, "another task that did the same"));
  write(start_ref("r2"), start_);

  EXPECT_THAT(must(clean_up(repository_, "r1", "fleet", Unmerged::keep)).deleted, IsEmpty())
      << "no branch: all is unmerged";
  write(branch_ref("r1"), delivered);
  const auto cleaned = must(clean_up(repository_, "r1", "fleet", Unmerged::keep));
  EXPECT_THAT(cleaned.deleted, ElementsAre(attempt_ref("r1", "one", 2), attempt_ref("r1", "same", 1)));
  EXPECT_THAT(cleaned.kept, ElementsAre(HasSubstr("tasks/lost/1"), HasSubstr("tasks/one/1"),
                                        HasSubstr("no other branch holds it")));
  EXPECT_EQ(must(refs_.read(start_ref("r1"))), start_);

  git(clone_, "merge -q --ff-only fleet/r1");
  EXPECT_THAT(must(clean_up(repository_, "r1", "fleet", Unmerged::keep)).deleted,
              ElementsAre(branch_ref("r1")));
  const auto all = must(clean_up(repository_, "r1", "fleet", Unmerged::drop));
  EXPECT_THAT(all.kept, IsEmpty());
  EXPECT_THAT(must(refs_.runs()), ElementsAre("r2"));
}

TEST(Message, gives_up_a_trailer_and_nothing_else) {
  const Trailer trailers[] = {{"Fleet-Run", "r1"}, {"Fleet-Attempt", "2"}, {"Fleet-Key", "k"}};
  const std::string message = compose_message("subject", "body\n\nFleet-Attempt: 9", trailers);
  EXPECT_EQ(without_trailer(message, "Fleet-Attempt"),
            "subject\n\nbody\n\nFleet-Attempt: 9\n\nFleet-Run: r1\nFleet-Key: k\n");
  EXPECT_EQ(without_trailer(message, "Fleet-Cost"), message);
  EXPECT_EQ(without_trailer("Fleet-Attempt: 2\n", "Fleet-Attempt"), "Fleet-Attempt: 2\n") << "a subject";
  EXPECT_EQ(without_trailer("", "Fleet-Attempt"), "");
}

// A run of which `left` and `right` are merged into one file, `right` loses in another one, `late` builds on
// `left`; and whose branch the user may have merged and deleted.
class CleanUpTest : public RefsTest {
 protected:
  using Files = std::map<std::string, std::string>;
  ObjectId put(ObjectId parent, const Files& files, const std::string& task = {}) {
    ObjectStore& store = repository_.objects();
    std::vector<model::Change> changes;
    for (const auto& [path, bytes] : files)
      changes.push_back({path, {}, {must(store.write_blob(bytes)), model::FileMode::regular}});
    std::vector<Trailer> trailers;
    if (!task.empty()) trailers = {{"Fleet-Run", "r1"}, {"Fleet-Task", task}};
    return must(store.write_commit({must(update(store, must(store.tree_of(parent)), changes)),
                                    {parent},
                                    compose_message("s", "", trailers),
                                    TimePoint{}}));
  }
  void SetUp() override {
    write(start_ref("r1"), begin_);
    write(attempt_ref("r1", "left", 1),
          put(begin_, {{"text", "LEFT\n2\n3\n4\n5\n"}, {"both", "left"}}, "left"));
    write(attempt_ref("r1", "right", 1),
          put(begin_, {{"text", "1\n2\n3\n4\nRIGHT\n"}, {"both", "right"}}, "right"));
    const ObjectId left = put(begin_, {{"text", "LEFT\n2\n3\n4\n5\n"}, {"both", "left"}}, "left");
    const ObjectId right = put(left, {{"text", "LEFT\n2\n3\n4\nRIGHT\n"}}, "right");
    const ObjectId late = put(right, {{"text", "late\n2\n3\n4\nRIGHT\n"}}, "late");
    write(attempt_ref("r1", "late", 1), late);
    write(branch_ref("r1"), late);
  }
  CleanUp clean() { return must(clean_up(repository_, "r1", "fleet", Unmerged::keep)); }

  ObjectId begin_ = put(start_, {{"text", "1\n2\n3\n4\n5\n"}});
};

TEST_F(CleanUpTest, keeps_the_version_that_lost_though_the_rest_of_its_task_is_merged) {
  const CleanUp done = clean();
  EXPECT_THAT(done.deleted, ElementsAre(attempt_ref("r1", "late", 1), attempt_ref("r1", "left", 1)));
  EXPECT_THAT(done.kept, ElementsAre(HasSubstr("tasks/right/1: its work is in no branch"),
                                     HasSubstr("no other branch holds it")));
}

TEST_F(CleanUpTest, knows_what_was_merged_when_the_branch_is_gone) {
  git(clone_, "merge -q --no-edit " + begin_.hex());
  git(clone_, "merge -q --no-edit --no-ff fleet/r1");
  git(clone_, "branch -q -D fleet/r1");
  EXPECT_THAT(clean().deleted, ElementsAre(attempt_ref("r1", "late", 1), attempt_ref("r1", "left", 1)));
}

TEST_F(CleanUpTest, knows_what_was_squashed_or_is_only_in_a_detached_head) {
  git(clone_, "checkout -q --detach " + begin_.hex());
  git(clone_, "merge -q --squash fleet/r1");
  git(clone_, "commit -qm squashed");
  git(clone_, "branch -q -D fleet/r1");
  EXPECT_THAT(clean().deleted, ElementsAre(attempt_ref("r1", "late", 1)));
}

TEST_F(CleanUpTest, deletes_the_branch_once_another_one_has_each_change_of_it) {
  git(clone_, "branch -f fleet/r1 fleet/r1~");  // `left` and `right`, whose lines do not meet
  git(clone_, "checkout -q --detach " + begin_.hex());
  git(clone_, "merge -q --squash fleet/r1");
  git(clone_, "commit -qm squashed");
  EXPECT_THAT(clean().kept, Contains(HasSubstr("heads/fleet/r1: no other branch holds it")))
      << "a detached HEAD is no branch";
  git(clone_, "branch taken");
  EXPECT_THAT(clean().deleted, Contains(branch_ref("r1")));
}

TEST_F(CleanUpTest, keeps_the_branch_where_a_squash_lost_one_change_under_another) {
  git(clone_, "checkout -q -b taken " + begin_.hex());
  git(clone_, "merge -q --squash fleet/r1");
  git(clone_, "commit -qm squashed");
  EXPECT_THAT(clean().kept, Contains(HasSubstr("heads/fleet/r1: no other branch holds it")));
}

TEST_F(CleanUpTest, keeps_the_branch_of_what_was_rolled_back_before_the_squash) {
  git(clone_, "checkout -q -B fleet/r1 fleet/r1~");
  git(clone_, "revert --no-edit HEAD");
  git(clone_, "checkout -q -b taken " + begin_.hex());
  git(clone_, "merge -q --squash fleet/r1");
  git(clone_, "commit -qm squashed");
  EXPECT_THAT(clean().kept, Contains(HasSubstr("heads/fleet/r1: no other branch holds it")));
}

TEST_F(CleanUpTest, takes_a_branch_that_never_had_a_file_for_no_place_of_its_removal) {
  git(clone_, "checkout -q -B fleet/r1 " + begin_.hex());
  git(clone_, "rm -q text");
  git(clone_, "commit -qm removed");
  const ObjectId removed = id_of(git(clone_, "rev-parse HEAD"));
  git(clone_, "checkout -q -b elsewhere " + start_.hex());
  git(clone_, "commit -q --allow-empty -m other");
  EXPECT_THAT(clean().kept, Contains(HasSubstr("heads/fleet/r1: no other branch holds it")));
  git(clone_, "branch -q -D fleet/r1");
  write(attempt_ref("r1", "remover", 1), removed);
  EXPECT_THAT(clean().kept, Contains(HasSubstr("tasks/remover/1: its work is in no branch")));
}

TEST_F(CleanUpTest, keeps_a_result_that_no_branch_took) {
  const ObjectId aside = put(begin_, {{"aside", "x"}}, "left");
  write(result_ref("r1"), aside);
  EXPECT_THAT(clean().kept, Contains(HasSubstr("refs/fleet/r1/result")));
  git(clone_, "branch mine " + aside.hex());
  EXPECT_THAT(clean().deleted, Contains(result_ref("r1")));
}

TEST_F(RefsTest, lets_no_run_begin_over_what_stands) {
  const auto refusal = [&](ObjectId start) {
    const auto checked = refs_.check_unused("r1", "feature", start);
    return checked ? "" : checked.error().message();
  };
  EXPECT_EQ(refusal(start_), "");
  write(start_ref("r1"), start_);
  EXPECT_EQ(refusal(start_), "") << "left by a run that was killed before it began";
  EXPECT_THAT(refusal(commit("f", start_)), HasSubstr("refs/fleet/r1/start exists"));
  write(attempt_ref("r1", "a", 1), commit("f", start_));
  EXPECT_THAT(refusal(start_), HasSubstr("give another --id"));
  git(clone_, "update-ref -d " + attempt_ref("r1", "a", 1));
  git(clone_, "branch feature/r1");
  EXPECT_THAT(refusal(start_),
              AllOf(HasSubstr("there is a branch feature/r1 already"), HasSubstr("--branch-prefix")));
}

// What the second one needs on disk may be what the first one is at work on, and fails with.
TEST_F(RefsTest, waits_for_what_another_thread_makes_durable) {
  const fs::path pipe =
      repository_.common_folder() / "refs/fleet/pipe";  // opening it waits; fsync refuses it
  fs::create_directories(pipe.parent_path());
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  Handles& handles = *repository_.handles();
  handles.unsynced().lock()->refs.insert("refs/fleet/pipe");
  std::atomic<int> running = 2;
  std::array<bool, 2> good{true, true};
  const auto sync = [&](int index) {
    good[index] = handles.sync().has_value();
    --running;
  };
  std::thread first(sync, 0);
  while (!handles.unsynced().lock()->refs.empty())
    std::this_thread::yield();
  std::thread second(sync, 1);
  std::this_thread::sleep_for(std::chrono::milliseconds(50));  // for one that would not wait to end
  while (running > 0) {
    if (const int fd = ::open(pipe.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC); fd >= 0) ::close(fd);
    std::this_thread::yield();
  }
  first.join();
  second.join();
  EXPECT_FALSE(good[0]);
  EXPECT_FALSE(good[1]) << "it answered for what is not on disk";
}

TEST(Message, keeps_trailers_apart_from_what_a_body_claims) {
  const std::string text = compose_message("subject\nsecond", "body\n\nFleet-Task: forged\n",
                                           std::vector<Trailer>{{"Fleet-Run", "r1"}, {"Fleet-Cost", "1\n2"}});
  EXPECT_EQ(text, "subject second\n\nbody\n\nFleet-Task: forged\n\nFleet-Run: r1\nFleet-Cost: 1 2\n");
  EXPECT_EQ(trailer(text, kRunTrailer), "r1");
  EXPECT_EQ(trailer(text, kTaskTrailer), std::nullopt);
  EXPECT_EQ(trailer("Fleet-Run: subject\n", kRunTrailer), std::nullopt);
  EXPECT_THAT(all_trailers("s\n\nFleet-Reverts: a\nFleet-Reverts: b\n", kRevertsTrailer),
              ElementsAre("a", "b"));
  const Ran judge = run("printf %s " + shell_quote(text) + " | git interpret-trailers --parse");
  EXPECT_EQ(judge.out, "Fleet-Run: r1\nFleet-Cost: 1 2\n");
}

}  // namespace
}  // namespace fleet::git
