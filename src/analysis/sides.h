#pragma once

#include <string_view>

#include "analysis/code.h"

namespace fleet::analysis {

// The sides of an assignment or declaration.
struct Sides {
  std::uint32_t left = kNowhere;
  std::uint32_t value = kNowhere;  // kNowhere: nothing is assigned
  std::string_view sign;           // `=`, `:=`, `+=`; empty where there is none: `std::string s(x)`
};
[[nodiscard]] Sides sides_of(const Code& code, std::uint32_t binding);

}  // namespace fleet::analysis
