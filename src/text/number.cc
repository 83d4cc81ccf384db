#include "text/number.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>

#include "text/ascii.h"

namespace fleet::text {
namespace {

double whole(std::string_view digits, int base) {
  std::uint32_t value = 0;  // GitHub reads these as 32 bits
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  const bool good = !digits.empty() && problem == std::errc{} && end == digits.data() + digits.size();
  return good ? value : kNan;
}

}  // namespace

double to_number(std::string_view text) {
  text = trim(text);
  if (text.empty()) return 0;
  if (text.starts_with("0x")) return whole(text.substr(2), 16);
  if (text.starts_with("0o")) return whole(text.substr(2), 8);
  if (text == "Infinity") return std::numeric_limits<double>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  if (text.find_first_not_of("0123456789+-.eE") != std::string_view::npos) return kNan;
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return kNan;
  }
  double value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  return problem == std::errc{} && end == text.data() + text.size() ? value : kNan;
}

std::string number_text(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number < 0 ? "-Infinity" : "Infinity";
  if (number == 0) return "0";  // also -0
  constexpr double kExact = 1e15;
  if (std::abs(number) < kExact && number == std::trunc(number)) return fmt::format("{:.0f}", number);
  return fmt::format("{:.15g}", number);
}

}  // namespace fleet::text
