#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "forge/ci.h"
#include "model/json.h"

// What comments, and pull requests, that fleet keeps up to date have in common. Forges keep no names of them,
// so a marker that is not shown tells them; anybody can write such a marker, so it counts only in what we
// wrote ourselves.
namespace fleet::forge {

inline constexpr std::size_t kLongestBody = 65'000;  // bytes; GitHub takes 65,536 characters, GitLab more

// The first line: `what` is `summary`. A user's key is part of it, and cannot end it.
[[nodiscard]] std::string hidden_marker(std::string_view what, const Ci& ci, std::string_view key);

// Whether the text of an entry of a forge's list begins so.
[[nodiscard]] bool begins_with(const model::Json& entry, std::string_view marker);

// Empty where it is no string.
[[nodiscard]] std::string string_at(const model::Json& object, const char* name);
// 0 where it is no number.
[[nodiscard]] std::int64_t number_at(const model::Json& object, const char* name);
// Null where it is not there.
[[nodiscard]] const model::Json& part_of(const model::Json& object, const char* name);

}  // namespace fleet::forge
