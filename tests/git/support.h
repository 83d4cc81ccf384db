#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "git/object_store.h"
#include "git/repository.h"
#include "model/change.h"

// What the tests of git/ share: folders that go away, and the real git as the judge.
namespace fleet::git {

namespace fs = std::filesystem;

// git must not read the settings of whoever runs the tests.
inline void isolate_git() {
  ::setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
  ::setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
  ::setenv("HOME", "/nonexistent", 1);
  ::setenv("GIT_AUTHOR_NAME", "A", 1);
  ::setenv("GIT_AUTHOR_EMAIL", "a@example.org", 1);
  ::setenv("GIT_COMMITTER_NAME", "A", 1);
  ::setenv("GIT_COMMITTER_EMAIL", "a@example.org", 1);
  ::setenv("GIT_AUTHOR_DATE", "1700000000 +0000", 1);
  ::setenv("GIT_COMMITTER_DATE", "1700000000 +0000", 1);
}

class TempFolder {
 public:
  TempFolder() {
    isolate_git();
    std::string name = (fs::temp_directory_path() / "fleet-git-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    path_ = fs::canonical(name);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder() {
    std::error_code ignored;
    if (::getenv("KEEP") == nullptr) fs::remove_all(path_, ignored);
  }
  [[nodiscard]] const fs::path& path() const { return path_; }
  [[nodiscard]] fs::path operator/(const fs::path& below) const { return path_ / below; }

 private:
  fs::path path_;
};

struct Ran {
  int status = 0;
  std::string out;
};

inline std::string shell_quote(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

inline Ran run(const std::string& command) {
  Ran ran;
  FILE* pipe = ::popen(command.c_str(), "r");  // fleet:ignore c.shell-command tests quote what they put in
  char buffer[65536];
  std::size_t got = 0;
  while ((got = ::fread(buffer, 1, sizeof buffer, pipe)) > 0)
    ran.out.append(buffer, got);
  const int status = ::pclose(pipe);
  ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : 255;
  return ran;
}

// `git -C folder <arguments>`, as the shell reads them; it must succeed.
inline std::string git(const fs::path& folder, const std::string& arguments) {
  const Ran ran = run("git -C " + shell_quote(folder.string()) + " " + arguments + " 2>&1");
  EXPECT_EQ(ran.status, 0) << "git " << arguments << "\n" << ran.out;
  std::string out = ran.out;
  while (!out.empty() && out.back() == '\n')
    out.pop_back();
  return out;
}

inline void write_file(const fs::path& path, std::string_view bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

inline std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// A clone with one commit, of these files.
inline fs::path make_clone(const fs::path& folder,
                           const std::map<std::string, std::string>& files = {{"a", "1\n"}}) {
  fs::create_directories(folder);
  git(folder, "init -q -b main");
  for (const auto& [path, bytes] : files)
    write_file(folder / path, bytes);
  git(folder, "add -A");
  git(folder, "commit -q --allow-empty -m start");
  return folder;
}

template <class T>
T must(Result<T> result) {
  if (!result) {
    ADD_FAILURE() << result.error().message();
    throw std::runtime_error(result.error().message());
  }
  return *std::move(result);
}
inline void must(Result<> result) {
  if (!result) throw std::runtime_error(result.error().message());
}

inline ObjectId id_of(const std::string& hex) {
  return ObjectId::parse(hex).value_or(ObjectId{});
}

// Random numbers that a failing test can draw again: it prints the seed.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : seed_(seed) {}
  std::size_t below(std::size_t bound) {
    return static_cast<std::size_t>(base::mix(seed_ * 1'000'003 + ++drawn_) % bound);
  }
  bool one_in(std::size_t n) { return below(n) == 0; }

 private:
  std::uint64_t seed_;
  std::uint64_t drawn_ = 0;
};

using Files = std::map<std::string, model::TreeEntry>;

// Names that git, sorting or quoting could get wrong; some are files here and folders there.
inline std::string random_path(Dice& dice) {
  static const std::vector<std::string> names{"a",        "a.c",    "a-b",    "b",       "c d",   "n\nl",
                                              "\xff\xfe", "Readme", "README", "z",       "\"q\"", "tab\t",
                                              "a0",       "d",      "e",      "\xc3\xa4"};
  std::string path = names[dice.below(names.size())];
  for (int depth = 0; depth < 3 && dice.one_in(2); ++depth)
    path += '/' + names[dice.below(names.size())];
  return path;
}

// Puts a file where nothing is in its way.
inline void place(Files& files, const std::string& path, model::TreeEntry entry) {
  for (auto slash = path.find('/'); slash != path.npos; slash = path.find('/', slash + 1))
    files.erase(path.substr(0, slash));
  for (auto it = files.lower_bound(path + '/'); it != files.end() && it->first.starts_with(path + '/');)
    it = files.erase(it);
  files[path] = entry;
}

inline std::vector<model::Change> changes_between(const Files& before, const Files& after) {
  std::vector<model::Change> out;
  for (const auto& [path, entry] : before) {
    const auto there = after.find(path);
    if (there == after.end()) {
      out.push_back({path, entry, {}});
    } else if (there->second != entry) {
      out.push_back({path, entry, there->second});
    }
  }
  for (const auto& [path, entry] : after) {
    if (!before.contains(path)) out.push_back({path, {}, entry});
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return out;
}

}  // namespace fleet::git
