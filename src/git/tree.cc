#include "git/tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/assert.h"
#include "git/path.h"

namespace fleet::git {
namespace {

using model::Change;
using model::FileMode;
using model::TreeEntry;

constexpr std::uint32_t kFolder = 0040000;
// Deeper than any path that the system can open (4,096 bytes). Keeps a hostile repository from exhausting the
// stack.
constexpr int kMaxDepth = 2048;

tl::unexpected<Error> fail_depth(std::string_view path) {
  return base::fail_input("read the folder", quote_path(path.substr(0, 100)) + "...",
                          fmt::format("it is nested more than {} folders deep", kMaxDepth));
}

std::string_view first_part(std::string_view path) {
  return path.substr(0, path.find('/'));
}

FileMode leaf_mode(std::uint32_t mode) {
  switch (mode & 0170000) {
    case 0100000:
      return (mode & 0100) != 0 ? FileMode::executable : FileMode::regular;
    case 0120000:
      return FileMode::symlink;
    case 0160000:
      return FileMode::submodule;
    default:
      return FileMode::none;
  }
}

// Both trees' entries side by side in git's order: each name, as file or as folder, is met once.
class Differ {
 public:
  Differ(const ObjectStore& store, std::vector<Change>& out) : store_(store), out_(out) {}

  Result<> run(ObjectId before, ObjectId after, int depth) {
    if (before == after) return {};
    if (depth > kMaxDepth) return fail_depth(path_);
    FLEET_TRY(const auto old_tree, store_.read_tree(before));
    FLEET_TRY(const auto new_tree, store_.read_tree(after));
    auto a = old_tree->entries().begin();
    auto b = new_tree->entries().begin();
    const auto a_end = old_tree->entries().end();
    const auto b_end = new_tree->entries().end();
    while (a != a_end || b != b_end) {
      const int order = a == a_end   ? 1
                        : b == b_end ? -1
                                     : compare_names(a->name, a->is_folder(), b->name, b->is_folder());
      const Tree::Entry* from = order <= 0 ? &*a++ : nullptr;
      const Tree::Entry* to = order >= 0 ? &*b++ : nullptr;
      if (from != nullptr && to != nullptr && from->id == to->id && from->mode == to->mode) continue;
      const Tree::Entry& any = from != nullptr ? *from : *to;
      const std::size_t length = path_.size();
      path_ += any.name;
      if (any.is_folder()) {
        path_ += '/';
        FLEET_CHECK(
            run(from != nullptr ? from->id : ObjectId{}, to != nullptr ? to->id : ObjectId{}, depth + 1));
      } else {
        Change change{path_, from != nullptr ? from->leaf() : TreeEntry{},
                      to != nullptr ? to->leaf() : TreeEntry{}};
        if (change.before != change.after) out_.push_back(std::move(change));
      }
      path_.resize(length);
    }
    return {};
  }

 private:
  const ObjectStore& store_;
  std::vector<Change>& out_;
  std::string path_;
};

Result<> add_objects(const ObjectStore& store, ObjectId before, ObjectId after, std::vector<ObjectId>& out,
                     int depth) {
  if (before == after) return {};
  if (depth > kMaxDepth) return fail_depth(after.hex());
  FLEET_TRY(const auto old_tree, store.read_tree(before));
  FLEET_TRY(const auto new_tree, store.read_tree(after));
  out.push_back(after);
  for (const Tree::Entry& entry : new_tree->entries()) {
    const Tree::Entry* old = old_tree->find(entry.name);
    if (old != nullptr && old->id == entry.id) continue;
    if (entry.is_folder()) {
      const ObjectId old_folder = old != nullptr && old->is_folder() ? old->id : ObjectId{};
      FLEET_CHECK(add_objects(store, old_folder, entry.id, out, depth + 1));
    } else if (entry.leaf().mode != FileMode::submodule) {
      out.push_back(entry.id);
    }
  }
  return {};
}

// Rewrites the folders along the changed paths, from the leaves up.
class Updater {
 public:
  using Span = std::span<const Change* const>;

