#include "git/delivery.h"

#include <fmt/format.h>

#include "git/message.h"
#include "git/refs.h"

namespace fleet::git {
namespace {

bool is_result(const Commit& commit, std::string_view run) {
  return commit.parents.size() == 1 && commit.committer.name == kFleetName &&
         commit.committer.email == kFleetEmail && trailer(commit.message, kRunTrailer) == run &&
         trailer(commit.message, kTaskTrailer) && !trailer(commit.message, kRevertsTrailer);
}

}  // namespace

Result<bool> holds_only_results(const ObjectStore& store, ObjectId tip, ObjectId start,
                                std::string_view run) {
  for (ObjectId at = tip; at != start;) {
    FLEET_TRY(const Commit commit, store.read_commit(at));
    if (!is_result(commit, run)) return false;
    at = commit.parents.front();
  }
  return true;
}

Result<ObjectId> tip_to_replace(const Repository& repository, std::string_view run, std::string_view prefix,
                                ObjectId start, const Delivered& delivered) {
  FLEET_TRY(const auto tip, Refs(repository).read(branch_ref(run, prefix)));
  if (!tip) return ObjectId{};
  if (*tip == delivered.commit) return *tip;
  if (!delivered.is_recorded) {
    FLEET_TRY(const bool is_own, holds_only_results(repository.objects(), *tip, start, run));
    if (is_own) return *tip;
  }
  const std::string branch = fmt::format("{}/{}", prefix, run);
  const std::string now = tip->hex().substr(0, 10);
  const std::string before = delivered.commit.hex().substr(0, 10);
  return base::fail_input(
      "resume the run", std::string(run),
      delivered.commit.is_none()
          ? fmt::format("there is a branch {}, at {}, that the run did not write", branch, now)
          : fmt::format("its branch {} was moved since, from {} to {}: by a rollback, or by hand", branch,
                        before, now),
      fmt::format(
          "`git branch -m {0} NAME` keeps it as NAME, and a resume then writes {0} anew, with all results; "
          "`fleet resume {1} --replan` leaves it alone and goes on in a new run, with a branch of its own",
          branch, run));
}

}  // namespace fleet::git
