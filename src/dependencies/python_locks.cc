#include <initializer_list>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "dependencies/lock_file_builder.h"
#include "dependencies/readers.h"

namespace fleet::dependencies {
namespace {

// Poetry and PDM: the groups that want a package. Older files have one word, `category`.
bool is_of_other_groups_only(const Value& package) {
  const Value* groups = package.find("groups");
  if (groups == nullptr || groups->kind != Value::Kind::list) return package.string("category") == "dev";
  for (const Member& group : groups->members) {
    if (group.value.text == "main" || group.value.text == "default") return false;
  }
  return !groups->members.empty();
}

bool has_any(const Value& package, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    if (package.find(key) != nullptr) return true;
  }
  return false;
}

// Both are lists of packages with a version; `is_elsewhere` knows how each says that one is from no index.
ReadLockFile read_package_list(std::string_view bytes, const std::string& path,
                               bool (*is_elsewhere)(const Value& package)) {
  const auto root = read_toml(bytes, path);
  if (!root) return tl::make_unexpected(root.error());
  LockFileBuilder builder(Ecosystem::pypi, path);
  // A project without dependencies has a lock file without packages.
  for (const Member& member : root->members_of("package")) {
    const Value& package = member.value;
    if (is_elsewhere(package)) {
      builder.add_elsewhere(package.string("name"), package.line);
    } else {
      builder.add(package.string("name"), package.string("version"), package.line).dev =
          is_of_other_groups_only(package);
    }
  }
  return builder.finish();
}

// Several versions of one name stand in uv.lock where markers divide them. What names a version means that
// one, what names none means all of them.
class UvReader {
 public:
  UvReader(const std::vector<Member>& packages, const std::string& path)
      : packages_(packages), builder_(Ecosystem::pypi, path) {}

  LockFile read() {
    for (std::size_t i = 0; i < packages_.size(); ++i) {
      const std::string_view name = packages_[i].value.string("name");
      by_name_[{name, {}}].push_back(i);
      by_name_[{name, packages_[i].value.string("version")}].push_back(i);
    }
    Names shipped, for_development;
    for (const Member& member : packages_) {
      if (!is_own(member.value)) continue;
      add_all(member.value.find("dependencies"), shipped);
      for (const Member& extra : member.value.members_of("optional-dependencies"))
        add_all(&extra.value, shipped);
      for (const Member& group : member.value.members_of("dev-dependencies"))
        add_all(&group.value, for_development);
    }
    direct_.insert(shipped.indices.begin(), shipped.indices.end());
    direct_.insert(for_development.indices.begin(), for_development.indices.end());
    follow(shipped);
    for (std::size_t i = 0; i < packages_.size(); ++i)
      add(i);
    return builder_.finish();
  }

 private:
  using Name = std::pair<std::string_view, std::string_view>;  // and version, which may be empty
  // What was named, each name once: many may name what many are called.
  struct Names {
    std::set<Name> seen;
    std::vector<std::size_t> indices;
  };

  // The project, or a member of its workspace.
  static bool is_own(const Value& package) {
    const Value* source = package.find("source");
    return source != nullptr && has_any(*source, {"editable", "virtual"});
  }

  void add_all(const Value* names, Names& into) const {
    if (names == nullptr) return;
    for (const Member& one : names->members) {
      const Name name{one.value.string("name"), one.value.string("version")};
      const auto found = by_name_.find(name);
      if (found == by_name_.end() || !into.seen.insert(name).second) continue;
      into.indices.insert(into.indices.end(), found->second.begin(), found->second.end());
    }
  }

  void follow(Names& names) {
    while (!names.indices.empty()) {
      const std::size_t index = names.indices.back();
      names.indices.pop_back();
      if (!shipped_.insert(index).second) continue;
      add_all(packages_[index].value.find("dependencies"), names);
      for (const Member& extra : packages_[index].value.members_of("optional-dependencies"))
        add_all(&extra.value, names);
    }
  }

  void add(std::size_t index) {
    const Value& package = packages_[index].value;
    if (is_own(package)) return;
    const Value* source = package.find("source");
    if (source == nullptr || source->find("registry") == nullptr) {
      builder_.add_elsewhere(package.string("name"), package.line);
      return;
    }
    Dependency& added = builder_.add(package.string("name"), package.string("version"), package.line);
    added.direct = direct_.contains(index);
    added.dev = !shipped_.contains(index);
  }

  const std::vector<Member>& packages_;
  LockFileBuilder builder_;
  std::map<Name, std::vector<std::size_t>> by_name_;
  std::set<std::size_t> direct_, shipped_;
};

}  // namespace

ReadLockFile read_poetry_lock(std::string_view bytes, const std::string& path) {
  return read_package_list(bytes, path, [](const Value& package) {
    const Value* source = package.find("source");
    const std::string_view type = source == nullptr ? std::string_view() : source->string("type");
    return type == "git" || type == "url" || type == "directory" || type == "file";
  });
}

ReadLockFile read_pdm_lock(std::string_view bytes, const std::string& path) {
  return read_package_list(bytes, path, [](const Value& package) {
    return has_any(package, {"git", "url", "path", "hg", "svn", "bzr"});
  });
}

ReadLockFile read_uv_lock(std::string_view bytes, const std::string& path) {
  const auto root = read_toml(bytes, path);
  if (!root) return tl::make_unexpected(root.error());
  return UvReader(root->members_of("package"), path).read();
}

ReadLockFile read_pipfile_lock(std::string_view bytes, const std::string& path) {
  const auto root = read_json(bytes, path);
  if (!root) return tl::make_unexpected(root.error());
  if (root->find("default") == nullptr && root->find("develop") == nullptr) {
    return tl::make_unexpected(unreadable(path, 1, "it has neither `default` nor `develop`"));
  }
  LockFileBuilder builder(Ecosystem::pypi, path);
  for (const Member& group : root->members) {
    if (group.key == "_meta") continue;
    for (const Member& package : group.value.members) {
      const std::string_view version = package.value.string("version");
      if (version.starts_with("==")) {
        builder.add(package.key, version.substr(version.starts_with("===") ? 3 : 2), package.line).dev =
            group.key != "default";
      } else {
        builder.add_elsewhere(package.key, package.line);
      }
    }
  }
  return builder.finish();
}

}  // namespace fleet::dependencies