  explicit Updater(ObjectStore& store) : store_(store) {}

  // `changes` share the first `prefix` bytes and are sorted. None when the folder ends up empty.
  Result<ObjectId> run(ObjectId id, Span changes, std::size_t prefix, int depth) {
    if (depth > kMaxDepth) return fail_depth(changes.front()->path);
    FLEET_TRY(const auto tree, store_.read_tree(id));
    std::vector<Tree::Entry> entries;
    entries.reserve(tree->entries().size() + changes.size());
    auto old = tree->entries().begin();
    const auto end = tree->entries().end();
    bool changed = false;
    std::vector<std::pair<std::string_view, bool>> put;  // names that now stand, and whether as folders
    while (!changes.empty()) {
      const std::string_view rest = std::string_view(changes.front()->path).substr(prefix);
      const std::string_view name = first_part(rest);
      if (name.empty()) {
        return base::fail_input("write the path", quote_path(changes.front()->path), "it has an empty part");
      }
      const bool is_folder = name.size() < rest.size();
      const std::size_t count = is_folder ? count_below(changes, prefix, name) : 1;
      while (old != end && compare_names(old->name, old->is_folder(), name, is_folder) < 0)
        entries.push_back(*old++);
      const bool found = old != end && old->name == name && old->is_folder() == is_folder;
      Tree::Entry entry{0, name, {}};
      if (is_folder) {
        FLEET_TRY(entry.id, run(found ? old->id : ObjectId{}, changes.first(count), prefix + name.size() + 1,
                                depth + 1));
        if (!entry.id.is_none()) entry.mode = kFolder;
      } else {
        entry.id = changes.front()->after.id;
        entry.mode = static_cast<std::uint32_t>(changes.front()->after.mode);
        // Keeps a mode that old versions of git wrote (100664) when only the content changes.
        if (found && old->leaf().mode == changes.front()->after.mode) entry.mode = old->mode;
      }
      if (entry.mode != 0) {
        entries.push_back(entry);
        put.emplace_back(name, is_folder);
      }
      changed = changed || (found ? entry.mode != old->mode || entry.id != old->id : entry.mode != 0);
      if (found) ++old;
      changes = changes.subspan(count);
    }
    entries.insert(entries.end(), old, end);
    for (const auto& [name, is_folder] : put) {
      if (find(entries, name, !is_folder)) {
        return base::fail_world("write a tree with", quote_path(name),
                                "it would be both a file and a folder");
      }
    }
    if (entries.empty()) return ObjectId{};
    if (!changed && !id.is_none()) return id;
    return write(entries);
  }

 private:
  static std::size_t count_below(Span changes, std::size_t prefix, std::string_view name) {
    std::size_t count = 0;
    for (; count < changes.size(); ++count) {
      const std::string_view rest = std::string_view(changes[count]->path).substr(prefix);
      if (rest.size() <= name.size() || !rest.starts_with(name) || rest[name.size()] != '/') break;
    }
    return count;
  }

  static bool find(const std::vector<Tree::Entry>& entries, std::string_view name, bool is_folder) {
    const auto at = std::lower_bound(
        entries.begin(), entries.end(), name, [&](const Tree::Entry& entry, std::string_view wanted) {
          return compare_names(entry.name, entry.is_folder(), wanted, is_folder) < 0;
        });
    return at != entries.end() && at->name == name && at->is_folder() == is_folder;
  }

  Result<ObjectId> write(const std::vector<Tree::Entry>& entries) {
    std::string raw;
    for (const Tree::Entry& entry : entries) {
      fmt::format_to(std::back_inserter(raw), "{:o} ", entry.mode);
      raw += entry.name;
      raw += '\0';
      raw.append(reinterpret_cast<const char*>(entry.id.bytes.data()), entry.id.bytes.size());
    }
    return store_.write_tree(raw);
  }

