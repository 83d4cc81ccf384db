// The tree algebra beside git's own, on random trees and histories: git makes the commits (fast-import), and
// git says what differs (diff-tree) and what comes of merging (merge-tree). It is asked once for many cases.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <set>

#include "git/integration.h"
#include "git/path.h"
#include "git/renames.h"
#include "git/support.h"
#include "git/tree.h"

namespace fleet::git {
namespace {

using model::Change;
using model::FileMode;
using model::TreeEntry;

#ifdef FLEET_SANITIZED
constexpr std::uint64_t kCases = 2'000;
#else
constexpr std::uint64_t kCases = 5'000;
#endif
constexpr std::uint64_t kAtOnce = 1'000;

struct File {
  FileMode mode = FileMode::regular;
  std::string bytes;
};
using Content = std::map<std::string, File>;

// Four commits: left and right on top of start; third on top of start, or of left.
struct Case {
  std::uint64_t seed = 0;
  bool third_on_left = false;
  std::array<Content, 4> content;
  std::array<ObjectId, 4> commits{}, trees{};
};
enum Side : std::size_t { kStart, kLeft, kRight, kThird };

std::string random_text(Dice& dice) {
  std::string text;
  if (dice.one_in(10)) text += std::string("bin\0", 4);
  const std::size_t which = dice.below(3);
  for (std::size_t line = 0, lines = dice.one_in(8) ? dice.below(3) : 12; line < lines; ++line)
    text += fmt::format("file {} line {}\n", which, line);
  return text;
}

File random_file(Dice& dice) {
  if (dice.one_in(8)) return {FileMode::symlink, fmt::format("target{}", dice.below(2))};
  return {dice.one_in(5) ? FileMode::executable : FileMode::regular, random_text(dice)};
}

// Lines that are added, changed or removed; the few words make both sides do the same now and then.
void edit(std::string& text, Dice& dice) {
  std::vector<std::size_t> starts{0};
  for (std::size_t at = text.find('\n'); at != text.npos; at = text.find('\n', at + 1))
    starts.push_back(at + 1);
  const std::size_t start = starts[dice.below(starts.size())];
  const std::size_t length =
      std::min(text.find('\n', start), text.size() - 1) + 1 - std::min(start, text.size());
  const std::string line = fmt::format("new {}\n", dice.below(3));
  switch (start < text.size() ? dice.below(5) : 0) {
    case 0:
      text.insert(start, line);
      break;
    case 1:
      text.replace(start, length, line);
      break;
    case 2:
      text.erase(start, length);
      break;
    case 3:
      text.insert(start, "also ");
      break;
    default:  // without its last line feed, if it has one
      if (text.ends_with('\n')) text.pop_back();
  }
}

void put(Content& content, const std::string& path, File file) {
  for (auto slash = path.find('/'); slash != path.npos; slash = path.find('/', slash + 1))
    content.erase(path.substr(0, slash));
  for (auto it = content.lower_bound(path + '/'); it != content.end() && it->first.starts_with(path + '/');)
    it = content.erase(it);
  content[path] = std::move(file);
}

Content changed(Content content, Dice& dice) {
  for (std::size_t edits = dice.below(7); edits > 0; --edits) {
    if (content.empty() || dice.one_in(5)) {
      const std::string path = random_path(dice);
      put(content, path, random_file(dice));
      continue;
    }
    const auto at = std::next(content.begin(), static_cast<std::ptrdiff_t>(dice.below(content.size())));
    File& file = at->second;
    if (dice.one_in(6)) {
      content.erase(at);
    } else if (dice.one_in(6)) {
      File moved = std::move(file);
      if (dice.one_in(2)) edit(moved.bytes, dice);
      content.erase(at);
      put(content, random_path(dice), std::move(moved));
    } else if (file.mode == FileMode::symlink) {
      file = random_file(dice);
    } else if (dice.one_in(6)) {
      file.mode = file.mode == FileMode::regular ? FileMode::executable : FileMode::regular;
    } else {
      edit(file.bytes, dice);
    }
  }
  return content;
}

Case random_case(std::uint64_t seed) {
  Dice dice(seed);
  Case one;
  one.seed = seed;
  for (std::size_t files = dice.below(10); files > 0; --files) {
    const std::string path = random_path(dice);
    put(one.content[kStart], path, random_file(dice));
  }
  one.content[kLeft] = changed(one.content[kStart], dice);
  one.content[kRight] = changed(one.content[kStart], dice);
  one.third_on_left = dice.one_in(2);
  one.content[kThird] = changed(one.content[one.third_on_left ? kLeft : kStart], dice);
  return one;
}

Files files_of(const Content& content) {
  Files files;
  for (const auto& [path, file] : content)
    files[path] = {ObjectStore::hash_blob(file.bytes), file.mode};
  return files;
}

// What git answers, field by field.
class Fields {
 public:
  explicit Fields(std::string text) : text_(std::move(text)) {}
  std::string next(char end = '\0') {
    const std::size_t stop = std::min(text_.find(end, at_), text_.size());
    std::string field = text_.substr(at_, stop - at_);
    at_ = stop + 1;
    return field;
  }
  [[nodiscard]] bool is_next(char c) const { return at_ < text_.size() && text_[at_] == c; }
  [[nodiscard]] bool is_over() const { return at_ >= text_.size(); }

