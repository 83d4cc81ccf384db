#include <fmt/format.h>

#include <set>
#include <unordered_map>
#include <vector>

#include "dependencies/digits.h"
#include "dependencies/lock_file_builder.h"
#include "dependencies/npm.h"
#include "dependencies/readers.h"

namespace fleet::dependencies {
namespace {

constexpr std::array<const char*, 3> kPnpmLists{"dependencies", "optionalDependencies", "devDependencies"};

// A package by what it is called in the file:
//   5    /lodash/4.17.20, /@babel/core/7.1.0_react@16.0.0, registry.example/lodash/4.17.20
//   6-8  /lodash@4.17.20, /@babel/core@7.1.0(react@16.0.0)
//   9    lodash@4.17.20, @babel/core@7.1.0(react@16.0.0)
struct PnpmName {
  std::string_view name, version;
};

PnpmName split_pnpm_name(std::string_view key, bool with_slashes) {
  key = key.substr(0, key.find('('));
  if (!with_slashes) {
    if (key.starts_with('/')) key.remove_prefix(1);
    const auto [name, version] = split_npm_name(key);
    return {name, version};
  }
  // Past the registry's host, which is empty for the usual one.
  const std::size_t host = key.find('/');
  if (host == std::string_view::npos) return {key, {}};
  key.remove_prefix(host + 1);
  const std::size_t scope = key.starts_with('@') ? std::min(key.find('/'), key.size() - 1) + 1 : 0;
  const std::size_t slash = key.find('/', scope);
  if (slash == std::string_view::npos) return {key, {}};
  std::string_view version = key.substr(slash + 1);
  return {key.substr(0, slash), version.substr(0, version.find('_'))};
}

// The key of a package that another, or the project, names by its version or by the key itself.
std::string pnpm_key(std::string_view name, std::string_view version, bool with_slashes, bool with_slash) {
  if (version.starts_with('/')) return std::string(version);
  if (!version.empty() && !text::is_ascii_digit(version.front())) return std::string(version);
  return fmt::format("{}{}{}{}", with_slash ? "/" : "", name, with_slashes ? '/' : '@', version);
}

class PnpmReader {
 public:
  PnpmReader(const Value& root, const std::string& path) : root_(root), builder_(Ecosystem::npm, path) {}

  LockFile read() {
    std::string version;
    if (const Value* value = root_.find("lockfileVersion")) version = value->text;
    with_slashes_ = version.starts_with("5") || version.starts_with("4") || version.starts_with("3");
    with_slash_ = with_slashes_ || version.starts_with("6") || version.starts_with("7");
    has_dev_marks_ = with_slash_;
    read_importers();
    if (!has_dev_marks_) follow();
    for (const Member& package : root_.members_of("packages"))
      add(package);
    return builder_.finish();
  }

 private:
  // A workspace has one importer for each project, else the lists stand at the top.
  void read_importers() {
    const auto& importers = root_.members_of("importers");
    for (const Member& importer : importers)
      read_importer(importer.value);
    if (importers.empty()) read_importer(root_);
  }
  void read_importer(const Value& importer) {
    for (const char* list : kPnpmLists) {
      for (const Member& one : importer.members_of(list)) {
        const std::string_view version =
            one.value.is_object() ? one.value.string("version") : std::string_view(one.value.text);
        std::string key = pnpm_key(one.key, version, with_slashes_, with_slash_);
        if (list != kPnpmLists.back()) shipped_.push_back(key);
        direct_.insert(std::string(without_peers(key)));
      }
    }
  }

  // Version 9 does not mark what is for development only: it is what nothing that is shipped leads to.
  void follow() {
    std::unordered_map<std::string_view, const Value*> snapshots;
    for (const Member& snapshot : root_.members_of("snapshots"))
      snapshots.emplace(snapshot.key, &snapshot.value);
    std::set<std::string> seen;
    while (!shipped_.empty()) {
      const std::string key = std::move(shipped_.back());
      shipped_.pop_back();
      if (!seen.insert(key).second) continue;
      reached_.insert(std::string(without_peers(key)));
      const auto found = snapshots.find(key);
      if (found == snapshots.end()) continue;
      for (const char* list : {"dependencies", "optionalDependencies"}) {
        for (const Member& one : found->second->members_of(list))
          shipped_.push_back(pnpm_key(one.key, one.value.text, with_slashes_, with_slash_));
      }
    }
  }

  [[nodiscard]] std::string_view without_peers(std::string_view key) const {
    return with_slashes_ ? key : key.substr(0, key.find('('));
  }

  void add(const Member& package) {
    auto [name, version] = split_pnpm_name(package.key, with_slashes_);
    if (const auto told = package.value.string("name"); !told.empty()) name = told;
    if (const Value* told = package.value.find("version"); told != nullptr && !told->text.empty()) {
      version = told->text;
    }
    const Value* resolution = package.value.find("resolution");
    const bool from_registry = resolution == nullptr || (resolution->string("type").empty() &&
                                                         resolution->find("directory") == nullptr &&
                                                         resolution->find("integrity") != nullptr);
    if (!from_registry || is_npm_place(version)) {
      builder_.add_elsewhere(name, package.line);
      return;
    }
    Dependency& added = builder_.add(name, version, package.line);
    const std::string key(without_peers(package.key));
    added.direct = direct_.contains(key);
    added.dev = has_dev_marks_ ? package.value.is_true("dev") : !reached_.contains(key);
  }

  const Value& root_;
  LockFileBuilder builder_;
  bool with_slashes_ = false, with_slash_ = false, has_dev_marks_ = false;
  std::set<std::string> direct_, reached_;  // keys, without peers
  std::vector<std::string> shipped_;        // still to be followed
};

}  // namespace

ReadLockFile read_pnpm_lock(std::string_view bytes, const std::string& path) {
  const auto value = read_yaml(bytes, path);
  if (!value) return tl::make_unexpected(value.error());
  if (value->find("lockfileVersion") == nullptr) {
    return tl::make_unexpected(unreadable(path, 1, "it has no `lockfileVersion`"));
  }
  return PnpmReader(*value, path).read();
}

}  // namespace fleet::dependencies
