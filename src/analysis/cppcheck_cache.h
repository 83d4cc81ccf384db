#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/cppcheck_output.h"
#include "base/result.h"

namespace fleet::analysis {

// What cppcheck said of a file, kept in a folder under the hash of all that it depends on, so that an entry
// is never out of date. Entries are written whole or not at all; one that is damaged is as good as none. What
// was not used for the longest time goes when there is no more room. The folder is trusted as the state of
// fleet is: it is no place that a task may write. Any thread, and several processes at once.
class CppcheckCache {
 public:
  // Empty: nothing is kept. It takes at most `max_bytes` of the disk, in 256 parts by the hash, and an entry
  // at most one part.
  CppcheckCache(std::string folder, std::uint64_t max_bytes)
      : folder_(std::move(folder)), max_part_(max_bytes / 256) {}

  [[nodiscard]] std::optional<std::vector<CppcheckMessage>> find(const std::string& key) const;
  [[nodiscard]] Result<> keep(const std::string& key, const std::vector<CppcheckMessage>& messages) const;

  // The version of the program at `path`, as long as it is the same file.
  [[nodiscard]] std::optional<std::string> version(const std::string& path) const;
  [[nodiscard]] Result<> keep_version(const std::string& path, const std::string& version) const;

 private:
  [[nodiscard]] std::optional<std::string> read(const std::string& key) const;
  [[nodiscard]] Result<> write(const std::string& key, std::string_view body) const;
  // Down to the size of a part; what was used last stays.
  void make_room(const std::string& part) const;
  std::string folder_;
  std::uint64_t max_part_;  // bytes
};

}  // namespace fleet::analysis
