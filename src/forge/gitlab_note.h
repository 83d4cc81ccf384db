#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "forge/ci.h"
#include "forge/github_summary.h"
#include "forge/rest_client.h"

namespace fleet::forge {

inline constexpr std::string_view kTokenScope = "api";

// The number of the user whose token ours is.
[[nodiscard]] Result<std::int64_t> id_of_ours(RestClient& gitlab);

// The summary on a merge request, as post_summary() keeps it on a pull request: a note
// (docs.gitlab.com/api/notes).
[[nodiscard]] Result<Posted> post_note(RestClient& gitlab, const Ci& ci, std::string_view marker,
                                       const std::string& body);

}  // namespace fleet::forge
