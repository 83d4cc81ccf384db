#include "git/tree_editor.h"

#include <algorithm>

#include "git/edited_tree.h"
#include "git/path.h"

namespace fleet::git {
namespace {

using model::FileMode;
using model::TreeEntry;

std::string_view describe(FileMode mode) {
  return mode == FileMode::symlink ? "it is a symlink" : "it is a submodule";
}

Result<> check_path(const char* tried, std::string_view path) {
  if (is_safe_path(path)) return {};
  return base::fail_input(tried, quote_path(path.substr(0, 200)), "it is not a path inside the repository",
                          "use a relative path with `/`, no `.` or `..` parts and no .git in it");
}

}  // namespace

// Where nothing stands: says whether something may be put there.
Result<> TreeEditor::check_free(std::string_view path) const {
  FLEET_TRY(const auto other, edits_.in_the_way_of(path));
  if (!other) return {};
  FLEET_TRY(const TreeEntry entry, edits_.at(*other));
  if (other->size() > path.size()) {
    return base::fail_input("write", quote_path(path), "it is a folder", "remove what is in it first");
  }
  return base::fail_input(
      "write", quote_path(path),
      quote_path(*other) + (entry.is_file()                   ? " is a file"
                            : entry.mode == FileMode::symlink ? " is a symlink, which is not followed"
                                                              : " is a submodule"));
}

Result<TreeEntry> TreeEditor::entry(std::string_view path) const {
  FLEET_CHECK(check_path("look at", path));
  return edits_.at(path);
}

Result<std::string> TreeEditor::read(std::string_view path) const {
  FLEET_CHECK(check_path("read", path));
  FLEET_TRY(const TreeEntry entry, edits_.at(path));
  if (!entry.exists()) return base::fail_input("read", quote_path(path), "there is no such file");
  if (!entry.is_file()) return base::fail_input("read", quote_path(path), std::string(describe(entry.mode)));
  return store_.read_blob(entry.id);
}

Result<std::uint64_t> TreeEditor::size(std::string_view path) const {
  FLEET_TRY(const TreeEntry found, entry(path));
  return found.is_file() ? store_.blob_size(found.id) : std::uint64_t{0};
}

Result<> TreeEditor::write(std::string_view path, std::string_view bytes, FileMode mode) {
  FLEET_CHECK(check_path("write", path));
  FLEET_TRY(const TreeEntry before, edits_.at(path));
  if (before.mode == FileMode::submodule || (before.mode == FileMode::symlink && mode != FileMode::symlink)) {
    return base::fail_input("write", quote_path(path), std::string(describe(before.mode)), "remove it first");
  }
  if (!before.exists()) FLEET_CHECK(check_free(path));
  if (mode == FileMode::none) mode = before.exists() ? before.mode : FileMode::regular;
  FLEET_TRY(const ObjectId id, store_.write_blob(bytes));
  edits_.put(std::string(path), {id, mode});
  return {};
}

Result<> TreeEditor::remove(std::string_view path) {
  FLEET_CHECK(check_path("remove", path));
  FLEET_TRY(const TreeEntry before, edits_.at(path));
  if (!before.exists()) return base::fail_input("remove", quote_path(path), "there is no such file");
  edits_.put(std::string(path), {});
  return {};
}

Result<> TreeEditor::move(std::string_view from, std::string_view to) {
  FLEET_CHECK(check_path("move", from));
  FLEET_CHECK(check_path("move to", to));
  FLEET_TRY(const TreeEntry moved, edits_.at(from));
  FLEET_TRY(const TreeEntry there, edits_.at(to));
  if (!moved.exists()) return base::fail_input("move", quote_path(from), "there is no such file");
  if (there.exists()) return base::fail_input("move to", quote_path(to), "there is a file already");
  edits_.put(std::string(from), {});
  if (auto free = check_free(to); !free) {
    edits_.put(std::string(from), moved);
    return free;
  }
  edits_.put(std::string(to), moved);
  return {};
}

Result<std::vector<Listed>> TreeEditor::list(std::string_view folder,
                                             const std::function<bool(std::string_view)>& wanted) const {
  if (!folder.empty()) FLEET_CHECK(check_path("list", folder));
  FLEET_TRY(auto stored, git::list(store_, tree_, folder));
  const std::string start = folder.empty() ? std::string() : std::string(folder) + '/';
  const auto& set = edits_.set();
  auto edit = set.lower_bound(start);
  const auto in_folder = [&] { return edit != set.end() && edit->first.starts_with(start); };
  std::vector<Listed> out;
  const auto take = [&](Listed&& listed) {
    if (listed.entry.exists() && (!wanted || wanted(listed.path))) out.push_back(std::move(listed));
  };
  for (Listed& listed : stored) {
    for (; in_folder() && edit->first < listed.path; ++edit)
      take({edit->first, edit->second});
    if (in_folder() && edit->first == listed.path) {
      listed.entry = edit->second;
      ++edit;
    }
    take(std::move(listed));
  }
  for (; in_folder(); ++edit)
    take({edit->first, edit->second});
  return out;
}

Result<std::vector<model::Change>> TreeEditor::changes() const {
  return edits_.changes();
}

Result<ObjectId> TreeEditor::write_tree() {
  FLEET_TRY(const auto changed, changes());
  return update(store_, tree_, changed);
}

}  // namespace fleet::git
