#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "forge/ci.h"
#include "forge/remarks.h"
#include "forge/rest_client.h"

namespace fleet::forge {

// Remarks on the merge request that the job is for, each a discussion (docs.gitlab.com/api/discussions). One
// that holds no more is resolved, and opened again when it is back; none is deleted. What others wrote is
// never touched. An Error too where the merge request has got newer commits than the job's.
[[nodiscard]] Result<Reviewed> post_discussions(RestClient& gitlab, const Ci& ci, std::string_view key,
                                                const std::vector<Remark>& remarks);

}  // namespace fleet::forge
