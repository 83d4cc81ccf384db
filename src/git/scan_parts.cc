#include "git/scan_parts.h"

#include <vector>

namespace fleet::git {

ScanParts::ScanParts(const FolderRecord& root, std::size_t least) {
  Counts counts;
  if (count(root, counts) >= 2 * least) cut(root, least, counts);
}

std::optional<std::size_t> ScanParts::of(const FolderRecord& folder) const {
  const auto found = parts_.find(&folder);
  return found == parts_.end() ? std::nullopt : std::optional(found->second);
}

// Of the files in a folder and below.
std::size_t ScanParts::count(const FolderRecord& folder, Counts& counts) {
  std::size_t files = folder.files.size();
  for (const auto& below : folder.folders)
    files += count(*below, counts);
  counts[&folder] = files;
  return files;
}

void ScanParts::cut(const FolderRecord& folder, std::size_t least, const Counts& counts) {
  std::vector<const FolderRecord*> group;
  std::size_t files = 0;
  for (const auto& below : folder.folders) {
    const std::size_t more = counts.at(below.get());
    if (more >= 2 * least) {
      cut(*below, least, counts);
      continue;
    }
    group.push_back(below.get());
    files += more;
    if (files < least) continue;
    for (const FolderRecord* member : group)
      parts_[member] = size_;
    ++size_;
    group.clear();
    files = 0;
  }
}

}  // namespace fleet::git
