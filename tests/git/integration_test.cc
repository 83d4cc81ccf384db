#include "git/integration.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <set>

#include "git/integration_fixture.h"

namespace fleet::git {
namespace {

using model::Change;
using model::Conflict;
using model::FileMode;
using model::TreeEntry;

TEST_F(IntegrationTest, chains_results_in_plan_order_with_the_same_ids_whatever_the_order_of_arrival) {
  const ObjectId start = commit_files({{"a", "1\n"}, {"b", "1\n"}, {"c", "1\n"}});
  const std::vector<TaskResult> results{
      result(0, start, {{"a", "2\n"}, {"b", "1\n"}, {"c", "1\n"}}),
      result(1, start, {{"a", "1\n"}, {"b", "2\n"}, {"c", "1\n"}}),
      result(2, start, {{"a", "1\n"}, {"b", "1\n"}, {"c", "2\n"}, {"new", "2\n"}})};
  std::vector<int> order{0, 1, 2};
  std::set<ObjectId> tips;
  do {
    Integration integration = must(Integration::create(store_, start));
    for (const int i : order)
      EXPECT_TRUE(must(integration.accept(results[i], OnConflict::report)).accepted);
    tips.insert(must(integration.merged(tasks({2, 0, 1, 1, 7}))));
  } while (std::next_permutation(order.begin(), order.end()));
  ASSERT_EQ(tips.size(), 1u);
  EXPECT_EQ(files_of(*tips.begin()),
            (std::map<std::string, std::string>{{"a", "2\n"}, {"b", "2\n"}, {"c", "2\n"}, {"new", "2\n"}}));
  EXPECT_EQ(git(clone_, "log --format='%s|%an|%ae|%at|%ct' " + tips.begin()->hex()),
            "task 2|fleet|fleet@localhost|1700000000|1700000000\n"
            "task 1|fleet|fleet@localhost|1700000000|1700000000\n"
            "task 0|fleet|fleet@localhost|1700000000|1700000000\n"
            "x|fleet|fleet@localhost|1700000000|1700000000");
  EXPECT_EQ(git(clone_, "fsck --strict --no-dangling " + tips.begin()->hex()), "");
}

TEST_F(IntegrationTest, gives_the_start_for_no_result_and_leaves_out_results_without_effect) {
  const ObjectId start = commit_files({{"a", "1\n"}});
  Integration integration = must(Integration::create(store_, start));
  EXPECT_EQ(must(integration.merged({})), start);
  must(integration.accept({TaskIndex{0}, start, {}, "nothing"}, OnConflict::report));
  must(integration.accept(result(1, start, {{"a", "2\n"}}), OnConflict::report));
  must(integration.accept(result(2, start, {{"a", "2\n"}}), OnConflict::report));
  EXPECT_EQ(must(integration.merged(tasks({0}))), start);
  EXPECT_EQ(must(integration.merged(tasks({0, 1, 2}))), must(integration.merged(tasks({1}))));
  EXPECT_NE(must(integration.merged(tasks({2}))), must(integration.merged(tasks({1}))))
      << "the message differs";
}

TEST_F(IntegrationTest, merges_results_that_were_built_on_others) {
  const ObjectId start = commit_files({{"a", "1\n2\n3\n4\n5\n6\n7\n8\n9\n"}});
  Integration integration = must(Integration::create(store_, start));
  must(integration.accept(result(1, start, {{"a", "one\n2\n3\n4\n5\n6\n7\n8\n9\n"}}), OnConflict::report));
  const ObjectId base = must(integration.merged(tasks({1})));
  must(integration.accept(result(3, base, {{"a", "ONE\n2\n3\n4\n5\n6\n7\n8\n9\n"}}), OnConflict::report));
  // Earlier in the plan, later to arrive, and another part of the same file.
  must(integration.accept(result(2, start, {{"a", "1\n2\n3\n4\n5\n6\n7\n8\nnine\n"}}), OnConflict::report));
  EXPECT_EQ(files_of(must(integration.merged(tasks({1, 2, 3}))))["a"], "ONE\n2\n3\n4\n5\n6\n7\n8\nnine\n");
}

TEST_F(IntegrationTest, names_the_later_in_plan_order_as_the_loser_whichever_arrives_first) {
  const ObjectId start = commit_files({{"a", "1\n"}, {"b", "1\n"}});
  const auto early = result(1, start, {{"a", "early\n"}, {"b", "1\n"}});
  const auto late = result(5, start, {{"a", "late\n"}, {"b", "late\n"}});
  for (const bool early_first : {true, false}) {
    Integration integration = must(Integration::create(store_, start));
    EXPECT_TRUE(must(integration.accept(early_first ? early : late, OnConflict::report)).accepted);
    const auto answer = must(integration.accept(early_first ? late : early, OnConflict::report));
    EXPECT_FALSE(answer.accepted);
    ASSERT_EQ(answer.conflicts.size(), 1u);
    EXPECT_EQ(answer.conflicts[0].loser, TaskIndex{5});
    EXPECT_EQ(answer.conflicts[0].winner, TaskIndex{1});
    EXPECT_EQ(answer.conflicts[0].paths, std::vector<std::string>{"a"});
    EXPECT_EQ(integration.holds(TaskIndex{5}), !early_first);
  }
}

TEST_F(IntegrationTest, names_the_winner_that_really_clashes) {
  const ObjectId start = commit_files({{"a", "1\n2\n3\n4\n5\n6\n7\n8\n9\n"}});
  Integration integration = must(Integration::create(store_, start));
  must(integration.accept(result(0, start, {{"a", "one\n2\n3\n4\n5\n6\n7\n8\n9\n"}}), OnConflict::report));
  must(integration.accept(result(1, start, {{"a", "1\n2\n3\n4\n5\n6\n7\n8\nnine\n"}}), OnConflict::report));
  const auto conflicts = must(integration.check(result(2, start, {{"a", "uno\n2\n3\n4\n5\n6\n7\n8\n9\n"}})));
  ASSERT_EQ(conflicts.size(), 1u);
  EXPECT_EQ(conflicts[0].winner, TaskIndex{0});
}

// The third gets on with either of the others, but not with both.
TEST_F(IntegrationTest, names_all_that_clash_only_together_whichever_arrives_last) {
  const ObjectId start = commit_files({{"f", "z\nz\nx\nx\nx\n"}});
  const TaskResult results[] = {result(0, start, {{"f", "z\nz\nx\nx\n"}}),
                                result(1, start, {{"f", "z\nx\nx\nx\n"}}),
                                result(2, start, {{"f", "z\nz\nx\nz\nx\nx\n"}})};
  for (const auto& order : {std::array{0, 1, 2}, std::array{1, 2, 0}, std::array{2, 0, 1}}) {
    Integration integration = must(Integration::create(store_, start));
    EXPECT_TRUE(must(integration.accept(results[order[0]], OnConflict::report)).accepted);
    EXPECT_TRUE(must(integration.accept(results[order[1]], OnConflict::report)).accepted);
    const auto conflicts = must(integration.check(results[order[2]]));
    ASSERT_EQ(conflicts.size(), 2u);
    for (const std::uint32_t winner : {0u, 1u}) {
      EXPECT_EQ(conflicts[winner].loser, TaskIndex{2});
      EXPECT_EQ(conflicts[winner].winner, TaskIndex{winner});
    }
  }
}

TEST_F(IntegrationTest, lets_the_earlier_win_path_by_path_whatever_the_order_of_arrival) {
  const ObjectId start = commit_files({{"a", "1\n"}, {"b", "1\n"}, {"c", "1\n"}});
  const std::vector<TaskResult> results{result(0, start, {{"a", "0\n"}, {"b", "1\n"}, {"c", "1\n"}}),
                                        result(1, start, {{"a", "x\n"}, {"b", "x\n"}, {"c", "1\n"}}),
                                        result(2, start, {{"a", "y\n"}, {"b", "y\n"}, {"c", "y\n"}})};
  std::vector<int> order{0, 1, 2};
  std::set<ObjectId> tips;
  do {
    Integration integration = must(Integration::create(store_, start));
    std::set<std::tuple<TaskIndex, std::string>> overridden;
    for (const int i : order) {
      const auto answer = must(integration.accept(results[i], OnConflict::earlier_wins));
      EXPECT_TRUE(answer.accepted);
      for (const Conflict& conflict : answer.conflicts) {
        for (const std::string& path : conflict.paths)
          overridden.insert({conflict.loser, path});
      }
    }
    EXPECT_EQ(overridden.size(), 3u) << "1:a 2:a 2:b";
    const auto in_the_end = must(integration.overridden());
    ASSERT_EQ(in_the_end.size(), 3u);
    const auto expect = [&](const Conflict& conflict, TaskIndex loser, TaskIndex winner, const char* path) {
      EXPECT_EQ(conflict.loser, loser);
      EXPECT_EQ(conflict.winner, winner);
      EXPECT_EQ(conflict.paths, std::vector<std::string>{path});
    };
    expect(in_the_end[0], TaskIndex{1}, TaskIndex{0}, "a");
    expect(in_the_end[1], TaskIndex{2}, TaskIndex{0}, "a");
    expect(in_the_end[2], TaskIndex{2}, TaskIndex{1}, "b");
    tips.insert(must(integration.merged(tasks({0, 1, 2}))));
  } while (std::next_permutation(order.begin(), order.end()));
  ASSERT_EQ(tips.size(), 1u);
  EXPECT_EQ(files_of(*tips.begin()),
            (std::map<std::string, std::string>{{"a", "0\n"}, {"b", "x\n"}, {"c", "y\n"}}));
}

TEST_F(IntegrationTest, finds_a_path_that_is_a_file_here_and_a_folder_there) {
  const ObjectId start = commit_files({{"keep", "1\n"}, {"dir/old", "1\n"}});
  const auto as_file = result(1, start, {{"keep", "1\n"}, {"dir", "now a file\n"}});
  const auto below = result(0, start, {{"keep", "1\n"}, {"dir/old", "1\n"}, {"dir/new", "1\n"}});
  for (const bool file_first : {true, false}) {
    Integration integration = must(Integration::create(store_, start));
    must(integration.accept(file_first ? as_file : below, OnConflict::report));
    const auto conflicts = must(integration.check(file_first ? below : as_file));
    ASSERT_EQ(conflicts.size(), 1u);
    EXPECT_EQ(conflicts[0].loser, TaskIndex{1});
    EXPECT_EQ(conflicts[0].winner, TaskIndex{0});
    EXPECT_EQ(conflicts[0].paths, std::vector<std::string>{"dir"});
    must(integration.accept(file_first ? below : as_file, OnConflict::earlier_wins));
    EXPECT_EQ(files_of(must(integration.merged(tasks({0, 1})))),
              (std::map<std::string, std::string>{{"keep", "1\n"}, {"dir/new", "1\n"}}));
  }
  // The same with the file earlier in the plan: then the new file below it gives way.
  Integration integration = must(Integration::create(store_, start));
  auto late_below = below;
  late_below.task = TaskIndex{2};
  must(integration.accept(late_below, OnConflict::earlier_wins));
  EXPECT_EQ(must(integration.accept(as_file, OnConflict::earlier_wins)).conflicts.size(), 1u);
  EXPECT_EQ(files_of(must(integration.merged(tasks({1, 2})))),
            (std::map<std::string, std::string>{{"keep", "1\n"}, {"dir", "now a file\n"}}));
}

// What gave way at its arrival stands again when what it gave way to has gone.
TEST_F(IntegrationTest, says_in_the_end_only_what_gives_way_in_the_end) {
  const ObjectId start = commit_files({{"keep", "1\n"}});
  Integration integration = must(Integration::create(store_, start));
  const auto folder = result(0, start, {{"keep", "1\n"}, {"dir/new", "1\n"}});
  must(integration.accept(folder, OnConflict::earlier_wins));
  const auto as_file = result(2, start, {{"keep", "1\n"}, {"dir", "file\n"}});
  EXPECT_EQ(must(integration.accept(as_file, OnConflict::earlier_wins)).conflicts.size(), 1u);
  const auto before = must(integration.overridden());
  ASSERT_EQ(before.size(), 1u);
  EXPECT_EQ(before[0].loser, TaskIndex{2});
  EXPECT_EQ(before[0].winner, TaskIndex{0});
  EXPECT_EQ(before[0].paths, std::vector<std::string>{"dir"});
  const ObjectId base = must(integration.merged(tasks({0})));
  must(integration.accept(result(1, base, {{"keep", "1\n"}}, {TaskIndex{0}}), OnConflict::earlier_wins));
  EXPECT_TRUE(must(integration.overridden()).empty());
  EXPECT_EQ(files_of(must(integration.merged(tasks({0, 1, 2})))),
            (std::map<std::string, std::string>{{"keep", "1\n"}, {"dir", "file\n"}}));
  integration.withdraw(TaskIndex{1});
  EXPECT_EQ(must(integration.overridden()).size(), 1u);
}

TEST_F(IntegrationTest, replaces_a_folder_by_a_file_when_nobody_else_touched_it) {
  const ObjectId start = commit_files({{"keep", "1\n"}, {"dir/a", "1\n"}, {"dir/b", "1\n"}});
  Integration integration = must(Integration::create(store_, start));
  must(integration.accept(result(0, start, {{"keep", "2\n"}, {"dir/a", "1\n"}, {"dir/b", "1\n"}}),
                          OnConflict::report));
  EXPECT_TRUE(
      must(integration.accept(result(1, start, {{"keep", "1\n"}, {"dir", "file\n"}}), OnConflict::report))
          .accepted);
  // Deletes what the other deletes too, and shares that with it.
  EXPECT_TRUE(
      must(integration.accept(result(2, start, {{"keep", "1\n"}, {"dir/b", "1\n"}}), OnConflict::report))
          .accepted);
  EXPECT_EQ(files_of(must(integration.merged(tasks({0, 1, 2})))),
            (std::map<std::string, std::string>{{"keep", "2\n"}, {"dir", "file\n"}}));
}

TEST_F(IntegrationTest, takes_a_result_out_again) {
  const ObjectId start = commit_files({{"a", "1\n"}});
  Integration integration = must(Integration::create(store_, start));
  must(integration.accept(result(0, start, {{"a", "0\n"}}), OnConflict::report));
  const auto other = result(1, start, {{"a", "other\n"}});
  EXPECT_FALSE(must(integration.accept(other, OnConflict::report)).accepted);
  integration.withdraw(TaskIndex{0});
  EXPECT_FALSE(integration.holds(TaskIndex{0}));
  EXPECT_TRUE(must(integration.accept(other, OnConflict::report)).accepted);
  EXPECT_EQ(files_of(must(integration.merged(tasks({0, 1}))))["a"], "other\n");
}

TEST_F(IntegrationTest, two_results_conflict_also_when_a_third_has_taken_back_what_they_clash_in) {
  const ObjectId start = commit_files({{"a", "two\n"}});
  const auto first = result(0, start, {{"a", "first\n"}});
  Integration plan = must(Integration::create(store_, start));
  must(plan.accept(first, OnConflict::report));
  const auto back = result(1, must(plan.merged(tasks({0}))), {{"a", "two\n"}}, tasks({0}));
  const auto other = result(2, start, {{"a", "other\n"}});
  for (const bool back_is_quicker : {true, false}) {
    Integration integration = must(Integration::create(store_, start));
    must(integration.accept(first, OnConflict::report));
    if (back_is_quicker) must(integration.accept(back, OnConflict::report));
    const auto answer = must(integration.accept(other, OnConflict::report));
    EXPECT_FALSE(answer.accepted);
    ASSERT_EQ(answer.conflicts.size(), 1u);
    EXPECT_EQ(answer.conflicts[0].winner, TaskIndex{0});
    EXPECT_EQ(answer.conflicts[0].loser, TaskIndex{2});
  }
  // One that stands on both sees no conflict in what it does to the path.
  Integration integration = must(Integration::create(store_, start));
  must(integration.accept(first, OnConflict::report));
  must(integration.accept(back, OnConflict::report));
  const auto later = result(2, must(integration.merged(tasks({0, 1}))), {{"a", "later\n"}}, tasks({0, 1}));
  EXPECT_TRUE(must(integration.accept(later, OnConflict::report)).accepted);
}

TEST_F(IntegrationTest, merges_again_what_git_has_pruned_meanwhile) {
  const ObjectId start = commit_files({{"a", "1\n"}});
  Integration integration = must(Integration::create(store_, start));
  for (const std::uint32_t task : {0u, 1u}) {
    const auto its = result(task, start, {{"a", "1\n"}, {fmt::format("f{}", task), "f\n"}});
    must(integration.accept(its, OnConflict::report));
    git(clone_, fmt::format("update-ref refs/heads/t{} {}", task, its.snapshot.hex()));
  }
  const ObjectId all = must(integration.merged(tasks({0, 1})));
  must(store_.read_commit(all));
  git(clone_, "prune --expire=now");
  ASSERT_FALSE(store_.still_contains(all));
  EXPECT_EQ(must(integration.merged(tasks({0, 1}))), all);
  EXPECT_EQ(git(clone_, "fsck --no-dangling " + all.hex()), "");
}

TEST_F(IntegrationTest, restored_results_merge_as_those_that_were_accepted) {
  const ObjectId start = commit_files({{"a", "1\n2\n3\n"}});
  const auto first = result(0, start, {{"a", "one\n2\n3\n"}});
  Integration before = must(Integration::create(store_, start));
  must(before.accept(first, OnConflict::report));
  const auto second = result(1, must(before.merged(tasks({0}))), {{"a", "ONE\n2\n3\n"}}, tasks({0}));
  must(before.accept(second, OnConflict::report));
  Integration after = must(Integration::create(store_, start));
  must(after.restore(first, OnConflict::report));
  must(after.restore(second, OnConflict::report));
  EXPECT_EQ(must(after.merged(tasks({0, 1}))), must(before.merged(tasks({0, 1}))));
  EXPECT_FALSE(before.merged(tasks({1}))) << "without what it was built on";
  EXPECT_FALSE(after.merged(tasks({1})));
}

TEST_F(IntegrationTest, refuses_a_result_built_on_what_was_never_accepted) {
  const ObjectId start = commit_files({{"a", "1\n"}});
  Integration integration = must(Integration::create(store_, start));
  must(integration.accept(result(0, start, {{"a", "0\n"}}), OnConflict::report));
  const ObjectId base = must(integration.merged(tasks({0})));
  must(integration.accept(result(1, base, {{"a", "on top of 0\n"}}), OnConflict::report));
  integration.withdraw(TaskIndex{0});
  EXPECT_FALSE(integration.merged(tasks({1})));
}

// Random results, some built on others, in random orders of arrival.
TEST_F(IntegrationTest, merges_random_results_the_same_in_every_order_of_arrival) {
  int complete = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    Dice dice(seed);
    std::map<std::string, std::string> first;
    for (int i = 0; i < 6; ++i) {
      const std::string path = (dice.one_in(2) ? "d/" : "") + std::to_string(dice.below(5));
      for (int line = 0; line < 12; ++line)
        first[path] += fmt::format("line {}\n", line);
    }
    const ObjectId start = commit_files(first);
    // Bases come from an integration in plan order; what it refuses is in no later order either.
    Integration plan = must(Integration::create(store_, start));
    std::vector<TaskResult> results;
    for (std::uint32_t task = 0; task < 6; ++task) {
      std::vector<TaskIndex> needs;
      for (const TaskResult& earlier : results) {
        if (dice.one_in(3)) needs.push_back(earlier.task);
      }
      const std::vector<TaskIndex> from = results.empty() || dice.one_in(2)
                                              ? std::vector<TaskIndex>{}
                                              : std::vector<TaskIndex>{results[0].task};
      const ObjectId base = must(plan.merged(from));
      auto files = files_of(base);
      if (files.empty()) files["0"] = "line 0\n";
      for (std::size_t edit = dice.below(3) + 1; edit > 0; --edit) {
        const std::string path = (dice.one_in(2) ? "d/" : "") + std::to_string(dice.below(5));
        if (dice.one_in(6)) {
          files.erase(path);
        } else if (dice.one_in(6)) {
          const auto moved = std::next(files.begin(), static_cast<std::ptrdiff_t>(dice.below(files.size())));
          std::string text = std::move(moved->second);
          files.erase(moved);
          files[path] = std::move(text);
        } else if (dice.one_in(6)) {
          files = first;  // takes back what it was built on
        } else {
          std::string& text = files[path];
          const auto at = text.find(fmt::format("line {}\n", dice.below(12)));
          if (at == text.npos) {
            text += fmt::format("added by {}\n", task);
          } else {
            text.insert(at, fmt::format("from {} {}\n", task, edit));
          }
        }
      }
      TaskResult made = result(task, base, files, from);
      const auto answer = must(plan.accept(made, OnConflict::report));
      if (answer.accepted) results.push_back(made);
    }
    std::vector<TaskIndex> all;
    for (const TaskResult& made : results)
      all.push_back(made.task);
    const ObjectId expected = must(plan.merged(all));
    for (int round = 0; round < 6; ++round) {
      std::vector<TaskResult> waiting = results;
      for (std::size_t i = waiting.size(); i > 1; --i)
        std::swap(waiting[i - 1], waiting[dice.below(i)]);
      // A result arrives only after what it was built on.
      std::stable_partition(waiting.begin(), waiting.end(),
                            [&](const TaskResult& made) { return made.base == start; });
      for (const OnConflict mode : {OnConflict::report, OnConflict::earlier_wins}) {
        Integration integration = must(Integration::create(store_, start));
        bool all_accepted = true;
        for (const TaskResult& made : waiting) {
          const auto answer = must(integration.accept(made, mode));
          all_accepted = all_accepted && answer.accepted;
          if (!all_accepted) break;
          if (dice.one_in(3)) must(integration.merged(all));  // asking in between changes nothing
        }
        // A part of the results can clash where the whole does not: a later one may remove what two others
        // add.
        if (!all_accepted) continue;
        ++complete;
        ASSERT_EQ(must(integration.merged(all)), expected);
        ASSERT_TRUE(must(integration.overridden()).empty());
      }
    }
  }
  EXPECT_GT(complete, 500) << "of 720";
}

// Which results clash is a question, and asking it leaves nothing behind.
TEST_F(IntegrationTest, writes_no_more_than_what_comes_together) {
  std::map<std::string, std::string> files{{"f", {}}};
  for (int line = 0; line < 100; ++line)
    files["f"] += fmt::format("line {}\n", line);
  const ObjectId start = commit_files(files);
  Integration integration = must(Integration::create(store_, start));
  const auto count = [&] { return std::stoul(git(clone_, "count-objects | cut -d' ' -f1")); };
  constexpr std::uint32_t kTasks = 20;
  std::vector<TaskResult> results;
  for (std::uint32_t task = 0; task < kTasks; ++task) {
    auto own = files;
    own["f"].insert(own["f"].find(fmt::format("line {}\n", task * 5)), fmt::format("of {}\n", task));
    results.push_back(result(task, start, own));
  }
  const std::size_t before = count();
  for (const TaskResult& each : results)
    ASSERT_TRUE(must(integration.accept(each, OnConflict::report)).accepted);
  EXPECT_LE(count() - before, kTasks);
}

}  // namespace
}  // namespace fleet::git
