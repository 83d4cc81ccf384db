#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "analysis/secrets.h"

namespace fleet::analysis {

// Takes the values of a file's secrets out of what is shown of it, wherever they stand: also parts of values,
// where a line or a name was cut. Hidden are runs of 8 bytes that a value holds, and whole values of 4 to 7.
// Time linear in the values and in each text. Any thread.
class HiddenSecrets {
 public:
  // `source`: the file. What hides a value there (base64, joined literals) is hidden too.
  HiddenSecrets(std::string_view source, const std::vector<ValuePlace>& places);

  [[nodiscard]] bool empty() const { return runs_.empty() && !has_short_; }
  // With `***` for what is hidden.
  [[nodiscard]] std::string without(std::string_view text) const;

 private:
  static constexpr std::size_t kRun = 8;
  static constexpr std::size_t kShortest = 4;  // of a value
  void add(std::string_view value);

  std::unordered_set<std::uint64_t> runs_;
  std::array<std::unordered_set<std::uint64_t>, kRun> short_;  // by length
  bool has_short_ = false;
};

}  // namespace fleet::analysis
