#include "base/random.h"

#include <random>

namespace fleet::base {

std::string random_hex(std::size_t digits) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::random_device device;
  std::string text;
  while (text.size() < digits) {
    auto bits = device();
    for (int i = 0; i < 8 && text.size() < digits; ++i, bits >>= 4)
      text += kDigits[bits & 15];
  }
  return text;
}

}  // namespace fleet::base
