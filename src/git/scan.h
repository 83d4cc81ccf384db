#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "git/beneath.h"
#include "git/file_table.h"
#include "git/own_index.h"

namespace fleet::git {

// How far to look at what is not in the table.
enum class Untracked {
  topmost,   // only that it is there: for removing it
  classify,  // whether it belongs in a snapshot
};

struct ScanOptions {
  Untracked look = Untracked::classify;
  std::string excludes;                     // gitignore rules from outside the folder
  std::set<std::string, std::less<>> kept;  // paths that count as ignored
  Tracked added;                            // paths that count as tracked, ignored or not
  std::int64_t trusted_at = 0;              // FileStamp's clock: when the table was last known to be true
  std::uint32_t folder_mode = 0755;         // permissions of folders that nobody changed
  std::size_t max_files = 2'000'000;        // more untracked ones are an Error
  unsigned threads = 1;                     // that look at a large table
};

// What stands on disk, against a table of what should. `untracked`, `ignored` and most notes only come with
// Untracked::classify. Paths in no particular order, but in the same one for the same files.
struct Scan {
  struct Suspect {  // a tracked path whose file may have changed: its stamp differs, or is too fresh to tell
    std::string path;
    FileRecord* record;
    FileStamp now;
  };
  std::vector<Suspect> suspects;
  std::vector<std::string> missing;    // tracked, and no file there; of a submodule, no folder
  std::vector<std::string> untracked;  // files and symlinks that belong in a snapshot
  std::vector<std::string> ignored;    // files and folders that do not, topmost; folders end in a slash
  std::vector<std::string> extra;  // all that is not in the table, topmost: untracked, ignored, or neither
  std::vector<std::string> submodules;      // their folder is not empty
  std::vector<std::string> new_submodules;  // of those that were added
  std::vector<std::string> folders;         // with changed permissions
  std::vector<std::string> notes;           // what was left out and why, for people
};

[[nodiscard]] Result<Scan> scan(const Root& work, FileTable& table, const ScanOptions& options);

}  // namespace fleet::git
