#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/checkout.h"
#include "app/world.h"
#include "base/object_id.h"
#include "base/result.h"
#include "forge/github_pull.h"
#include "model/plan.h"
#include "model/report.h"

// What a run's result becomes outside the clone: a patch beside the reports, or a pull request. Where there
// can be no pull request, there is the patch instead.
namespace fleet::app {

inline constexpr const char* kPatchFile = "changes.patch";

// Before a run: an Error (input) where what the plan's `deliver` asks for could not be, and what a person may
// not expect of it is said.
[[nodiscard]] Result<> check_delivery(const World& world, const git::Repository& repository,
                                      const model::Plan& plan, ObjectId start);

// After it, with the gate's word in the report: opens the pull request that the workflow asks for, or brings
// that of an earlier run up to date. Sets `pull_request`, or `patch` where there is to be one, and adds what
// is to be known to the notes. An Error of a server's is one of `errors`. Gives back the pull request.
std::optional<forge::OpenPull> deliver(const World& world, const Checkout& checkout, model::Report& report,
                                       const std::string& key, bool gate_is_bad, std::vector<Error>& errors);

// What `git apply` makes the result from, where the report names its file; gives back the path.
[[nodiscard]] Result<std::vector<std::string>> write_patch(const Checkout& checkout,
                                                           const model::Report& report,
                                                           const std::filesystem::path& folder);

}  // namespace fleet::app
