#pragma once

#include <string>

#include "app/checkout.h"
#include "app/load.h"
#include "app/session.h"
#include "base/exit_code.h"

namespace fleet::app {

// Folders beside the run's own that are written when it ends. Tried before anything runs.
struct EndOptions {
  std::string report;          // for another copy of the reports; empty: none
  std::string export_to;       // to export to, however the run ends; empty: none
  std::string export_on_stop;  // to export to when the run is stopped before its end; empty: none
  std::string comment_key;     // tells the pull request's comment apart from those of other runs of the job
};

struct RunOptions {
  Where where;
  WorkflowChoice workflow;
  SessionOptions session;
  std::string from = "HEAD";            // the revision to start from
  std::string base;                     // what changed() compares it with: base_of()
  std::string id;                       // of the run; empty: made up
  std::string branch_prefix = "fleet";  // of the branch that is delivered
  EndOptions end;
};
// The road: workflow file -> Workflow -> Plan -> Run -> Report -> files, exit code.
[[nodiscard]] Result<base::ExitCode> run_workflow(World& world, const RunOptions& options);

struct ResumeOptions {
  Where where;
  SessionOptions session;
  std::string run;                  // empty: the newest, or the one in `from`
  std::string from;                 // a folder that `fleet export` wrote
  plan::Overrides limits;           // only limits may change, here and in the environment
  bool retry_failed = false;        // also what failed, and what was skipped because of it
  bool replan = false;              // with the workflow file as it is now, in a run of its own
  std::vector<std::string> inputs;  // with `replan`: NAME=VALUE, for what is to be another value
  EndOptions end;
};
[[nodiscard]] Result<base::ExitCode> resume_run(World& world, const ResumeOptions& options);

}  // namespace fleet::app
