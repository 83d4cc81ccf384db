#include <fmt/format.h>

#include <set>

#include "dependencies/lock_file_builder.h"
#include "dependencies/paths.h"
#include "dependencies/pom.h"
#include "dependencies/readers.h"

namespace fleet::dependencies {
namespace {

constexpr std::size_t kMostParents = 10;
constexpr std::size_t kMostExpansions = 100;  // of one text
constexpr std::size_t kMostExpanded = 1'000;  // bytes of it

// A pom with what it inherits from the parents that lie in the tree.
class EffectivePom {
 public:
  EffectivePom(Pom own, std::string path, const ReadBeside& read) {
    std::set<std::string> seen{path};
    poms_.push_back(std::move(own));
    while (poms_.back().has_parent && poms_.size() <= kMostParents && read) {
      const Pom& child = poms_.back();
      std::string beside = child.parent_path;
      if (!beside.empty() && !beside.ends_with(".xml")) beside += "/pom.xml";
      const auto at = resolve_beside(path, beside);
      if (!at || !seen.insert(*at).second) break;
      const auto bytes = read(*at);
      auto parent = bytes ? parse_pom(*bytes) : tl::make_unexpected(xml::Problem{});
      if (!parent || parent->artifact != child.parent_artifact) break;
      path = *at;
      poms_.push_back(*std::move(parent));
    }
    // What is nearest to the project counts.
    for (const Pom& pom : poms_)
      properties_.insert(pom.properties.begin(), pom.properties.end());
    for (const char* prefix : {"project.", "pom."}) {
      const Pom& pom = poms_.front();
      properties_[fmt::format("{}version", prefix)] = pom.version.empty() ? pom.parent_version : pom.version;
      properties_[fmt::format("{}groupId", prefix)] = pom.group.empty() ? pom.parent_group : pom.group;
      properties_[fmt::format("{}artifactId", prefix)] = pom.artifact;
      properties_[fmt::format("{}parent.version", prefix)] = pom.parent_version;
      properties_[fmt::format("{}parent.groupId", prefix)] = pom.parent_group;
    }
    for (const Pom& pom : poms_) {
      for (const PomDependency& one : pom.managed)
        managed_.emplace(key(one), &one);
    }
  }
  EffectivePom(const EffectivePom&) = delete;  // managed_ refers to poms_
  EffectivePom& operator=(const EffectivePom&) = delete;

  // With `${...}` filled in, as far as it is known.
  [[nodiscard]] std::string expand(std::string text) const {
    std::size_t from = 0;
    for (std::size_t i = 0; i < kMostExpansions && text.size() <= kMostExpanded; ++i) {
      const std::size_t start = text.find("${", from);
      const std::size_t end = text.find('}', start);
      if (start == std::string::npos || end == std::string::npos) break;
      const auto found = properties_.find(text.substr(start + 2, end - start - 2));
      if (found == properties_.end()) {
        from = end;
      } else {
        text.replace(start, end + 1 - start, found->second);
      }
    }
    return text;
  }

  [[nodiscard]] std::string key(const PomDependency& dependency) const {
    return fmt::format("{}:{}", expand(dependency.group), expand(dependency.artifact));
  }

  // Its own, else what dependency management says; null: neither.
  [[nodiscard]] const PomDependency* managed(const std::string& key) const {
    const auto found = managed_.find(key);
    return found == managed_.end() ? nullptr : found->second;
  }

  [[nodiscard]] const std::vector<PomDependency>& dependencies() const { return poms_.front().dependencies; }

 private:
  std::vector<Pom> poms_;  // the project's, its parent's, that one's parent's
  std::map<std::string, std::string> properties_;
  std::map<std::string, const PomDependency*> managed_;
};

// An exact version: `1.0`, or `[1.0]`, which is the hard requirement of it. Empty: none.
std::string exact_version(std::string version) {
  if (version.find("${") != std::string::npos || version == "LATEST" || version == "RELEASE") return {};
  if (version.starts_with('[') && version.ends_with(']')) version = version.substr(1, version.size() - 2);
  if (version.find_first_of("[](),") != std::string::npos) return {};
  return version;
}

}  // namespace

ReadLockFile read_pom(std::string_view bytes, const std::string& path, const ReadBeside& read) {
  auto pom = parse_pom(bytes);
  if (!pom) return tl::make_unexpected(unreadable(path, pom.error().line, pom.error().why, "mend the file"));
  LockFileBuilder builder(Ecosystem::maven, path);
  const EffectivePom effective(*std::move(pom), path, read);
  for (const PomDependency& dependency : effective.dependencies()) {
    const std::string name = effective.key(dependency);
    const PomDependency* managed = effective.managed(name);
    std::string version = dependency.version, scope = dependency.scope;
    if (managed != nullptr && version.empty()) version = managed->version;
    if (managed != nullptr && scope.empty()) scope = managed->scope;
    version = exact_version(effective.expand(version));
    if (scope == "system") {
      builder.add_elsewhere(name, dependency.line);
    } else if (version.empty() || name.find("${") != std::string::npos) {
      builder.add_open(name, dependency.line);
    } else {
      Dependency& added = builder.add(name, version, dependency.line);
      added.direct = true;
      added.dev = scope == "test";
    }
  }
  return builder.finish();
}

}  // namespace fleet::dependencies
