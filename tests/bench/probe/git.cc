#include <fmt/format.h>

#include <fstream>
#include <optional>

#include "bench/probe/probe.h"
#include "git/integration.h"
#include "git/refs.h"
#include "git/tree.h"
#include "git/tree_editor.h"
#include "git/workspace.h"

// Workspaces, commits and merges in a repository of any size. Each probe is a process of its own, as git's
// commands are; opening the repository, which a run does once, is not in the figures.
namespace fleet::bench {
namespace {

std::vector<model::Change> changes_between(git::ObjectStore& store, ObjectId from, ObjectId to) {
  return must(git::diff(store, must(store.tree_of(from)), must(store.tree_of(to))));
}

ObjectId commit_of(git::ObjectStore& store, ObjectId tree, ObjectId parent) {
  return must(
      store.write_commit({tree, {parent}, "bench\n", TimePoint(std::chrono::seconds(1'700'000'000))}));
}

}  // namespace

Figures probe_workspace(Arguments& arguments) {
  const auto repository = must(git::Repository::open(arguments.text()));
  git::ObjectStore& store = repository.objects();
  auto pool = must(git::WorkspacePool::open(repository, arguments.text()));
  const ObjectId from = must(repository.resolve(arguments.text()));
  const ObjectId to = must(repository.resolve(arguments.text()));
  const auto times = static_cast<double>(arguments.number());
  const auto changes = changes_between(store, from, to);

  Figures figures;
  std::optional<git::Workspace> workspace;
  figures["first"] = seconds_of([&] { workspace.emplace(must(pool.acquire(from))); });
  // After a scan, as in a run: only then is it known that a move needs none.
  const auto move = [&](ObjectId commit) {
    must(workspace->snapshot());
    return seconds_of([&] { must(workspace->move_to(commit, git::Since::unchanged)); });
  };
  for (double i = 0; i < times; ++i) {
    figures["move"] += move(to) / times;
    figures["back"] += move(from) / times;
  }
  for (double i = 0; i < times; ++i) {
    figures["scan"] += seconds_of([&] {
                         if (!must(workspace->snapshot()).changes.empty()) give_up("nothing was changed");
                       }) /
                       times;
    for (const model::Change& change : changes)
      std::ofstream(workspace->folder() / change.path, std::ios::app) << "round " << i << "\n";
    figures["snapshot"] += seconds_of([&] {
                             if (must(workspace->snapshot()).changes.size() != changes.size())
                               give_up("not all changes were found");
                           }) /
                           times;
    must(workspace->move_to(from, git::Since::unchanged));
  }
  return figures;
}

// Files that are there are written anew, at random so that no object is there before, and a ref is moved.
Figures probe_commit(Arguments& arguments) {
  const auto repository = must(git::Repository::open(arguments.text()));
  git::ObjectStore& store = repository.objects();
  const ObjectId from = must(repository.resolve(arguments.text()));
  const ObjectId to = must(repository.resolve(arguments.text()));
  const auto changes = changes_between(store, from, to);
  const std::string unique = fmt::format("{}\n", std::chrono::steady_clock::now().time_since_epoch().count());

  Figures figures;
  figures["seconds"] = seconds_of([&] {
    git::TreeEditor editor(store, must(store.tree_of(from)));
    for (const model::Change& change : changes)
      must(editor.write(change.path, unique + change.path));
    const ObjectId commit = commit_of(store, must(editor.write_tree()), from);
    const git::RefUpdate update{git::attempt_ref("bench", "task", 1), commit, {}};
    must(git::Refs(repository).write({&update, 1}));
  });
  figures["sync"] = seconds_of([&] { must(store.sync()); });
  return figures;
}

Figures probe_merge(Arguments& arguments) {
  const auto repository = must(git::Repository::open(arguments.text()));
  git::ObjectStore& store = repository.objects();
  const ObjectId start = must(repository.resolve(arguments.text()));
  const git::TaskResult one{{0}, start, must(repository.resolve(arguments.text())), "one\n"};
  const git::TaskResult other{{1}, start, must(repository.resolve(arguments.text())), "other\n"};
  auto integration = must(git::Integration::create(store, start));
  ObjectId merged;
  const double seconds = seconds_of([&] {
    for (const git::TaskResult& result : {one, other}) {
      if (!must(integration.accept(result, git::OnConflict::report)).accepted) give_up("the sides conflict");
    }
    merged = must(integration.merged(std::vector<TaskIndex>{{0}, {1}}));
  });
  // By name, that the peer's tree can be compared with it.
  const git::RefUpdate update{"refs/fleet/bench/merged", merged, {}};
  must(git::Refs(repository).write({&update, 1}));
  return {{"seconds", seconds}};
}

}  // namespace fleet::bench
