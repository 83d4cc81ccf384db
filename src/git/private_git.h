#pragma once

#include <string>

#include "base/object_id.h"
#include "base/result.h"
#include "git/beneath.h"
#include "git/file_table.h"
#include "git/repository.h"

namespace fleet::git {

// Makes the workspace's `.git` anew, whatever stood there: HEAD detached at the commit, the user's objects as
// alternates, an index that matches the table, no remotes, no hooks.
[[nodiscard]] Result<> write_private_git(const Repository& repository, const Root& work, const Root& trash,
                                         ObjectId commit, FileTable& table, const std::string& excludes);

}  // namespace fleet::git
