#include "git/file_table.h"

#include <sys/stat.h>

#include <algorithm>

#include "git/tree.h"

namespace fleet::git {
namespace {

const std::string& name_of(const FileRecord& file) {
  return file.name;
}
const std::string& name_of(const std::unique_ptr<FolderRecord>& folder) {
  return folder->name;
}

template <class List>
auto position(List& list, std::string_view name) {
  return std::lower_bound(list.begin(), list.end(), name,
                          [](const auto& item, std::string_view wanted) { return name_of(item) < wanted; });
}

template <class List>
auto exact(List& list, std::string_view name) {
  const auto at = position(list, name);
  return at != list.end() && name_of(*at) == name ? at : list.end();
}

void visit_below(FolderRecord& folder, std::string& path,
                 const std::function<void(const std::string&, FileRecord&)>& visit) {
  auto file = folder.files.begin();
  auto below = folder.folders.begin();
  const std::size_t length = path.size();
  while (file != folder.files.end() || below != folder.folders.end()) {
    const bool take_file =
        below == folder.folders.end() ||
        (file != folder.files.end() && compare_names(file->name, false, (*below)->name, true) < 0);
    if (take_file) {
      path += file->name;
      visit(path, *file++);
    } else {
      path += (*below)->name + '/';
      visit_below(**below++, path, visit);
    }
    path.resize(length);
  }
}

std::int64_t nanoseconds(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

FileStamp FileStamp::of(const struct stat& info) {
  return {nanoseconds(info.st_ctim), nanoseconds(info.st_mtim), info.st_ino,
          static_cast<std::uint64_t>(info.st_size), info.st_mode};
}

FileRecord* FolderRecord::find_file(std::string_view file) {
  const auto at = exact(files, file);
  return at == files.end() ? nullptr : &*at;
}

FolderRecord* FolderRecord::find_folder(std::string_view folder) {
  const auto at = exact(folders, folder);
  return at == folders.end() ? nullptr : at->get();
}

FileRecord* FileTable::find(std::string_view path) {
  FolderRecord* folder = &root_;
  for (auto slash = path.find('/'); slash != path.npos; slash = path.find('/')) {
    folder = folder->find_folder(path.substr(0, slash));
    if (folder == nullptr) return nullptr;
    path.remove_prefix(slash + 1);
  }
  return folder->find_file(path);
}

FileRecord& FileTable::put(std::string_view path, model::TreeEntry entry) {
  FolderRecord* folder = &root_;
  for (auto slash = path.find('/'); slash != path.npos; slash = path.find('/')) {
    const std::string_view name = path.substr(0, slash);
    auto at = position(folder->folders, name);
    if (at == folder->folders.end() || (*at)->name != name) {
      at = folder->folders.insert(at, std::make_unique<FolderRecord>());
      (*at)->name = name;
    }
    folder = at->get();
    path.remove_prefix(slash + 1);
  }
  auto at = position(folder->files, path);
  if (at == folder->files.end() || at->name != path) {
    at = folder->files.insert(at, FileRecord{std::string(path), {}, {}});
    ++size_;
  }
  at->entry = entry;
  at->stamp = {};
  return *at;
}

void FileTable::erase(std::string_view path, std::vector<std::string>& emptied) {
  std::vector<FolderRecord*> chain{&root_};
  std::string_view rest = path;
  for (auto slash = rest.find('/'); slash != rest.npos; slash = rest.find('/')) {
    FolderRecord* next = chain.back()->find_folder(rest.substr(0, slash));
    if (next == nullptr) return;
    chain.push_back(next);
    rest.remove_prefix(slash + 1);
  }
  const auto file = exact(chain.back()->files, rest);
  if (file == chain.back()->files.end()) return;
  chain.back()->files.erase(file);
  --size_;
  std::string_view folder_path = path.substr(0, path.size() - rest.size());
  while (chain.size() > 1 && chain.back()->files.empty() && chain.back()->folders.empty()) {
    folder_path.remove_suffix(1);
    emptied.emplace_back(folder_path);
    folder_path.remove_suffix(chain.back()->name.size());
    FolderRecord* above = chain[chain.size() - 2];
    above->folders.erase(exact(above->folders, chain.back()->name));
    chain.pop_back();
  }
}

void FileTable::clear() {
  root_ = {};
  size_ = 0;
}

void FileTable::for_each(const std::function<void(const std::string&, FileRecord&)>& visit) {
  std::string path;
  visit_below(root_, path, visit);
}

}  // namespace fleet::git
