#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "attempt/change_gate.h"
#include "attempt/context.h"
#include "attempt/keepers.h"
#include "attempt/secret_stop.h"
#include "attempt/temporary_folders.h"
#include "base/clock.h"
#include "git/refs.h"
#include "git/repository.h"
#include "git/workspace.h"
#include "model/plan.h"
#include "net/http_client.h"
#include "os/event_loop.h"
#include "os/process.h"
#include "os/worker_pool.h"
#include "text/mask.h"

namespace fleet::attempt {

// A result that an earlier run came to.
struct KeptResult {
  std::string run;    // its id
  ObjectId snapshot;  // commit; none: the task was done and changed nothing
  std::map<std::string, std::string> outputs;
};

// What earlier runs, with other plans, have finished.
struct KeptResults {
  std::map<std::string, KeptResult> by_key;  // attempt/result_key.h: taken over instead of being made
  // By task id, of all that they finished: who did, and why its result is not kept where its key is another.
  std::map<std::string, std::string> why_not;
};

// What attempts are carried out with. Made once by app::World; everything outlives the executor.
struct Services {
  os::EventLoop& loop;
  os::Processes& processes;
  os::WorkerPool& workers;  // for what blocks: checkouts, snapshots, codemods
  os::WorkerPool& merger;   // one thread, which owns the integration
  net::HttpClient& http;    // on which models are asked
  const git::Repository& repository;
  git::Refs& refs;
  git::WorkspacePool& workspaces;
  TemporaryFolders& temporary_folders;
  const Clock& clock;
  const model::Plan& plan;
  const text::Masker& masker;
  RunFacts facts;
  Keepers keepers;  // of the plan
  KeptResults kept;

  std::string run;  // its id
  ObjectId start;   // the commit it starts from
  ObjectId start_tree;
  TimePoint started;  // that commit's date, which all commits of the run carry
  std::string branch_prefix = "fleet";
  std::filesystem::path run_folder;  // logs and kept files

  std::string path;                                     // PATH of the tasks' programs
  std::string home;                                     // of the user, for `~` in sandbox paths
  std::shared_ptr<const os::OpenPlaces> system_places;  // that a sandbox leaves open for reading
  std::map<std::string, std::string> secrets;           // keys of agents too, by the name of the variable
  SecretStop secret_stop;
  std::shared_ptr<const ChangeGate> gate;  // null: there is none, or no task would run again to mend anything
  std::string token;                       // of the run, by which its processes are found after a crash
  std::optional<os::UserId> user;          // to which programs drop when fleet is root
  // Something the user should know once per run: a bound that cannot be held here.
  std::function<void(const std::string&)> note;
  bool overlays = false;       // programs can have workspaces with layers, and the repository is worth it
  std::string instructions{};  // the project's own, for agents whose tools we run
  ObjectId branch_tip{};       // where the run's branch must be to be written; none: it must not exist
};

// What the processes of one attempt carry in their environment (os::kTokenVariable).
[[nodiscard]] inline std::string process_token(const std::string& run_token, engine::Serial serial) {
  return run_token + "." + std::to_string(serial);
}

}  // namespace fleet::attempt
