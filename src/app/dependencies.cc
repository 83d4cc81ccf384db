#include "app/dependencies.h"

#include <fmt/format.h>

#include "git/path.h"
#include "git/tree.h"

namespace fleet::app {

using dependencies::FolderEntry;

dependencies::Files dependency_files(const git::ObjectStore& store, ObjectId tree) {
  dependencies::Files files;
  files.list = [&store, tree](const std::string& folder) -> Result<std::vector<FolderEntry>> {
    ObjectId at = tree;
    if (!folder.empty()) {
      FLEET_TRY(const git::Place place, git::look_up(store, tree, folder));
      at = place.folder;
    }
    std::vector<FolderEntry> out;
    if (at.is_none()) return out;
    FLEET_TRY(const auto read, store.read_tree(at));
    for (const git::Tree::Entry& entry : read->entries()) {
      const model::TreeEntry leaf = entry.leaf();
      if (entry.is_folder()) {
        out.push_back({std::string(entry.name), FolderEntry::Kind::folder});
      } else if (leaf.is_file()) {
        out.push_back({std::string(entry.name), FolderEntry::Kind::file});
      } else if (leaf.mode == model::FileMode::symlink) {
        out.push_back({std::string(entry.name), FolderEntry::Kind::link});
      }
    }
    return out;
  };
  files.read = [&store, tree](const std::string& path, std::uint64_t max_bytes) -> Result<std::string> {
    FLEET_TRY(const auto entry, git::entry_at(store, tree, path));
    if (!entry.is_file()) return base::fail_input("read", git::quote_path(path), "it is no file");
    FLEET_TRY(const std::uint64_t size, store.blob_size(entry.id));
    if (size > max_bytes)
      return base::fail_input("read", git::quote_path(path), fmt::format("it has {} bytes", size));
    return store.read_blob(entry.id);
  };
  return files;
}

analysis::Reported reported(dependencies::DependencyReport report) {
  analysis::Reported out;
  for (model::Finding& finding : report.findings)
    out.findings[finding.path].push_back(std::move(finding));
  for (const model::Diagnostic& remark : report.remarks) {
    out.remarks.push_back({remark.path, remark.at.line > 0
                                            ? fmt::format("line {}: {}", remark.at.line, remark.message)
                                            : remark.message});
  }
  return out;
}

}  // namespace fleet::app
