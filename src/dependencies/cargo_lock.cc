#include <fmt/format.h>

#include <set>

#include "dependencies/lock_file_builder.h"
#include "dependencies/readers.h"

namespace fleet::dependencies {
namespace {

bool is_crates_io(std::string_view source) {
  return source == "registry+https://github.com/rust-lang/crates.io-index" ||
         source == "sparse+https://index.crates.io/";
}

// What packages without a source (the project and its workspace) ask for: `name`, `name version`, or
// `name version (source)`, as much of it as is needed to tell which.
std::set<std::string, std::less<>> asked_for(const std::vector<Member>& packages) {
  std::set<std::string, std::less<>> asked;
  for (const Member& package : packages) {
    if (!package.value.string("source").empty()) continue;
    for (const Member& dependency : package.value.members_of("dependencies")) {
      const std::string& text = dependency.value.text;
      asked.insert(text.substr(0, text.find(" (")));
    }
  }
  return asked;
}

}  // namespace

ReadLockFile read_cargo_lock(std::string_view bytes, const std::string& path) {
  const auto root = read_toml(bytes, path);
  if (!root) return tl::make_unexpected(root.error());
  const auto& packages = root->members_of("package");
  const auto direct = asked_for(packages);
  LockFileBuilder builder(Ecosystem::crates_io, path);
  for (const Member& member : packages) {
    const Value& package = member.value;
    const std::string_view name = package.string("name"), version = package.string("version");
    const std::string_view source = package.string("source");
    if (source.empty()) continue;
    if (!is_crates_io(source)) {
      builder.add_elsewhere(name, package.line);
    } else {
      builder.add(name, version, package.line).direct =
          direct.contains(name) || direct.contains(fmt::format("{} {}", name, version));
    }
  }
  return builder.finish();
}

}  // namespace fleet::dependencies
