#include "dependencies/version.h"

namespace fleet::dependencies {

std::optional<Version> Version::parse(Ecosystem ecosystem, std::string_view text) {
  if (text.empty() || text.size() > kMostVersionBytes) return std::nullopt;
  if (ecosystem == Ecosystem::maven) return Version(MavenVersion(text));
  if (ecosystem == Ecosystem::pypi) {
    if (auto version = PythonVersion::parse(text)) return Version(*std::move(version));
  } else if (auto version = SemanticVersion::parse(text)) {
    return Version(*std::move(version));
  }
  return std::nullopt;
}

std::weak_ordering Version::operator<=>(const Version& other) const {
  if (const auto* left = std::get_if<SemanticVersion>(&version_)) {
    if (const auto* right = std::get_if<SemanticVersion>(&other.version_)) return *left <=> *right;
  } else if (const auto* python = std::get_if<PythonVersion>(&version_)) {
    if (const auto* right = std::get_if<PythonVersion>(&other.version_)) return *python <=> *right;
  } else if (const auto* maven = std::get_if<MavenVersion>(&version_)) {
    if (const auto* right = std::get_if<MavenVersion>(&other.version_)) return *maven <=> *right;
  }
  return version_.index() <=> other.version_.index();
}

}  // namespace fleet::dependencies
