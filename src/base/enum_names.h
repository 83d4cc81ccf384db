#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace fleet::base {

// The words of an enum, in the order of its values, which count up from 0. One list serves the workflow file,
// the database and JSON:
//
//   enum class Priority { critical, high, normal, low };
//   template <> struct base::EnumNames<Priority> {
//     static constexpr std::array<std::string_view, 4> names{"critical", "high", "normal", "low"};
//   };
template <class E>
struct EnumNames;

template <class E>
[[nodiscard]] constexpr std::string_view name_of(E value) {
  return EnumNames<E>::names.at(static_cast<std::size_t>(value));
}

template <class E>
[[nodiscard]] constexpr std::optional<E> from_name(std::string_view name) {
  for (std::size_t i = 0; i < EnumNames<E>::names.size(); ++i) {
    if (EnumNames<E>::names[i] == name) return static_cast<E>(i);
  }
  return std::nullopt;
}

}  // namespace fleet::base

// FLEET_ENUM_NAMES(model::Priority, "critical", "high", "normal", "low"), at namespace fleet.
#define FLEET_ENUM_NAMES(type, ...)                                               \
  template <>                                                                     \
  struct base::EnumNames<type> {                                                  \
    static constexpr auto names = std::to_array<std::string_view>({__VA_ARGS__}); \
  }
