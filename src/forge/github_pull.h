#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/object_id.h"
#include "base/result.h"
#include "forge/ci.h"
#include "forge/rest_client.h"

// The pull request that a run's result becomes: one for each workflow, job, key and branch that it is for,
// which later runs bring up to date as long as nobody else has written to its branch.
namespace fleet::forge {

// The branch that it would be for: where the job's commit is from. An Error (input) where there is none, with
// what to do.
[[nodiscard]] Result<std::string> branch_to_change(const Ci& ci);

struct OpenPull {
  std::uint64_t number = 0;
  std::string url;     // for people
  std::string branch;  // with the result
  ObjectId tip;        // of the branch, which is as a run of ours has left it
};

// The open pull request of ours. None: there is none, or somebody has written to its branch since.
[[nodiscard]] Result<std::optional<OpenPull>> find_pull(RestClient& github, const Ci& ci,
                                                        std::string_view key, const std::string& base);

// The open pull request that an earlier run's commit is the newest of. None: there is none, or its author has
// pushed since.
[[nodiscard]] Result<std::optional<std::uint64_t>> find_pull_of(RestClient& github, const Ci& ci,
                                                                const EarlierRun& run);

struct PullText {
  std::string title;  // one line
  std::string body;   // of at most room_for_body() bytes
};
[[nodiscard]] std::size_t room_for_body(const Ci& ci, std::string_view key);

// Of a branch that is on the server. With `known`, that one is brought up to date.
[[nodiscard]] Result<OpenPull> open_pull(RestClient& github, const Ci& ci, std::string_view key,
                                         const std::string& base, const std::string& branch, ObjectId tip,
                                         const PullText& text, const std::optional<OpenPull>& known);

}  // namespace fleet::forge
