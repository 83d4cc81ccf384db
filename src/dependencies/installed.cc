#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "dependencies/npm.h"
#include "dependencies/paths.h"
#include "dependencies/tree.h"
#include "dependencies/value.h"
#include "text/ascii.h"

namespace fleet::dependencies {
namespace {

constexpr std::size_t kMostMetadataBytes = 1u << 20;

std::string license_of_package_json(const Files& files, const std::string& path, std::string_view version) {
  const auto bytes = files.read(path, kMostMetadataBytes);
  if (!bytes) return {};
  const auto package = read_json(*bytes, path, [](std::string_view key) {
    return key == "license" || key == "licenses" || key == "version";
  });
  if (!package || package->string("version") != version) return {};
  return npm_license(*package);
}

// Core metadata (https://packaging.python.org/en/latest/specifications/core-metadata/): headers as of a mail.
// An expression goes before a single classifier, and that before the free text.
std::string license_of_metadata(std::string_view metadata) {
  std::string_view classifier, free_text;
  std::size_t classifiers = 0;
  while (!metadata.empty()) {
    const std::size_t end = std::min(metadata.find('\n'), metadata.size());
    const std::string_view line = text::trim(metadata.substr(0, end));
    metadata.remove_prefix(std::min(end + 1, metadata.size()));
    if (line.empty()) break;
    const auto value = [&](std::string_view header) {
      return line.starts_with(header) ? text::trim(line.substr(header.size())) : std::string_view();
    };
    if (const auto expression = value("License-Expression:"); !expression.empty())
      return std::string(expression);
    if (const auto one = value("Classifier:");
        one.starts_with("License ::") && one != "License :: OSI Approved") {
      classifier = one;
      ++classifiers;
    }
    if (const auto text = value("License:"); text != "UNKNOWN" && !text.empty()) free_text = text;
  }
  return std::string(classifiers == 1 ? classifier : free_text);
}

// The packages of one virtual environment, by name and version.
class SitePackages {
 public:
  SitePackages(const Files& files, const std::string& folder) : files_(files) {
    for (const char* environment : {".venv/lib", "venv/lib"}) {
      const std::string lib = join_path(folder, environment);
      for (const FolderEntry& python : entries(lib)) {
        if (python.name.starts_with("python")) add(fmt::format("{}/{}/site-packages", lib, python.name));
      }
    }
  }

  [[nodiscard]] std::string license(const Dependency& dependency) const {
    const auto found = folders_.find({dependency.name, dependency.version});
    if (found == folders_.end()) return {};
    const auto bytes = files_.read(found->second + "/METADATA", kMostMetadataBytes);
    return bytes ? license_of_metadata(*bytes) : std::string();
  }

 private:
  [[nodiscard]] std::vector<FolderEntry> entries(const std::string& folder) const {
    auto listed = files_.list(folder);
    return listed ? *std::move(listed) : std::vector<FolderEntry>();
  }
  void add(const std::string& folder) {
    static constexpr std::string_view kEnding = ".dist-info";
    for (const FolderEntry& entry : entries(folder)) {
      std::string_view name = entry.name;
      if (!name.ends_with(kEnding)) continue;
      name.remove_suffix(kEnding.size());
      const std::size_t dash = name.find('-');
      if (dash == std::string_view::npos) continue;
      folders_.emplace(std::make_pair(normalised_name(Ecosystem::pypi, name.substr(0, dash)),
                                      std::string(name.substr(dash + 1))),
                       join_path(folder, entry.name));
    }
  }

  const Files& files_;
  std::map<std::pair<std::string, std::string>, std::string> folders_;
};

// A name that is two folders at most, and none of them is `..`.
bool is_npm_folder(std::string_view name) {
  return name.find("..") == std::string_view::npos && std::count(name.begin(), name.end(), '/') <= 1;
}

}  // namespace

void add_installed_licenses(const Files& files, std::vector<Dependency>& dependencies) {
  std::map<std::string, SitePackages, std::less<>> environments;  // by the folder of the lock file
  std::set<std::string, std::less<>> without_modules;
  for (Dependency& dependency : dependencies) {
    if (!dependency.license.empty()) continue;
    const std::string folder(folder_of(dependency.path));
    if (dependency.ecosystem == Ecosystem::npm && is_npm_folder(dependency.name)) {
      if (without_modules.contains(folder)) continue;
      const std::string modules = join_path(folder, "node_modules");
      dependency.license = license_of_package_json(
          files, fmt::format("{}/{}/package.json", modules, dependency.name), dependency.version);
      if (dependency.license.empty() && !files.list(modules)) without_modules.insert(folder);
    } else if (dependency.ecosystem == Ecosystem::pypi) {
      dependency.license = environments.try_emplace(folder, files, folder).first->second.license(dependency);
    }
  }
}

}  // namespace fleet::dependencies
