#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "forge/rest_client.h"
#include "model/json.h"

// Who wrote what on GitHub.
namespace fleet::forge {

inline constexpr std::string_view kRightToComment = "pull-requests: write";

[[nodiscard]] std::string author_of(const model::Json& user);
// Whose token ours is, as author_of() has it.
[[nodiscard]] Result<std::string> who_we_are(RestClient& github);

}  // namespace fleet::forge
