#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "forge/ci.h"
#include "forge/rest_client.h"

// The comment on a pull request that says how its newest run went: one for each workflow, job and key, which
// is written anew by each run.
namespace fleet::forge {

[[nodiscard]] std::string summary_marker(const Ci& ci, std::string_view key);

enum class Posted { created, updated, unchanged };
// `body` begins with the marker. Of several comments of ours with it (two jobs may have raced), the oldest is
// kept. What others wrote is never touched. The pull request has to be known.
[[nodiscard]] Result<Posted> post_summary(RestClient& github, const Ci& ci, std::string_view marker,
                                          const std::string& body);

}  // namespace fleet::forge
