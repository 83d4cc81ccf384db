#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/object_id.h"
#include "base/result.h"
#include "git/refs.h"
#include "git/repository.h"

namespace fleet::git {

// Writes a run's refs (refs/fleet/<run>/** without what is withheld, and its branch) with all objects beyond
// the run's start commit as a git bundle, version 2 (gitformat-bundle(5)): `git bundle verify` and `git
// fetch` read it too. The file is written beside its name and renamed, so that it is there whole or not at
// all.
[[nodiscard]] Result<> write_bundle(const Repository& repository, std::string_view run,
                                    std::string_view prefix, const std::filesystem::path& file);

struct Unbundled {
  std::vector<Ref> refs;  // as they now stand
};

// Takes a bundle that write_bundle made into another clone, which must have the start commit (an Error names
// it and says to fetch). The file must be a plain one that nobody else can change. What is in it is not
// trusted: only refs of this run are taken, every object is checked and must be connected; nothing is written
// to refs unless all is well. No ref that stands here already is moved: it must be the run's own, and the
// same. Where the run comes home, `left` says with which branch it went (none: it had none): the run's refs
// are moved then, and its branch from there.
[[nodiscard]] Result<Unbundled> read_bundle(const Repository& repository, std::string_view run,
                                            std::string_view prefix, const std::filesystem::path& file,
                                            std::optional<ObjectId> left = {});

}  // namespace fleet::git
