#pragma once

#include <string>
#include <vector>

#include "base/object_id.h"
#include "base/result.h"
#include "git/object_store.h"
#include "model/change.h"

namespace fleet::attempt {

// What a change brings that must not be integrated.
struct SecretsFound {
  std::vector<std::string> secrets;  // `src/a.py:3: A GitHub token, ghp_... (secrets.github-token, 1f2e...)`
  std::vector<std::string> notes;    // what was not looked through, and why
};

// Where the baseline of a repository's findings lies.
inline constexpr const char* kBaselinePath = ".fleet/baseline.json";

// Looks for secrets of some confidence in what the changes leave. What was there before them, in any file
// that they touch, is none of theirs; nor is what the baseline in `start_tree` lets be. A comment in the code
// does not make it good: whoever made the change could have written that too. Takes time linear in the files.
[[nodiscard]] Result<SecretsFound> find_new_secrets(const git::ObjectStore& store,
                                                    const std::vector<model::Change>& changes,
                                                    ObjectId start_tree);

}  // namespace fleet::attempt
