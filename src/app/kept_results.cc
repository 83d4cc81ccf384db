#include "app/kept_results.h"

#include <set>

#include "app/session.h"
#include "model/json.h"

namespace fleet::app {
namespace {

Result<> add_results(store::Reader& reader, const std::string& run,
                     std::map<std::string, attempt::KeptResult>& kept) {
  std::set<std::string> done;
  FLEET_TRY(const std::vector<store::TaskRow> tasks, reader.tasks(run));
  for (const store::TaskRow& task : tasks) {
    if (task.state == model::TaskState::done) done.insert(task.id);
  }
  FLEET_TRY(const std::vector<store::AttemptRow> attempts, reader.attempts(run));
  for (const store::AttemptRow& attempt : attempts) {
    if (attempt.verdict != model::Verdict::done || done.count(attempt.task_id) == 0) continue;
    FLEET_TRY(const model::Json json, model::parse_json(attempt.result_json, "an attempt's outcome"));
    FLEET_TRY(model::Outcome outcome, model::from_json<model::Outcome>(json, "an attempt's outcome"));
    if (outcome.key.empty()) continue;
    kept.try_emplace(outcome.key, attempt::KeptResult{run, outcome.snapshot, std::move(outcome.outputs)});
  }
  return {};
}

}  // namespace

Result<std::map<std::string, attempt::KeptResult>> kept_results(store::Reader& reader,
                                                                const std::string& run) {
  std::map<std::string, attempt::KeptResult> kept;
  std::set<std::string> seen;
  for (std::string at = run; !at.empty() && seen.insert(at).second;) {
    if (!reader.run(at)) break;
    FLEET_CHECK(add_results(reader, at, kept));
    FLEET_TRY(const store::FrozenRun stored, reader.frozen(at));
    FLEET_TRY(const FrozenOptions frozen, frozen_options(stored.options));
    at = frozen.goes_on_from;
  }
  return kept;
}

}  // namespace fleet::app
