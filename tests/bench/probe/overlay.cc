#include "os/overlay.h"

#include <optional>
#include <string>

#include "bench/probe/probe.h"
#include "git/tree.h"
#include "git/workspace.h"
#include "os/run_program.h"

// A program that works in an overlay, from what is mounted for it to the snapshot; and what of that the
// program itself takes, which is run in a checkout beside it.
namespace fleet::bench {
namespace {

double run_in(const git::Workspace& workspace, const std::string& script) {
  os::ProcessSpec spec;
  spec.argv = {"/bin/sh", "-c", script};
  spec.working_directory = workspace.folder();
  if (const auto layers = workspace.layers())
    spec.overlay = os::OverlayMount{layers->lower, layers->upper, layers->scratch, workspace.folder()};
  return seconds_of([&] {
    if (!must(os::run_program(spec)).succeeded()) give_up("the program failed");
  });
}

}  // namespace

Figures probe_overlay(Arguments& arguments) {
  const auto repository = must(git::Repository::open(arguments.text()));
  git::ObjectStore& store = repository.objects();
  const std::string place = arguments.text();
  const ObjectId from = must(repository.resolve(arguments.text()));
  const ObjectId to = must(repository.resolve(arguments.text()));
  const auto times = static_cast<double>(arguments.number());
  auto pool = must(git::WorkspacePool::open(repository, place));
  if (must(os::why_no_overlay(place, {}))) return {{"refused", 1}};
  const auto changes = must(git::diff(store, must(store.tree_of(from)), must(store.tree_of(to))));
  std::string script = "for file in";
  for (const model::Change& change : changes)
    script += " " + change.path;
  script += "; do echo more >> $file; done";

  Figures figures;
  const git::Workspace held = must(pool.acquire_layered(from));  // the checkout below is there
  git::Workspace checkout = must(pool.acquire(from));
  for (double i = 0; i < times; ++i) {
    figures["program"] += run_in(checkout, script) / times;
    std::optional<git::Workspace> workspace;
    figures["cycle"] += seconds_of([&] {
                          workspace.emplace(must(pool.acquire_layered(from)));
                          run_in(*workspace, script);
                          if (must(workspace->snapshot()).changes.size() != changes.size())
                            give_up("not all changes were found");
                        }) /
                        times;
    figures["back"] += seconds_of([&] { must(workspace->move_to(from)); }) / times;
    figures["cycle"] += seconds_of([&] { workspace.reset(); }) / times;
  }
  return figures;
}

}  // namespace fleet::bench
