#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace fleet::analysis {

// Who may have had a hand in a value.
enum class Trust : std::uint8_t {
  clean,    // made of what stands in the code
  unknown,  // it cannot be told: a parameter, what another file's function returned
  tainted,  // made of what came in from a source
};

struct FlowValue {
  Trust trust = Trust::clean;
  std::uint32_t step = 0;                // the last of the way of what is tainted; 0: none
  std::uint64_t sources = 0;             // groups, of what is tainted
  std::uint64_t cleaned = 0;             // groups of sanitizers that all that is tainted has gone through
  std::optional<std::int64_t> number;    // where it is this one for sure
  std::optional<std::string_view> text;  // the same

  [[nodiscard]] static FlowValue unknown() {
    FlowValue value;
    value.trust = Trust::unknown;
    return value;
  }
  [[nodiscard]] bool is_tainted() const { return trust == Trust::tainted; }
};

// What either of two values may be, or what is made of both.
[[nodiscard]] FlowValue joined(const FlowValue& a, const FlowValue& b);

// What variables hold, by path: `x`, `self.name`, `options.shell`. A value.
class FlowEnv {
 public:
  bool is_reachable = true;

  // What a path holds: by itself, or as a part of what a shorter one holds. Nothing: it is not bound.
  [[nodiscard]] std::optional<FlowValue> part(std::string_view path) const;
  // The same, with all that its parts hold.
  [[nodiscard]] std::optional<FlowValue> whole(std::string_view path) const;
  void set(std::string_view path, const FlowValue& value);
  // Adds to what it holds.
  void add(std::string_view path, const FlowValue& value);
  // Either of two ways was gone.
  void join(const FlowEnv& other);
  [[nodiscard]] const std::vector<std::pair<std::string_view, FlowValue>>& all() const { return values_; }

 private:
  [[nodiscard]] std::size_t place(std::string_view path) const;
  std::vector<std::pair<std::string_view, FlowValue>> values_;  // by path
};

}  // namespace fleet::analysis
