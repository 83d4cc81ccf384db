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
// is never out of date. Entries are written whole or not at all; one that is damaged is as good as none. The
// folder is trusted as the state of fleet is: it is no place that a task may write. Any thread.
class CppcheckCache {
 public:
  // Empty: nothing is kept.
  explicit CppcheckCache(std::string folder) : folder_(std::move(folder)) {}

  [[nodiscard]] std::optional<std::vector<CppcheckMessage>> find(const std::string& key) const;
  [[nodiscard]] Result<> keep(const std::string& key, const std::vector<CppcheckMessage>& messages) const;

  // The version of the program at `path`, as long as it is the same file.
  [[nodiscard]] std::optional<std::string> version(const std::string& path) const;
  [[nodiscard]] Result<> keep_version(const std::string& path, const std::string& version) const;

 private:
  [[nodiscard]] std::optional<std::string> read(const std::string& key) const;
  [[nodiscard]] Result<> write(const std::string& key, std::string_view body) const;
  std::string folder_;
};

// The key for these parts in this order; no two lists of parts have the same.
[[nodiscard]] std::string cache_key(const std::vector<std::string>& parts);

}  // namespace fleet::analysis