 private:
  std::string text_;
  std::size_t at_ = 0;
};

// Some hundred cases in a clone of their own, which is removed after them.
class Batch {
 public:
  Batch(std::uint64_t first, std::uint64_t count) {
    for (std::uint64_t seed = first; seed < first + count; ++seed)
      cases_.push_back(random_case(seed));
    import();
  }

  void check() {
    check_changes();
    std::vector<std::pair<ObjectId, ObjectId>> two, three;
    Trees sides_of_two, sides_of_three;
    for (const Case& one : cases_) {
      two.emplace_back(one.commits[kLeft], one.commits[kRight]);
      sides_of_two.emplace_back(one.trees[kStart], one.trees[kLeft]);
      sides_of_two.emplace_back(one.trees[kStart], one.trees[kRight]);
    }
    const std::vector<Merge> of_two = merges(two);
    for (std::size_t i = 0; i < cases_.size(); ++i) {
      const Case& one = cases_[i];
      const bool is_clean = of_two[i].is_clean;
      const ObjectId both = is_clean ? commit(of_two[i].tree, {two[i].first, two[i].second}) : two[i].first;
      three.emplace_back(both, one.commits[kThird]);
      const ObjectId base = one.trees[one.third_on_left ? kLeft : kStart];
      sides_of_three.emplace_back(base, is_clean ? of_two[i].tree : one.trees[kLeft]);
      sides_of_three.emplace_back(base, one.trees[kThird]);
    }
    const std::vector<Merge> of_three = merges(three);
    const std::vector<Told> by_two = check_renames(sides_of_two);
    const std::vector<Told> by_three = check_renames(sides_of_three);
    for (std::size_t i = 0; i < cases_.size() && !::testing::Test::HasFailure(); ++i) {
      const Told &left = by_two[2 * i], &right = by_two[2 * i + 1];
      const Told &both = by_three[2 * i], &third = by_three[2 * i + 1];
      if (!left || !right) {
        ++tally["not asked"];
        continue;
      }
      // git looks at the two as one: what one removes and the other adds has moved, and what one moves and
      // the other changes altogether has not.
      std::vector<Rename> of_both = cases_[i].third_on_left ? std::vector<Rename>{} : *left;
      of_both.insert(of_both.end(), right->begin(), right->end());
      const bool ask_three =
          both && third && std::is_permutation(both->begin(), both->end(), of_both.begin(), of_both.end());
      check_merges(cases_[i], !left->empty() || !right->empty() || (third && !third->empty()), of_two[i],
                   ask_three ? &of_three[i] : nullptr);
    }
  }

