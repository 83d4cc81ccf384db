#pragma once

#include <compare>
#include <cstddef>
#include <optional>
#include <string_view>
#include <variant>

#include "dependencies/dependency.h"
#include "dependencies/maven_version.h"
#include "dependencies/pep440.h"
#include "dependencies/semver.h"

namespace fleet::dependencies {

inline constexpr std::size_t kMostVersionBytes = 256;

// A version by the rules of an ecosystem. Only those of one ecosystem are compared.
class Version {
 public:
  // Nothing for what is no version there, or longer than kMostVersionBytes.
  [[nodiscard]] static std::optional<Version> parse(Ecosystem ecosystem, std::string_view text);

  [[nodiscard]] std::weak_ordering operator<=>(const Version& other) const;
  [[nodiscard]] bool operator==(const Version& other) const { return (*this <=> other) == 0; }

 private:
  using Any = std::variant<SemanticVersion, PythonVersion, MavenVersion>;
  explicit Version(Any version) : version_(std::move(version)) {}
  Any version_;
};

}  // namespace fleet::dependencies
