#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fleet::git {

// The values of `path` in git's config format, as far as .gitmodules uses it. Only such as a tree can hold.
[[nodiscard]] std::vector<std::string> paths_in_gitmodules(std::string_view text);

// Whether some file system takes a name for `.gitmodules` (git's own list: any case, characters that HFS+
// ignores, short names of NTFS). Git refuses a symlink of such a name (CVE-2018-11235).
[[nodiscard]] bool is_gitmodules_name(std::string_view name);

}  // namespace fleet::git
