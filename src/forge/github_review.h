#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/object_id.h"
#include "base/result.h"
#include "forge/ci.h"
#include "forge/github_client.h"

// Remarks on the lines of a pull request, each as a comment of ours that stays as long as what it says holds:
// a run that finds the same again adds nothing, and what is found no more goes.
namespace fleet::forge {

struct Remark {
  std::string path;         // from the root of the repository
  std::uint32_t line = 1;   // of the file in the pull request's newest commit
  std::string body;         // Markdown
  std::string fingerprint;  // by which a later run knows it again: letters, digits, `-`
};

// GitHub tells the author of each comment in a review of its own mail; past this, people stop to read.
inline constexpr std::size_t kMostNewRemarks = 30;

struct Reviewed {
  std::size_t posted = 0;  // anew
  std::size_t kept = 0;    // there already
  std::size_t removed = 0;
  std::vector<std::size_t> unplaced;  // remarks, by index, that stand on no line there
};

// `remarks`: the most telling first. `head`: the pull request's newest commit. A comment of ours to which
// somebody has replied is not deleted: it says that it holds no more. What others wrote is never touched.
[[nodiscard]] Result<Reviewed> post_remarks(GithubClient& github, const Ci& ci, std::string_view key,
                                            std::uint64_t number, ObjectId head,
                                            const std::vector<Remark>& remarks);

// The lines of the newer side that a file's patch shows, as the API gives it: those that can be remarked on.
[[nodiscard]] std::set<std::uint32_t> lines_in_patch(std::string_view patch);

}  // namespace fleet::forge
