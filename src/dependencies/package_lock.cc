#include <fmt/format.h>

#include <array>
#include <functional>
#include <set>
#include <tuple>
#include <vector>

#include "dependencies/lock_file_builder.h"
#include "dependencies/npm.h"
#include "dependencies/readers.h"

namespace fleet::dependencies {
namespace {

constexpr std::string_view kNodeModules = "node_modules/";
constexpr std::array<const char*, 4> kAskedFor{"dependencies", "devDependencies", "optionalDependencies",
                                               "peerDependencies"};

// Where in the tree each package stands that the project, or one of its workspaces, asks for.
std::set<std::string, std::less<>> asked_for(const Value& packages) {
  std::set<std::string, std::less<>> paths;
  for (const Member& package : packages.members) {
    if (package.key.find(kNodeModules) != std::string::npos) continue;
    for (const char* list : kAskedFor) {
      for (const Member& name : package.value.members_of(list)) {
        // npm puts it beside the workspace only where another version has taken the place at the top.
        if (!package.key.empty()) paths.insert(fmt::format("{}/{}{}", package.key, kNodeModules, name.key));
        paths.insert(fmt::format("{}{}", kNodeModules, name.key));
      }
    }
  }
  return paths;
}

// lockfileVersion 2 and 3: every folder of node_modules.
void read_packages(const Value& packages, LockFileBuilder& builder) {
  const auto direct = asked_for(packages);
  for (const Member& member : packages.members) {
    const Value& package = member.value;
    const std::size_t folder = member.key.rfind(kNodeModules);
    // The project itself, its workspaces, and the links to them.
    if (folder == std::string::npos || package.is_true("link")) continue;
    std::string_view name = package.string("name");
    if (name.empty()) name = std::string_view(member.key).substr(folder + kNodeModules.size());
    const std::string_view resolved = package.string("resolved");
    if (package.string("version").empty() || resolved.starts_with("git") || resolved.starts_with("file:")) {
      builder.add_elsewhere(name, member.line);
      continue;
    }
    Dependency& added = builder.add(name, package.string("version"), member.line);
    added.direct = direct.contains(member.key);
    added.dev = package.is_true("dev");
    added.license = npm_license(package);
  }
}

// lockfileVersion 1: the same as a tree, which does not tell what the project asks for.
void read_tree(const Value& tree, LockFileBuilder& builder) {
  std::vector<const Value*> left{&tree};
  while (!left.empty()) {
    const Value* dependencies = left.back();
    left.pop_back();
    for (const Member& member : dependencies->members) {
      const Value& package = member.value;
      std::string_view name = member.key, version = package.string("version");
      if (version.starts_with("npm:")) std::tie(name, version) = split_npm_name(version.substr(4));
      if (version.empty() || is_npm_place(version)) {
        builder.add_elsewhere(name, member.line);
      } else {
        builder.add(name, version, member.line).dev = package.is_true("dev");
      }
      const Value* below = package.find("dependencies");
      if (below != nullptr && below->is_object()) left.push_back(below);
    }
  }
}

}  // namespace

ReadLockFile read_package_lock(std::string_view bytes, const std::string& path) {
  auto value = read_json(bytes, path);
  if (!value) return tl::make_unexpected(std::move(value).error());
  LockFileBuilder builder(Ecosystem::npm, path);
  const Value* packages = value->find("packages");
  const Value* tree = value->find("dependencies");
  if (packages != nullptr && packages->is_object()) {
    read_packages(*packages, builder);
  } else if (tree != nullptr && tree->is_object()) {
    read_tree(*tree, builder);
  } else if (value->find("lockfileVersion") == nullptr) {
    return tl::make_unexpected(unreadable(path, 1, "it has neither `packages` nor `dependencies`"));
  }
  return builder.finish();
}

}  // namespace fleet::dependencies
