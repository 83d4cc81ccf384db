#include "git/ref_copy.h"

#include <fmt/format.h>
#include <git2.h>

#include <iterator>
#include <map>

#include "git/handles.h"

namespace fleet::git {
namespace {

// By name, in the order that the file must have.
using RefCopies = std::map<std::string, ObjectId>;

void add_ref(git_reference* reference, RefCopies& all) {
  git_reference* resolved = nullptr;  // a branch may stand for another (symbolic-ref)
  if (git_reference_resolve(&resolved, reference) < 0) return;
  if (const git_oid* id = git_reference_target(resolved)) all[git_reference_name(reference)] = from_git(*id);
  git_reference_free(resolved);
}

void add_refs(git_repository* repository, const char* glob, RefCopies& all) {
  git_reference_iterator* refs = nullptr;
  if (git_reference_iterator_glob_new(&refs, repository, glob) < 0) return;
  git_reference* reference = nullptr;
  while (git_reference_next(&reference, refs) == 0) {
    add_ref(reference, all);
    git_reference_free(reference);
  }
  git_reference_iterator_free(refs);
}

}  // namespace

std::string packed_refs(const Repository& repository) {
  RefCopies all;
  if (auto handle = repository.handles()->borrow()) {
    for (const char* glob : {"refs/heads/*", "refs/tags/*"})
      add_refs(handle->repository(), glob, all);
  }
  std::string out = "# pack-refs with: sorted \n";
  for (const auto& [name, id] : all)
    fmt::format_to(std::back_inserter(out), "{} {}\n", id.hex(), name);
  return out;
}

}  // namespace fleet::git
