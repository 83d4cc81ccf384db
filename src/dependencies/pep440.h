#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fleet::dependencies {

// A Python version (PEP 440, now https://packaging.python.org/en/latest/specifications/version-specifiers/):
// epochs, releases of any length, pre-, post- and developmental releases and local versions, in all spellings
// that the appendix of the specification lets normalise. Other texts are no versions.
class PythonVersion {
 public:
  [[nodiscard]] static std::optional<PythonVersion> parse(std::string_view text);

  // Total: local versions count, so `1.0+a` is above `1.0`.
  [[nodiscard]] std::strong_ordering operator<=>(const PythonVersion& other) const;
  [[nodiscard]] bool operator==(const PythonVersion& other) const { return (*this <=> other) == 0; }

 private:
  enum class Phase { dev_only, alpha, beta, candidate, none };  // in their order

  std::string epoch_;
  std::vector<std::string> release_;  // without zeros at its end
  Phase phase_ = Phase::none;
  std::string phase_number_;
  std::optional<std::string> post_;
  std::optional<std::string> dev_;
  std::vector<std::string> local_;
};

}  // namespace fleet::dependencies