  std::map<std::string, int> tally;  // of what was seen

 private:
  struct Merge {
    bool is_clean = false;
    ObjectId tree;
  };

  std::string in_clone(const std::string& command) {
    const fs::path answer = temp_ / "answer";
    const Ran ran = run("git -C " + clone_.string() + " " + command + " >" + answer.string());
    EXPECT_EQ(ran.status, 0) << command;
    return read_file(answer);
  }

  ObjectId commit(ObjectId tree, std::vector<ObjectId> parents) {
    return must(
        store_.write_commit({tree, std::move(parents), "x", TimePoint(std::chrono::seconds(1'700'000'000))}));
  }

  void import() {
    std::string stream = "feature done\n";
    std::size_t mark = 0;
    for (const Case& one : cases_) {
      const std::size_t first = mark;
      for (std::size_t side = kStart; side <= kThird; ++side) {
        stream += fmt::format("commit refs/heads/c{}\nmark :{}\n", mark, mark + 1);
        ++mark;
        stream += "committer u <u@localhost> 1700000000 +0000\ndata 1\nx\n";
        if (side == kStart) {
          stream += "deleteall\n";
        } else {
          stream +=
              fmt::format("from :{}\ndeleteall\n", first + (side == kThird && one.third_on_left ? 2 : 1));
        }
        for (const auto& [path, file] : one.content[side]) {
          stream += fmt::format("M {:06o} inline {}\ndata {}\n", static_cast<std::uint32_t>(file.mode),
                                quote_path(path), file.bytes.size());
          stream += file.bytes + "\n";
        }
      }
    }
    write_file(temp_ / "stream", stream + "done\n");
    in_clone("fast-import --quiet --export-marks=" + (temp_ / "marks").string() + " <" +
             (temp_ / "stream").string());
    Fields marks(read_file(temp_ / "marks"));  // `:1 <id>`, in any order
    while (!marks.is_over()) {
      const std::string line = marks.next('\n');
      const std::size_t number = std::stoul(line.substr(1)) - 1;
      cases_[number / 4].commits[number % 4] = id_of(line.substr(line.find(' ') + 1));
    }
    for (Case& one : cases_) {
      for (std::size_t side = kStart; side <= kThird; ++side)
        one.trees[side] = must(store_.tree_of(one.commits[side]));
    }
  }

  using Trees = std::vector<std::pair<ObjectId, ObjectId>>;

  // What `git diff-tree` says of each pair: its records, as they are.
  std::vector<std::vector<std::string>> differences(const Trees& pairs, const std::string& option) {
    std::string lines;
    for (const auto& [before, after] : pairs)
      lines += fmt::format("{} {}\n", before.hex(), after.hex());
    write_file(temp_ / "pairs", lines);
    Fields answer(in_clone("diff-tree --stdin -r -z " + option + " <" + (temp_ / "pairs").string()));
    std::vector<std::vector<std::string>> out(pairs.size());
    for (auto& records : out) {
      answer.next('\n');
      while (answer.is_next(':')) {
        std::string record = answer.next();
        const bool is_rename = record[record.rfind(' ') + 1] == 'R';
        record += '\0' + answer.next();
        if (is_rename) record += '\0' + answer.next();
        records.push_back(std::move(record));
      }
    }
    EXPECT_TRUE(answer.is_over());
    return out;
  }

  // The files that each change moved; nothing where git may see that otherwise: before 2.44 it does not count
  // a last line without a line feed.
  using Told = std::optional<std::vector<Rename>>;
  std::vector<Told> check_renames(const Trees& pairs) {
    std::vector<Told> out;
    const auto by_git = differences(pairs, "-M --no-rename-empty");
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      std::vector<Rename> expected;
      for (const std::string& record : by_git[i]) {
        Fields fields(record);
        const std::string raw = fields.next();
        if (raw[raw.rfind(' ') + 1] != 'R') continue;
        std::string from = fields.next();
        expected.push_back({std::move(from), fields.next()});
      }
      std::sort(expected.begin(), expected.end(),
                [](const Rename& a, const Rename& b) { return a.from < b.from; });
      const auto changes = must(diff(store_, pairs[i].first, pairs[i].second));
      const bool is_same = must(find_renames(store_, changes)) == expected;
      tally["renames"] += static_cast<int>(expected.size());
      tally["changes with other renames"] += is_same ? 0 : 1;
      const bool is_clear = is_same && (expected.empty() || !has_equal_files(changes));
      out.push_back(is_clear ? Told(std::move(expected)) : Told());
    }
    return out;
  }

  // Which of several equal files became which is anybody's guess, and git's merge guesses otherwise than its
  // diff.
  static bool has_equal_files(const std::vector<Change>& changes) {
    std::set<std::pair<ObjectId, bool>> seen;
    return std::any_of(changes.begin(), changes.end(), [&](const Change& change) {
      if (change.before.exists() == change.after.exists()) return false;
      const bool is_new = change.after.exists();
      return !seen.emplace(is_new ? change.after.id : change.before.id, is_new).second;
    });
  }

  void check_changes() {
    Trees pairs;
    for (const Case& one : cases_) {
      for (const Side side : {kLeft, kRight, kThird})
        pairs.emplace_back(one.trees[kStart], one.trees[side]);
    }
    const auto by_git = differences(pairs, "--no-renames");
    for (std::size_t i = 0; i < pairs.size() && !::testing::Test::HasFailure(); ++i) {
      SCOPED_TRACE(cases_[i / 3].seed);
      check_change(cases_[i / 3], std::array{kLeft, kRight, kThird}[i % 3], by_git[i]);
    }
  }

  void check_change(const Case& one, Side side, const std::vector<std::string>& by_git) {
    const Files before = files_of(one.content[kStart]);
    const Files after = files_of(one.content[side]);
    const std::vector<Change> made = changes_between(before, after);
    EXPECT_EQ(must(diff(store_, one.trees[kStart], one.trees[side])), made);
    EXPECT_EQ(must(update(store_, one.trees[kStart], made)), one.trees[side]);
    std::vector<std::string> expected;
    for (const Change& change : made) {
      const bool new_kind =
          (change.before.mode == FileMode::symlink) != (change.after.mode == FileMode::symlink);
      const char kind = !change.before.exists() ? 'A' : !change.after.exists() ? 'D' : new_kind ? 'T' : 'M';
      expected.push_back(fmt::format(":{:06o} {:06o} {} {} {}",
                                     static_cast<std::uint32_t>(change.before.mode),
                                     static_cast<std::uint32_t>(change.after.mode), change.before.id.hex(),
                                     change.after.id.hex(), kind) +
                         '\0' + change.path);
    }
    EXPECT_EQ(by_git, expected);
    tally["changes"] += static_cast<int>(made.size());
  }

  std::vector<Merge> merges(const std::vector<std::pair<ObjectId, ObjectId>>& pairs) {
    std::string lines;
    for (const auto& [ours, theirs] : pairs)
      lines += fmt::format("{} {}\n", ours.hex(), theirs.hex());
    write_file(temp_ / "merges", lines);
    Fields answer(in_clone(
        "-c merge.directoryRenames=false merge-tree --write-tree --stdin --no-messages --name-only <" +
        (temp_ / "merges").string()));
    std::vector<Merge> out(cases_.size());
    for (Merge& merge : out) {
      merge.is_clean = answer.next() == "1";
      merge.tree = id_of(answer.next());
      while (!answer.next().empty()) {
      }
    }
    EXPECT_TRUE(answer.is_over());
    return out;
  }

  // `three`: none where git may see otherwise which files moved. Where two files move to one path, or a file
  // that one removed has only a new mode on the other side, git lets go of edits when anything has moved;
  // here that is a conflict.
  void check_merges(const Case& one, bool has_renames, const Merge& two, const Merge* three) {
    SCOPED_TRACE(fmt::format("seed {}; start, left, right, third: {} {} {} {}", one.seed,
                             one.commits[kStart].hex(), one.commits[kLeft].hex(), one.commits[kRight].hex(),
                             one.commits[kThird].hex()));
    const ObjectId start = one.commits[kStart];
    Integration integration = must(Integration::create(store_, start));
    const auto offer = [&](std::uint32_t task, ObjectId base, ObjectId snapshot,
                           std::vector<TaskIndex> from) {
      return must(integration.accept({TaskIndex{task}, base, snapshot, "x\n",
                                      std::make_shared<const std::vector<TaskIndex>>(std::move(from))},
                                     OnConflict::report));
    };
    const auto is_same = [&](const Acceptance& answer, const Merge& by_git, std::vector<TaskIndex> of) {
      if (has_renames && !answer.accepted && by_git.is_clean) {
        ++tally["conflicts of moved files that git has none of"];
        return;
      }
      ASSERT_EQ(answer.accepted, by_git.is_clean)
          << (answer.accepted ? "" : ::testing::PrintToString(answer.conflicts[0].paths));
      ++tally[fmt::format("{} of {}", answer.accepted ? "merges" : "conflicts", of.size())];
      if (answer.accepted && has_renames) ++tally[fmt::format("merges of {} with renames", of.size())];
      if (answer.accepted) {
        ASSERT_EQ(must(store_.tree_of(must(integration.merged(of)))), by_git.tree);
      }
    };
    ASSERT_TRUE(offer(0, start, one.commits[kLeft], {}).accepted);
    const Acceptance second = offer(1, start, one.commits[kRight], {});
    is_same(second, two, {{0}, {1}});
    if (!second.accepted || three == nullptr || ::testing::Test::HasFatalFailure()) return;
    const Acceptance third = one.third_on_left ? offer(2, one.commits[kLeft], one.commits[kThird], {{0}})
                                               : offer(2, start, one.commits[kThird], {});
    is_same(third, *three, {{0}, {1}, {2}});
  }

  TempFolder temp_;
  fs::path clone_ = make_clone(temp_ / "clone");
  Repository repository_ = must(Repository::open(clone_));
  ObjectStore& store_ = repository_.objects();
  std::vector<Case> cases_;
};

// FLEET_ALGEBRA_CASES: another number of cases; FLEET_ALGEBRA_SEED: the first one's seed.
TEST(Algebra, differs_updates_and_merges_as_git_does) {
  const auto number = [](const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
  };
  const std::uint64_t cases = number("FLEET_ALGEBRA_CASES", kCases);
  const std::uint64_t first = number("FLEET_ALGEBRA_SEED", 1);
  std::map<std::string, int> seen;
  for (std::uint64_t done = 0; done < cases && !HasFailure(); done += kAtOnce) {
    Batch batch(first + done, std::min(kAtOnce, cases - done));
    batch.check();
    for (const auto& [what, count] : batch.tally)
      seen[what] += count;
  }
  for (const auto& [what, count] : seen)
    fmt::print("{} {}\n", count, what);
  EXPECT_LE(static_cast<std::uint64_t>(seen["conflicts of moved files that git has none of"]) * 1000, cases);
  EXPECT_LE(static_cast<std::uint64_t>(seen["changes with other renames"]) * 100, cases);
  EXPECT_LE(static_cast<std::uint64_t>(seen["not asked"]) * 10, cases);
  for (const char* what : {"merges of 2 with renames", "merges of 3 with renames"})
    EXPECT_GT(static_cast<std::uint64_t>(seen[what]) * 10, cases) << what;
  EXPECT_GT(static_cast<std::uint64_t>(seen["renames"]) * 2, cases);
  for (const char* what : {"merges of 2", "conflicts of 2", "merges of 3", "conflicts of 3"})
    EXPECT_GT(static_cast<std::uint64_t>(seen[what]) * 20, cases) << what;
}

}  // namespace
}  // namespace fleet::git
