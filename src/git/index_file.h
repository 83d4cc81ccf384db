#pragma once

#include <sys/types.h>

#include <string>

#include "base/result.h"
#include "git/file_table.h"

namespace fleet::git {

// Writes an index file of version 2 (gitformat-index(5)) for a table whose stamps are those of the files on
// disk, so that `git status` needs to read none of them. The descriptor is at the start of an empty file;
// `shown` names it in errors.
[[nodiscard]] Result<> write_index(int fd, const std::string& shown, FileTable& table, uid_t user,
                                   gid_t group);

}  // namespace fleet::git
