#include "dependencies/pom.h"

#include <algorithm>

#include "text/ascii.h"

namespace fleet::dependencies {
namespace {

constexpr std::size_t kMostTextBytes = 1'000;  // of a name, version or property: they stand for each other

class PomBuilder {
 public:
  void opened(const std::string& name, std::uint32_t line) {
    path_ += "/" + name;
    if (name == "dependency") dependency_ = {};
    if (name == "dependency") dependency_.line = line;
    if (path_ == "/project/parent") pom_.has_parent = true;
  }

  void closed(const std::string& name, const std::string& raw) {
    const std::string_view text = text::trim(raw);
    take(name, text.size() <= kMostTextBytes ? std::string(text) : std::string());
    path_.resize(path_.size() - name.size() - 1);
  }

  [[nodiscard]] Pom finish() { return std::move(pom_); }

 private:
  void take(const std::string& name, const std::string& text) {
    std::string_view path = path_;
    if (path == "/project/groupId") pom_.group = text;
    if (path == "/project/artifactId") pom_.artifact = text;
    if (path == "/project/version") pom_.version = text;
    if (path == "/project/parent/groupId") pom_.parent_group = text;
    if (path == "/project/parent/artifactId") pom_.parent_artifact = text;
    if (path == "/project/parent/version") pom_.parent_version = text;
    if (path == "/project/parent/relativePath") pom_.parent_path = text;
    if (path.starts_with("/project/properties/") && path.size() == 20 + name.size()) {
      pom_.properties[name] = text;
    }
    static constexpr std::string_view kProfile = "/project/profiles/profile";
    static constexpr std::string_view kManaged = "/dependencyManagement";
    static constexpr std::string_view kDependency = "/dependencies/dependency";
    path.remove_prefix(path.starts_with(kProfile) ? kProfile.size() : std::min<std::size_t>(path.size(), 8));
    const bool is_managed = path.starts_with(kManaged);
    if (is_managed) path.remove_prefix(kManaged.size());
    if (!path.starts_with(kDependency)) return;
    path.remove_prefix(kDependency.size());
    if (path.empty()) (is_managed ? pom_.managed : pom_.dependencies).push_back(std::move(dependency_));
    if (path == "/groupId") dependency_.group = text;
    if (path == "/artifactId") dependency_.artifact = text;
    if (path == "/version") dependency_.version = text;
    if (path == "/scope") dependency_.scope = text;
  }

  Pom pom_;
  PomDependency dependency_;
  std::string path_;  // of the element that is open: `/project/properties`
};

}  // namespace

tl::expected<Pom, xml::Problem> parse_pom(std::string_view bytes) {
  PomBuilder builder;
  xml::Events events;
  events.opened = [&](const std::string& name, const xml::Attributes&, std::uint32_t line) {
    builder.opened(name, line);
  };
  events.closed = [&](const std::string& name, const std::string& text) { builder.closed(name, text); };
  if (auto read = xml::read(bytes, events); !read) return tl::make_unexpected(std::move(read).error());
  return builder.finish();
}

}  // namespace fleet::dependencies
