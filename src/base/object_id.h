#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace fleet::base {

// The name of a git object: a SHA-1. All zero is none.
struct ObjectId {
  std::array<std::uint8_t, 20> bytes{};

  auto operator<=>(const ObjectId&) const = default;
  [[nodiscard]] bool is_none() const { return *this == ObjectId{}; }
  [[nodiscard]] std::string hex() const;  // 40 lower-case digits
  // 40 digits of either case, else nothing.
  [[nodiscard]] static std::optional<ObjectId> parse(std::string_view hex);
};

}  // namespace fleet::base

namespace fleet {
using base::ObjectId;
}

template <>
struct std::hash<fleet::base::ObjectId> {
  std::size_t operator()(const fleet::base::ObjectId& id) const noexcept {
    std::size_t value = 0;  // the bytes of a SHA-1 are as random as a hash can make them
    std::memcpy(&value, id.bytes.data(), sizeof value);
    return value;
  }
};
