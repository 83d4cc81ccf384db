#include "git/edited_tree.h"

#include "git/tree.h"

namespace fleet::git {

using model::Change;
using model::TreeEntry;

Result<TreeEntry> EditedTree::at(std::string_view path) const {
  if (const auto set = set_.find(path); set != set_.end()) return set->second;
  return entry_at(store_, tree_, path);
}

Result<std::optional<std::string>> EditedTree::in_the_way_of(std::string_view path) const {
  const auto stands = [this](std::string_view other) -> std::optional<bool> {
    const auto set = set_.find(other);
    if (set == set_.end()) return std::nullopt;
    return set->second.exists();
  };
  for (auto slash = path.find('/'); slash != path.npos; slash = path.find('/', slash + 1)) {
    if (stands(path.substr(0, slash)).value_or(false)) return std::string(path.substr(0, slash));
  }
  FLEET_TRY(const Place place, look_up(store_, tree_, path));
  if (!place.blocked_by.empty() && stands(place.blocked_by).value_or(true)) {
    return std::string(place.blocked_by);
  }
  const std::string below = std::string(path) + '/';
  for (auto it = set_.lower_bound(below); it != set_.end() && it->first.starts_with(below); ++it) {
    if (it->second.exists()) return it->first;
  }
  if (place.folder.is_none()) return std::nullopt;
  FLEET_TRY(const auto files, list(store_, tree_, path));
  for (const Listed& file : files) {
    if (stands(file.path).value_or(true)) return file.path;
  }
  return std::nullopt;
}

Result<std::vector<Change>> EditedTree::changes() const {
  std::vector<Change> out;
  for (const auto& [path, entry] : set_) {
    FLEET_TRY(const TreeEntry before, entry_at(store_, tree_, path));
    if (before != entry) out.push_back({path, before, entry});
  }
  return out;
}

}  // namespace fleet::git
