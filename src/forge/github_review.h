#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/object_id.h"
#include "base/result.h"
#include "forge/ci.h"
#include "forge/remarks.h"
#include "forge/rest_client.h"

namespace fleet::forge {

// Remarks on a pull request of GitHub: new ones as one review, which is one mail. `remarks`: the most telling
// first. `head`: the pull request's newest commit. A comment of ours to which somebody has replied is not
// deleted: it says that it holds no more. What others wrote is never touched.
[[nodiscard]] Result<Reviewed> post_remarks(RestClient& github, const Ci& ci, std::string_view key,
                                            std::uint64_t number, ObjectId head,
                                            const std::vector<Remark>& remarks);

}  // namespace fleet::forge