  ObjectStore& store_;
};

Result<> list_below(const ObjectStore& store, ObjectId tree, std::string& path, std::vector<Listed>& out,
                    std::size_t limit, int depth) {
  if (depth > kMaxDepth) return fail_depth(path);
  FLEET_TRY(const auto folder, store.read_tree(tree));
  for (const Tree::Entry& entry : folder->entries()) {
    const std::size_t length = path.size();
    path += entry.name;
    if (entry.is_folder()) {
      path += '/';
      FLEET_CHECK(list_below(store, entry.id, path, out, limit, depth + 1));
    } else if (out.size() == limit) {
      return base::fail_input("list the files of the tree", tree.hex(),
                              fmt::format("there are more than {}", limit));
    } else {
      out.push_back({path, entry.leaf()});
    }
    path.resize(length);
  }
  return {};
}

bool is_readable_name(std::string_view name) {
  if (name.empty() || name == "." || name == ".." || name.find('/') != name.npos) return false;
  return !(name.size() == 4 && name[0] == '.' && (name[1] | 0x20) == 'g' && (name[2] | 0x20) == 'i' &&
           (name[3] | 0x20) == 't');
}

}  // namespace

TreeEntry Tree::Entry::leaf() const {
  const FileMode known = leaf_mode(mode);
  return known == FileMode::none ? TreeEntry{} : TreeEntry{id, known};
}

Result<Tree> Tree::parse(ObjectId id, std::string_view raw) {
  const auto damaged = [&](std::string why) {
    return base::fail_input("read the folder", id.hex(), std::move(why),
                            "run `git fsck`: the repository is damaged, or was made to deceive");
  };
  Tree tree;
  tree.raw_.assign(raw.begin(), raw.end());
  std::string_view rest(tree.raw_.data(), tree.raw_.size());
  while (!rest.empty()) {
    Entry entry;
    std::size_t at = 0;
    for (; at < rest.size() && rest[at] >= '0' && rest[at] <= '7' && at < 7; ++at)
      entry.mode = entry.mode * 8 + static_cast<std::uint32_t>(rest[at] - '0');
    if (at == 0 || at >= rest.size() || rest[at] != ' ') return damaged("an entry has no mode");
    const auto end = rest.find('\0', at + 1);
    if (end == rest.npos || rest.size() - end - 1 < entry.id.bytes.size())
      return damaged("an entry is cut short");
    entry.name = rest.substr(at + 1, end - at - 1);
    if (!is_readable_name(entry.name)) {
      return damaged(fmt::format("it has an entry named {}", quote_path(entry.name)));
    }
    if (!entry.is_folder() && leaf_mode(entry.mode) == FileMode::none) {
      return damaged(fmt::format("{} has the mode {:o}", quote_path(entry.name), entry.mode));
    }
    if (!tree.entries_.empty()) {
      const Entry& last = tree.entries_.back();
      if (compare_names(last.name, last.is_folder(), entry.name, entry.is_folder()) >= 0) {
        return damaged("its entries are not in order");
      }
    }
    std::memcpy(entry.id.bytes.data(), rest.data() + end + 1, entry.id.bytes.size());
    rest.remove_prefix(end + 1 + entry.id.bytes.size());
    tree.entries_.push_back(entry);
  }
  for (const Entry& entry : tree.entries_) {
    if (entry.is_folder() && tree.find(entry.name)->is_folder() == false) {
      return damaged(fmt::format("{} is both a file and a folder", quote_path(entry.name)));
    }
  }
  return tree;
}

const Tree::Entry* Tree::find(std::string_view name) const {
  for (const bool as_folder : {false, true}) {
    const auto at = std::lower_bound(
        entries_.begin(), entries_.end(), name, [&](const Entry& entry, std::string_view wanted) {
          return compare_names(entry.name, entry.is_folder(), wanted, as_folder) < 0;
        });
    if (at != entries_.end() && at->name == name && at->is_folder() == as_folder) return &*at;
  }
  return nullptr;
}

int compare_names(std::string_view a, bool a_is_folder, std::string_view b, bool b_is_folder) {
  const std::size_t common = std::min(a.size(), b.size());
  if (const int order = std::memcmp(a.data(), b.data(), common); order != 0) return order;
  const auto next = [common](std::string_view name, bool is_folder) {
    return common < name.size() ? static_cast<unsigned char>(name[common]) : is_folder ? '/' : 0;
  };
  const int order = next(a, a_is_folder) - next(b, b_is_folder);
  if (order != 0) return order;
  return static_cast<int>(a.size() > common) - static_cast<int>(b.size() > common);
}

const Change* find_change(std::span<const Change> changes, std::string_view path) {
  const auto at =
      std::lower_bound(changes.begin(), changes.end(), path,
                       [](const Change& change, std::string_view wanted) { return change.path < wanted; });
  return at != changes.end() && at->path == path ? &*at : nullptr;
}

Result<std::vector<Change>> diff(const ObjectStore& store, ObjectId before, ObjectId after) {
  std::vector<Change> changes;
  FLEET_CHECK(Differ(store, changes).run(before, after, 0));
  return changes;
}

Result<std::vector<ObjectId>> added_objects(const ObjectStore& store, ObjectId before, ObjectId after) {
  std::vector<ObjectId> out;
  FLEET_CHECK(add_objects(store, before, after, out, 0));
  return out;
}

Result<ObjectId> update(ObjectStore& store, ObjectId tree, std::span<const Change> changes) {
  std::vector<const Change*> sorted;
  sorted.reserve(changes.size());
  for (const Change& change : changes)
    sorted.push_back(&change);
  std::sort(sorted.begin(), sorted.end(), [](const Change* a, const Change* b) { return a->path < b->path; });
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    FLEET_ASSERT(sorted[i - 1]->path != sorted[i]->path, "each path is changed once");
  }
  if (sorted.empty() && !tree.is_none()) return tree;
  FLEET_TRY(const ObjectId updated, Updater(store).run(tree, sorted, 0, 0));
  if (updated.is_none()) return store.write_tree({});
  return updated;
}

