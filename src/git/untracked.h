#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "git/beneath.h"
#include "git/scan.h"
#include "text/ignore.h"

namespace fleet::git {

// A folder on the way from the root to where a walk is.
struct Level {
  const Level* above = nullptr;
  std::string path;  // "" or ending in a slash
  bool untracked = false;
  bool has_rules = false;  // a .gitignore
  mutable std::optional<bool> ignored;
  mutable bool loaded = false;
};

// Sorts what a walk meets and the snapshot before does not hold: what belongs in a snapshot, what is ignored,
// and what is left out, with a note why. One thread; what it is given must outlive it.
class UntrackedFiles {
 public:
  // The .gitignore of a folder that has one. An Error ends the scan: without its rules, what is ignored would
  // be committed.
  using ReadRules = std::function<Result<std::string>(const Level& level)>;

  UntrackedFiles(const Root& work, const ScanOptions& options, ReadRules read_rules, Scan& out);

  // An entry of the folder `fd`. True: a folder that is to be entered.
  [[nodiscard]] Result<bool> take(int fd, const FolderEntry& entry, const Level& level);
  void note(const std::string& path, std::string_view why);

 private:
  [[nodiscard]] bool is_added(const std::string& path, bool is_folder) const;
  [[nodiscard]] Result<bool> is_ignored(const std::string& path, bool is_folder, const Level& level);
  [[nodiscard]] bool folder_ignored(const Level& level);
  [[nodiscard]] Result<> load(const Level& level);

  const Root& work_;
  const ScanOptions& options_;
  const ReadRules read_rules_;
  Scan& out_;
  text::IgnoreRules rules_;
};

inline constexpr std::string_view kWhySubmodule = "it is a submodule, and what is in it stays in it";

inline constexpr std::size_t kMostOfSmallFile = 4'000'000;  // bytes; what is more is not looked at

// A file that says how others are to be taken, as far as its size is bounded; empty when there is none.
[[nodiscard]] Result<std::string> read_bounded(const Root& work, const std::string& path);
// The .gitignore in a folder ("" or ending in a slash); empty when there is none.
[[nodiscard]] Result<std::string> read_rules(const Root& work, const std::string& folder);

// Of notes that were taken together.
void bound_notes(std::vector<std::string>& notes);

[[nodiscard]] tl::unexpected<Error> too_many_files(const std::filesystem::path& work, std::size_t max_files);

}  // namespace fleet::git
