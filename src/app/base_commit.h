#pragma once

#include <optional>
#include <string>

#include "app/world.h"
#include "base/object_id.h"
#include "git/repository.h"
#include "model/plan.h"

// The commit that changed() compares a run's start with, and whose rules, gate and baseline judge the change.
namespace fleet::app {

// The revision that is `given`, else what FLEET_BASE names; nothing: neither is there.
[[nodiscard]] Result<std::optional<ObjectId>> named_base(const World& world,
                                                         const git::Repository& repository,
                                                         const std::string& given);

// In CI, what the pull request would change: of GitHub's merge commit the first parent, else where the start
// left the target branch. Nothing: it is for no pull request, or this clone lacks that commit, which is said.
[[nodiscard]] Result<std::optional<ObjectId>> base_in_ci(const World& world,
                                                         const git::Repository& repository, ObjectId start);

// The base that was `told`, else the start's first parent. None where that is not here (a first commit, the
// last one of a shallow clone): then everything counts as changed.
[[nodiscard]] Result<ObjectId> base_of(const git::Repository& repository, const std::optional<ObjectId>& told,
                                       ObjectId start);

// Says so where there is no base and a task of the plan calls changed().
void say_when_all_is_changed(const World& world, const model::Plan& plan, ObjectId base);

// An Error (input) when a task of the plan calls changed() and this clone lacks the base of the run, as a
// shallow one does to which it was exported.
[[nodiscard]] Result<> check_base(const git::Repository& repository, const model::Plan& plan,
                                  const std::string& run, ObjectId base);

}  // namespace fleet::app