Result<Place> look_up(const ObjectStore& store, ObjectId tree, std::string_view path) {
  std::size_t at = 0;
  ObjectId folder = tree;
  while (true) {
    FLEET_TRY(const auto entries, store.read_tree(folder));
    const std::string_view name = first_part(path.substr(at));
    const Tree::Entry* entry = entries->find(name);
    const bool last = at + name.size() == path.size();
    if (entry == nullptr) return Place{};
    if (last) {
      if (entry->is_folder()) return Place{{}, entry->id, {}};
      return Place{entry->leaf(), {}, {}};
    }
    if (!entry->is_folder()) return Place{{}, {}, path.substr(0, at + name.size())};
    folder = entry->id;
    at += name.size() + 1;
  }
}

Result<TreeEntry> entry_at(const ObjectStore& store, ObjectId tree, std::string_view path) {
  FLEET_TRY(const Place place, look_up(store, tree, path));
  return place.entry;
}

Result<std::vector<Listed>> list(const ObjectStore& store, ObjectId tree, std::string_view folder,
                                 std::size_t limit) {
  std::vector<Listed> out;
  std::string path;
  if (!folder.empty()) {
    FLEET_TRY(const Place place, look_up(store, tree, folder));
    if (place.folder.is_none()) return out;
    tree = place.folder;
    path = std::string(folder) + '/';
  }
  FLEET_CHECK(list_below(store, tree, path, out, limit, 0));
  return out;
}

Result<std::size_t> count(const ObjectStore& store, ObjectId tree, std::size_t at_most) {
  std::size_t found = 0;
  std::vector<ObjectId> waiting{tree};
  while (!waiting.empty() && found < at_most) {
    FLEET_TRY(const auto folder, store.read_tree(waiting.back()));
    waiting.pop_back();
    for (const Tree::Entry& entry : folder->entries()) {
      if (entry.is_folder()) {
        waiting.push_back(entry.id);
      } else {
        ++found;
      }
    }
  }
  return std::min(found, at_most);
}

}  // namespace fleet::git
