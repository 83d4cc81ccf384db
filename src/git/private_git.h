#pragma once

#include <string_view>

#include "base/object_id.h"
#include "base/result.h"
#include "git/beneath.h"
#include "git/file_table.h"
#include "git/repository.h"

namespace fleet::git {

struct PrivateGit {
  ObjectId commit;
  std::string_view excludes;  // its info/exclude
  std::string_view refs;      // its packed-refs
};

// Makes the workspace's `.git` anew, whatever stood there: HEAD detached at the commit, the user's objects as
// alternates, an index that matches the table, the user's branches and tags (what is done to them in there
// stays there), no remotes, no hooks.
// Gives the stamp of its index: as long as that is the same, nobody has staged anything.
[[nodiscard]] Result<FileStamp> write_private_git(const Repository& repository, const Root& work,
                                                  const Root& trash, const PrivateGit& what,
                                                  FileTable& table);

}  // namespace fleet::git
