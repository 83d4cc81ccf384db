// What becomes of results of which some rename files.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <set>

#include "git/integration_fixture.h"

namespace fleet::git {
namespace {

using model::Conflict;

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
