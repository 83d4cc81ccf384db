#pragma once

#include <array>
#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fleet::dependencies {

// Semantic Versioning 2.0.0 (https://semver.org), as npm, crates.io and Go use it; Go's pseudo-versions are
// pre-releases by their form. More lenient in what it takes: a `v` may stand in front, and minor and patch
// may be missing, as advisories write them.
class SemanticVersion {
 public:
  [[nodiscard]] static std::optional<SemanticVersion> parse(std::string_view text);

  // Precedence (section 11): build metadata does not count.
  [[nodiscard]] std::strong_ordering operator<=>(const SemanticVersion& other) const;
  [[nodiscard]] bool operator==(const SemanticVersion& other) const { return (*this <=> other) == 0; }

 private:
  std::array<std::string, 3> numbers_;  // in digits; empty is zero
  std::vector<std::string> pre_release_;
};

}  // namespace fleet::dependencies
