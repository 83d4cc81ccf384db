#pragma once

#include <limits>
#include <string>
#include <string_view>

namespace fleet::text {

inline constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// A text as a number of the expression language: decimal with fraction and exponent, 0x, 0o, Infinity; 0 for
// nothing but blanks, NaN for anything else.
[[nodiscard]] double to_number(std::string_view text);

// As people write it: no fraction where there is none, at most 15 digits.
[[nodiscard]] std::string number_text(double number);

}  // namespace fleet::text
