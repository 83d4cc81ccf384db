#pragma once

#include <compare>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fleet::dependencies {

// A version as Maven 3.8.7 orders it (its class ComparableVersion; https://maven.apache.org/pom.html,
// "Version Order Specification"). Every text is a version.
class MavenVersion {
 public:
  explicit MavenVersion(std::string_view text);

  [[nodiscard]] std::weak_ordering operator<=>(const MavenVersion& other) const;
  [[nodiscard]] bool operator==(const MavenVersion& other) const { return (*this <=> other) == 0; }

  // A number, a qualifier, or what follows a hyphen or a change between digits and letters.
  struct Item {
    enum class Kind { number, qualifier, list };
    Kind kind = Kind::list;
    std::string text;
    std::vector<Item> items;
  };

 private:
  Item root_;
};

}  // namespace fleet::dependencies
