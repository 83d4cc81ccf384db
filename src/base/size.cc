#include "base/size.h"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace fleet::base {

std::optional<std::uint64_t> parse_size(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, double>, 5> kUnits{
      {{"KB", 0x1p10}, {"MB", 0x1p20}, {"GB", 0x1p30}, {"TB", 0x1p40}, {"B", 1}}};
  constexpr double kMost = 0x1p63;
  for (const auto& [unit, bytes] : kUnits) {
    if (!text.ends_with(unit)) continue;
    const std::string_view number = text.substr(0, text.size() - unit.size());
    if (number.find_first_not_of("0123456789.") != number.npos) return std::nullopt;
    double value = 0;
    const auto [end, error] =
        std::from_chars(number.data(), number.data() + number.size(), value, std::chars_format::fixed);
    if (error != std::errc{} || end != number.data() + number.size()) return std::nullopt;
    if (number.starts_with('.') || number.ends_with('.') || value * bytes >= kMost) return std::nullopt;
    return static_cast<std::uint64_t>(std::llround(value * bytes));
  }
  return std::nullopt;
}

}  // namespace fleet::base
