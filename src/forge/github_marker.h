#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "forge/ci.h"
#include "forge/github_client.h"

// What comments, and pull requests, that fleet keeps up to date have in common. GitHub keeps no names of
// them, so a marker that is not shown tells them; anybody can write such a marker, so it counts only in what
// we wrote ourselves.
namespace fleet::forge {

inline constexpr std::size_t kLongestBody = 65'000;  // bytes; GitHub takes 65,536 characters
inline constexpr std::string_view kRightToComment = "pull-requests: write";

// The first line: `what` is `summary`. A user's key is part of it, and cannot end it.
[[nodiscard]] std::string hidden_marker(std::string_view what, const Ci& ci, std::string_view key);

// Empty where it is no string.
[[nodiscard]] std::string string_at(const model::Json& object, const char* name);
// 0 where it is no number.
[[nodiscard]] std::int64_t number_at(const model::Json& object, const char* name);

[[nodiscard]] std::string author_of(const model::Json& user);
// Whose token ours is, as author_of() has it.
[[nodiscard]] Result<std::string> who_we_are(GithubClient& github);

}  // namespace fleet::forge
