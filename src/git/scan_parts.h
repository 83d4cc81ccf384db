#pragma once

#include <cstddef>
#include <optional>
#include <unordered_map>

#include "git/file_table.h"

namespace fleet::git {

// Cuts a table into parts that several threads can look at apart from each other: groups of folders that are
// siblings, none within another, of about as many files each. What is in no part is the trunk.
class ScanParts {
 public:
  // No parts: all is trunk.
  ScanParts() = default;
  // Parts of at least `least` files, but for what is too flat to be cut.
  ScanParts(const FolderRecord& root, std::size_t least);

  [[nodiscard]] std::size_t size() const { return size_; }
  // The part that begins with this folder; none: it belongs to what is around it.
  [[nodiscard]] std::optional<std::size_t> of(const FolderRecord& folder) const;

 private:
  using Counts = std::unordered_map<const FolderRecord*, std::size_t>;
  static std::size_t count(const FolderRecord& folder, Counts& counts);
  void cut(const FolderRecord& folder, std::size_t least, const Counts& counts);

  std::unordered_map<const FolderRecord*, std::size_t> parts_;
  std::size_t size_ = 0;
};

}  // namespace fleet::git
