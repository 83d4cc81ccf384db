#pragma once

#include <string>

#include "git/repository.h"

namespace fleet::git {

// The user's branches and tags as a packed-refs file, for the git that tasks have: in one file, however many
// there are. What cannot be read is left out, as git does.
[[nodiscard]] std::string packed_refs(const Repository& repository);

}  // namespace fleet::git
