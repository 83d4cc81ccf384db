#pragma once

#include <sys/stat.h>

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/sync.h"

namespace fleet::attempt {

// The temporary folder of one attempt: its home, its $TMPDIR and the file of its outputs.
struct TemporaryFolder {
  std::string path;  // empty: none

  [[nodiscard]] std::string output() const { return path + "/output"; }
  // Whether its file of outputs is anything but empty.
  [[nodiscard]] bool has_output() const;
  [[nodiscard]] std::string tmp() const { return path + "/tmp"; }
  [[nodiscard]] std::string home() const { return path + "/home"; }
};

// Whether anything may still be writing to a folder that is given back.
enum class Writers { none, maybe };

// Makes the temporary folders of attempts, and gives one that an attempt left as it found it to the next:
// making and removing them costs as much as starting a program. Their names cannot be guessed. Any thread;
// take() and give_back() block.
class TemporaryFolders {
 public:
  // In `parent`, which is there, and whose end is the end of all of them.
  explicit TemporaryFolders(std::filesystem::path parent) : parent_(std::move(parent)) {}

  [[nodiscard]] Result<TemporaryFolder> take();
  // Removed, or kept for another attempt where nobody can tell that it was used.
  [[nodiscard]] Result<> give_back(const TemporaryFolder& folder, Writers writers);

 private:
  // The folder itself, home, tmp and output, as they were made.
  using Stamps = std::array<struct stat, 4>;
  struct Known {
    TemporaryFolder folder;
    Stamps stamps;
  };
  struct State {
    std::vector<Known> idle, taken;
  };
  [[nodiscard]] static Result<Known> make(const std::string& folder);

  const std::filesystem::path parent_;
  base::Sync<State> state_;
};

}  // namespace fleet::attempt
