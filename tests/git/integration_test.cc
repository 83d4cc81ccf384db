#include "git/integration.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <set>

#include "git/support.h"
#include "git/tree.h"

namespace fleet::git {
namespace {

using model::Change;
using model::Conflict;
using model::FileMode;
using model::TreeEntry;

class IntegrationTest : public ::testing::Test {
 protected:
  TempFolder temp_;
  fs::path clone_ = make_clone(temp_ / "clone");
  Repository repository_ = must(Repository::open(clone_));
  ObjectStore& store_ = repository_.objects();

  ObjectId commit(ObjectId tree, std::vector<ObjectId> parents) {
    return must(
        store_.write_commit({tree, std::move(parents), "x", TimePoint(std::chrono::seconds(1'700'000'000))}));
  }
  ObjectId commit_files(const std::map<std::string, std::string>& files, ObjectId parent = {}) {
    std::vector<Change> changes;
    for (const auto& [path, bytes] : files)
      changes.push_back({path, {}, {must(store_.write_blob(bytes)), FileMode::regular}});
    return commit(must(update(store_, {}, changes)),
                  parent.is_none() ? std::vector<ObjectId>{} : std::vector{parent});
  }
  TaskResult result(std::uint32_t task, ObjectId base, const std::map<std::string, std::string>& files,
                    std::vector<TaskIndex> from = {}) {
    return {TaskIndex{task}, base, commit_files(files, base), fmt::format("task {}\n", task),
            std::make_shared<const std::vector<TaskIndex>>(std::move(from))};
  }
  std::map<std::string, std::string> files_of(ObjectId commit_id) {
    std::map<std::string, std::string> out;
    for (const Listed& file : must(list(store_, must(store_.tree_of(commit_id)))))
      out[file.path] = must(store_.read_blob(file.entry.id));
    return out;
  }
};

std::vector<TaskIndex> tasks(std::initializer_list<std::uint32_t> values) {
  std::vector<TaskIndex> out;
  for (const std::uint32_t value : values)
    out.push_back({value});
  return out;
}

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
      }
    }
  }
  EXPECT_GT(complete, 500) << "of 720";
}

// Ten lines, of which some are others.
std::string ten_lines(const std::map<int, std::string>& others = {}) {
  std::string text;
  for (int line = 1; line <= 10; ++line) {
    const auto other = others.find(line);
    text += other == others.end() ? fmt::format("line {}\n", line) : other->second + "\n";
  }
  return text;
}

TEST_F(IntegrationTest, lets_edits_follow_a_file_that_another_task_moved_whoever_comes_first) {
  const ObjectId start = commit_files({{"old", ten_lines()}, {"other", "1\n"}});
  for (const bool mover_is_first : {true, false}) {
    const std::uint32_t mover = mover_is_first ? 0 : 1;
    const TaskResult moves = result(mover, start, {{"src/new", ten_lines({{9, "nine"}})}, {"other", "1\n"}});
    const TaskResult edits = result(1 - mover, start, {{"old", ten_lines({{2, "two"}})}, {"other", "1\n"}});
    std::set<ObjectId> tips;
    for (const bool mover_arrives_first : {true, false}) {
      Integration integration = must(Integration::create(store_, start));
      for (const TaskResult& each : mover_arrives_first ? std::array{moves, edits} : std::array{edits, moves})
        EXPECT_TRUE(must(integration.accept(each, OnConflict::report)).accepted);
      tips.insert(must(integration.merged(tasks({0, 1}))));
      EXPECT_EQ(files_of(*tips.begin()),
                (std::map<std::string, std::string>{{"src/new", ten_lines({{2, "two"}, {9, "nine"}})},
                                                    {"other", "1\n"}}));
      EXPECT_EQ(files_of(must(integration.merged(tasks({1 - mover}))))["old"], ten_lines({{2, "two"}}));
      integration.withdraw(TaskIndex{mover});
      EXPECT_EQ(files_of(must(integration.merged(tasks({0, 1}))))["old"], ten_lines({{2, "two"}}));
    }
    EXPECT_EQ(tips.size(), 1u);
  }
}

TEST_F(IntegrationTest, lets_edits_follow_a_file_that_was_moved_twice) {
  const ObjectId start = commit_files({{"a", ten_lines()}});
  Integration integration = must(Integration::create(store_, start));
  must(integration.accept(result(0, start, {{"b", ten_lines()}}), OnConflict::report));
  const ObjectId moved = must(integration.merged(tasks({0})));
  must(integration.accept(result(1, moved, {{"c", ten_lines({{5, "five"}})}}, {{0}}), OnConflict::report));
  EXPECT_TRUE(must(integration.accept(result(2, start, {{"a", ten_lines({{1, "one"}})}}), OnConflict::report))
                  .accepted);
  EXPECT_EQ(files_of(must(integration.merged(tasks({0, 1, 2})))),
            (std::map<std::string, std::string>{{"c", ten_lines({{1, "one"}, {5, "five"}})}}));
}

TEST_F(IntegrationTest, tells_of_files_that_were_moved_and_edited_at_odds) {
  const ObjectId start = commit_files({{"a", ten_lines()}});
  struct Pair {
    const char* what;
    std::map<std::string, std::string> first, second;
  };
  const Pair pairs[] = {
      {"the same line", {{"b", ten_lines({{5, "five"}})}}, {{"a", ten_lines({{5, "FIVE"}})}}},
      {"two places", {{"b", ten_lines()}}, {{"c", ten_lines()}}},
      {"moved, and removed", {{"b", ten_lines()}}, {{"unrelated", "x\n"}}},
      {"the same place, the same line", {{"b", ten_lines({{5, "five"}})}}, {{"b", ten_lines({{5, "FIVE"}})}}},
  };
  for (const Pair& pair : pairs) {
    for (const bool turned : {false, true}) {
      SCOPED_TRACE(fmt::format("{} {}", pair.what, turned));
      Integration integration = must(Integration::create(store_, start));
      must(integration.accept(result(0, start, turned ? pair.second : pair.first), OnConflict::report));
      const auto answer =
          must(integration.accept(result(1, start, turned ? pair.first : pair.second), OnConflict::report));
      EXPECT_FALSE(answer.accepted);
      ASSERT_EQ(answer.conflicts.size(), 1u);
      EXPECT_EQ(answer.conflicts[0].winner, TaskIndex{0});
    }
  }
}

TEST_F(IntegrationTest, merges_what_two_tasks_made_of_a_file_that_both_moved_to_the_same_place) {
  const ObjectId start = commit_files({{"a", ten_lines()}});
  Integration integration = must(Integration::create(store_, start));
  must(integration.accept(result(0, start, {{"b", ten_lines({{1, "one"}})}}), OnConflict::report));
  EXPECT_TRUE(
      must(integration.accept(result(1, start, {{"b", ten_lines({{9, "nine"}})}}), OnConflict::report))
          .accepted);
  EXPECT_EQ(files_of(must(integration.merged(tasks({0, 1}))))["b"], ten_lines({{1, "one"}, {9, "nine"}}));
}

// Where the earlier wins, a move that clashes is left out as a whole: the file is not in two places.
TEST_F(IntegrationTest, leaves_a_move_out_that_gives_way) {
  const ObjectId start = commit_files({{"a", ten_lines()}, {"x", "1\n"}});
  Integration integration = must(Integration::create(store_, start));
  must(integration.accept(result(0, start, {{"a", ten_lines({{5, "FIVE"}})}, {"x", "1\n"}}),
                          OnConflict::report));
  EXPECT_TRUE(must(integration.accept(result(1, start, {{"b", ten_lines({{5, "five"}})}, {"x", "2\n"}}),
                                      OnConflict::earlier_wins))
                  .accepted);
  EXPECT_EQ(files_of(must(integration.merged(tasks({0, 1})))),
            (std::map<std::string, std::string>{{"a", ten_lines({{5, "FIVE"}})}, {"x", "2\n"}}));
}

// The place where it would go is taken: it stays where it was, with the edits that came first.
TEST_F(IntegrationTest, leaves_an_edited_file_where_it_was_when_its_new_place_is_taken) {
  const ObjectId start = commit_files({{"a", ten_lines()}});
  Integration integration = must(Integration::create(store_, start));
  const std::string edited = ten_lines({{2, "two"}});
  must(integration.accept(result(0, start, {{"a", edited}, {"b/x", "1\n"}}), OnConflict::report));
  const auto answer =
      must(integration.accept(result(1, start, {{"b", ten_lines({{9, "nine"}})}}), OnConflict::earlier_wins));
  EXPECT_TRUE(answer.accepted);
  EXPECT_FALSE(answer.conflicts.empty());
  EXPECT_EQ(files_of(must(integration.merged(tasks({0, 1})))),
            (std::map<std::string, std::string>{{"a", edited}, {"b/x", "1\n"}}));
}

// The last result by plan order loses to the one it clashes with, in every order of arrival in which a result
// comes after what it was built on.
void expect_winner(ObjectStore& store, ObjectId start, const std::vector<TaskResult>& results,
                   std::uint32_t winner, const std::vector<std::string>& paths) {
  std::vector<std::size_t> order(results.size());
  std::iota(order.begin(), order.end(), 0);
  int orders = 0;
  do {
    std::vector<TaskIndex> there;
    Integration integration = must(Integration::create(store, start));
    std::vector<Conflict> conflicts;
    bool comes_after_what_it_needs = true;
    for (const std::size_t i : order) {
      for (const TaskIndex task : *results[i].from)
        comes_after_what_it_needs =
            comes_after_what_it_needs && std::find(there.begin(), there.end(), task) != there.end();
      if (!comes_after_what_it_needs) break;
      there.push_back(results[i].task);
      const auto answer = must(integration.accept(results[i], OnConflict::report));
      conflicts.insert(conflicts.end(), answer.conflicts.begin(), answer.conflicts.end());
      if (!answer.accepted) break;
    }
    if (!comes_after_what_it_needs) continue;
    ++orders;
    SCOPED_TRACE(::testing::PrintToString(order));
    ASSERT_EQ(conflicts.size(), 1u);
    EXPECT_EQ(conflicts[0].winner, TaskIndex{winner});
    EXPECT_EQ(conflicts[0].loser, results.back().task);
    EXPECT_EQ(conflicts[0].paths, paths);
  } while (std::next_permutation(order.begin(), order.end()));
  EXPECT_GE(orders, 3);
}

TEST_F(IntegrationTest, two_renames_clash_also_when_a_third_result_has_taken_one_back) {
  const ObjectId start = commit_files({{"a", ten_lines()}});
  const TaskResult there = result(0, start, {{"b", ten_lines()}});
  const TaskResult back = result(1, there.snapshot, {{"a", ten_lines()}}, tasks({0}));
  expect_winner(store_, start, {there, back, result(2, start, {{"c", ten_lines()}})}, 0, {"a", "c"});
}

TEST_F(IntegrationTest, a_rename_and_a_removal_clash_also_when_a_third_result_has_put_the_file_back) {
  const ObjectId start = commit_files({{"a", ten_lines()}, {"x", "1\n"}});
  const TaskResult removes = result(0, start, {{"x", "1\n"}});
  const TaskResult puts = result(1, removes.snapshot, {{"a", ten_lines()}, {"x", "1\n"}}, tasks({0}));
  expect_winner(store_, start, {removes, puts, result(2, start, {{"b", ten_lines()}, {"x", "1\n"}})}, 0,
                {"a", "b"});
}

TEST_F(IntegrationTest, names_who_edited_the_file_not_who_renamed_it) {
  const ObjectId start = commit_files({{"a", ten_lines()}});
  const TaskResult edits = result(0, start, {{"a", ten_lines({{1, "one"}})}});
  const TaskResult renames = result(1, start, {{"b", ten_lines()}});
  expect_winner(store_, start, {edits, renames, result(2, start, {{"a", ten_lines({{1, "uno"}})}})}, 0,
                {"a"});
}

TEST_F(IntegrationTest, names_who_edited_the_file_at_its_new_path) {
  const ObjectId start = commit_files({{"a", ten_lines()}});
  const TaskResult renames = result(0, start, {{"b", ten_lines()}});
  const TaskResult edits = result(1, renames.snapshot, {{"b", ten_lines({{1, "one"}})}}, tasks({0}));
  expect_winner(store_, start, {renames, edits, result(2, start, {{"a", ten_lines({{1, "uno"}})}})}, 1,
                {"a"});
}

TEST_F(IntegrationTest, names_who_renamed_the_file_on) {
  const ObjectId start = commit_files({{"a", ten_lines()}});
  const TaskResult there = result(0, start, {{"b", ten_lines()}});
  const TaskResult on = result(1, there.snapshot, {{"c", ten_lines()}}, tasks({0}));
  expect_winner(store_, start, {there, on, result(2, start, {{"b", ten_lines({{9, "nine"}})}})}, 1,
                {"a", "b"});
}

// Nobody else has touched the file, but its new path is taken: it is not lost, and later edits find it.
TEST_F(IntegrationTest, leaves_a_file_where_it_was_when_its_new_path_is_taken) {
  const ObjectId start = commit_files({{"a", ten_lines()}});
  for (const char* taken : {"b", "b/x"}) {
    SCOPED_TRACE(taken);
    Integration integration = must(Integration::create(store_, start));
    must(integration.accept(result(0, start, {{"a", ten_lines()}, {taken, "1\n"}}), OnConflict::report));
    const auto answer =
        must(integration.accept(result(1, start, {{"b", ten_lines()}}), OnConflict::earlier_wins));
    ASSERT_EQ(answer.conflicts.size(), 1u);
    EXPECT_EQ(answer.conflicts[0].paths, (std::vector<std::string>{"a", "b"}));
    must(integration.accept(result(2, start, {{"a", ten_lines({{2, "two"}})}}), OnConflict::report));
    EXPECT_EQ(files_of(must(integration.merged(tasks({0, 1, 2})))),
              (std::map<std::string, std::string>{{"a", ten_lines({{2, "two"}})}, {taken, "1\n"}}));
  }
}

// Every path of a result whose change is not there is told.
TEST_F(IntegrationTest, tells_where_a_file_would_have_gone_that_went_elsewhere) {
  const ObjectId start = commit_files({{"a", ten_lines()}, {"y", "1\n"}});
  const std::vector<std::map<std::string, std::string>> firsts{{{"y", "1\n"}},
                                                               {{"c", ten_lines()}, {"y", "1\n"}}};
  for (const auto& first : firsts) {
    SCOPED_TRACE(first.size());
    Integration integration = must(Integration::create(store_, start));
    must(integration.accept(result(0, start, first), OnConflict::report));
    const TaskResult second = result(1, start, {{"b", ten_lines({{9, "nine"}})}, {"y", "2\n"}});
    auto answer = must(integration.accept(second, OnConflict::earlier_wins));
    ASSERT_EQ(answer.conflicts.size(), 1u);
    EXPECT_EQ(answer.conflicts[0].paths, (std::vector<std::string>{"a", "b"}));
    auto expected = first;
    expected["y"] = "2\n";
    EXPECT_EQ(files_of(must(integration.merged(tasks({0, 1})))), expected);
    // Built on what gave way, it gives way to the same.
    answer = must(
        integration.accept(result(2, second.snapshot,
                                  {{"b", ten_lines({{1, "one"}, {9, "nine"}})}, {"y", "2\n"}}, tasks({0, 1})),
                           OnConflict::earlier_wins));
    ASSERT_EQ(answer.conflicts.size(), 1u);
    EXPECT_EQ(answer.conflicts[0].winner, TaskIndex{0});
    EXPECT_EQ(answer.conflicts[0].paths, std::vector<std::string>{"b"});
  }
}

// An edit follows its file into a folder, where the same result would put a file of its own.
TEST_F(IntegrationTest, refuses_first_what_has_no_room_in_what_has_come_together) {
  const ObjectId start = commit_files({{"x", ten_lines()}});
  Integration integration = must(Integration::create(store_, start));
  must(integration.accept(result(0, start, {{"a/b", ten_lines()}}), OnConflict::report));
  const std::string edited = ten_lines({{2, "two"}});
  const auto answer =
      must(integration.accept(result(1, start, {{"x", edited}, {"a", "1\n"}}), OnConflict::earlier_wins));
  ASSERT_EQ(answer.conflicts.size(), 1u);
  EXPECT_EQ(answer.conflicts[0].paths, std::vector<std::string>{"a"});
  EXPECT_EQ(files_of(must(integration.merged(tasks({0, 1})))),
            (std::map<std::string, std::string>{{"a/b", edited}}));
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

// Each line that an overridden result added is there, or where it was is told.
TEST_F(IntegrationTest, tells_of_every_change_that_is_not_there) {
  int told = 0, there = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    Dice dice(seed);
    std::map<std::string, std::string> first;
    for (const char* path : {"a", "b", "d/c", "d/e"}) {
      for (int line = 0; line < 12; ++line)
        first[path] += fmt::format("{} line {}\n", path, line);
    }
    const ObjectId start = commit_files(first);
    Integration integration = must(Integration::create(store_, start));
    struct Added {
      std::uint32_t task;
      std::string line, from, to;
    };
    std::vector<Added> added;
    std::map<TaskIndex, std::set<std::string>> lost;
    for (std::uint32_t task = 0; task < 4; ++task) {
      auto files = first;
      for (std::size_t edits = dice.below(4) + 1; edits > 0; --edits) {
        const auto at = std::next(first.begin(), static_cast<std::ptrdiff_t>(dice.below(first.size())));
        const std::string& from = at->first;
        if (!files.contains(from) || files.at(from) != at->second) continue;
        const std::string line = fmt::format("of {} in {}\n", task, from);
        std::string text = at->second;
        text.insert(text.find(fmt::format("{} line {}\n", from, dice.below(12))), line);
        std::string to = from;
        if (dice.one_in(2)) {
          static constexpr const char* kPlaces[] = {"a/x", "b/y", "d", "n", "d/c/z", "o"};
          to = kPlaces[dice.below(std::size(kPlaces))];
          // A tree of its own has no file where another has a folder.
          const bool is_free = std::none_of(files.begin(), files.end(), [&](const auto& file) {
            return file.first != from &&
                   (file.first == to || file.first.starts_with(to + "/") || to.starts_with(file.first + "/"));
          });
          if (!is_free || to.starts_with(from + "/")) continue;
          files.erase(from);
        }
        files[to] = text;
        added.push_back({task, line, from, to});
      }
      if (dice.one_in(4) && files.size() > 1) {
        const auto victim = files.begin()->first;
        if (first.contains(victim) && files.at(victim) == first.at(victim)) files.erase(victim);
      }
      const auto answer = must(integration.accept(result(task, start, files), OnConflict::earlier_wins));
      for (const Conflict& conflict : answer.conflicts)
        lost[conflict.loser].insert(conflict.paths.begin(), conflict.paths.end());
    }
    std::string all;
    for (const auto& [path, text] : files_of(must(integration.merged(tasks({0, 1, 2, 3})))))
      all += text;
    for (const Added& each : added) {
      const std::set<std::string>& paths = lost[TaskIndex{each.task}];
      const bool is_there = all.find(each.line) != all.npos;
      ++(is_there ? there : told);
      EXPECT_TRUE(is_there || paths.contains(each.from) || paths.contains(each.to))
          << each.line << each.from << " -> " << each.to;
    }
  }
  EXPECT_GT(there, 300);
  EXPECT_GT(told, 100);
}

// The file that stays takes the room of what the result put there, and so on.
TEST_F(IntegrationTest, leaves_out_what_has_no_room_beside_files_that_stay) {
  const ObjectId start = commit_files({{"a", ten_lines()}, {"c", ten_lines({{1, "of c"}, {2, "of c"}})}});
  Integration integration = must(Integration::create(store_, start));
  auto first = files_of(start);
  first["b"] = "1\n";
  must(integration.accept(result(0, start, first), OnConflict::report));
  const auto answer = must(integration.accept(result(1, start,
                                                     {{"b", ten_lines()},
                                                      {"a/c", ten_lines({{1, "of c"}, {2, "of c"}})},
                                                      {"c/new", "x\n"},
                                                      {"d", "x\n"}}),
                                              OnConflict::earlier_wins));
  ASSERT_EQ(answer.conflicts.size(), 1u);
  EXPECT_EQ(answer.conflicts[0].paths, (std::vector<std::string>{"a", "a/c", "b", "c", "c/new"}));
  first["d"] = "x\n";
  EXPECT_EQ(files_of(must(integration.merged(tasks({0, 1})))), first);
}

}  // namespace
}  // namespace fleet::git
