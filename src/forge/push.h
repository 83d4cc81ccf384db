#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/object_id.h"
#include "base/result.h"

// A commit of a clone -> a branch of a server, by the git program: libgit2 1.5 can read no shallow clone's
// history, and a job's clone is one.
namespace fleet::forge {

struct PushSpec {
  std::vector<std::filesystem::path> objects;  // folders that have the commit and all that it leads to
  std::string shallow;                         // what the clone's `shallow` file holds; empty: there is none
  std::string url;                             // of the repository, without a user
  std::string token;                           // a secret
  std::string branch;                          // of the server, without refs/heads/
  ObjectId commit;
  ObjectId replaces;  // what the branch has to be for that; none: it must not be there
};

// `env`: the program's own; PATH, and what it needs to reach a server, are taken out of it. Neither
// settings of the clone or the home folder nor hooks count: whoever wrote the one may have written the other
// too. The token goes to the url's host alone, and is in no argument and no Error. Blocks.
[[nodiscard]] Result<> push(const PushSpec& spec, const std::map<std::string, std::string, std::less<>>& env);

}  // namespace fleet::forge
