#include "app/kept_results.h"

#include <fmt/format.h>

#include <set>

#include "app/checkout.h"
#include "app/session.h"
#include "attempt/result_key.h"
#include "model/json.h"

namespace fleet::app {
namespace {

// The earlier ones' results do not take the place of what is there already.
Result<> add_results(store::Reader& reader, const std::string& run, const model::Plan& now,
                     const std::map<std::string_view, TaskIndex>& places, attempt::KeptResults& kept) {
  FLEET_TRY(const model::Plan plan, frozen_plan(reader, run));
  FLEET_TRY(const std::vector<store::AttemptRow> attempts, reader.attempts(run));
  // Also of a task whose result was not integrated yet, or lost a conflict: the key says what it is worth.
  std::set<std::string> finished;
  for (const store::AttemptRow& attempt : attempts) {
    if (attempt.verdict == model::Verdict::done) finished.insert(attempt.task_id);
  }
  FLEET_TRY(const std::vector<store::TaskRow> tasks, reader.tasks(run));
  if (tasks.size() != plan.tasks.size())
    return base::fail_world("read the results of the run", run, "its tasks are not those of its plan");
  for (const store::TaskRow& task : tasks) {
    if (finished.count(task.id) == 0) continue;
    const auto place = places.find(task.id);
    if (place == places.end() || kept.why_not.count(task.id) > 0) continue;
    kept.why_not[task.id] = fmt::format("the run {} had finished it, but {}", run,
                                        attempt::what_changed(plan, task.index, now, place->second));
  }
  for (const store::AttemptRow& attempt : attempts) {
    if (attempt.verdict != model::Verdict::done) continue;
    FLEET_TRY(const model::Json json, model::parse_json(attempt.result_json, "an attempt's outcome"));
    FLEET_TRY(model::Outcome outcome, model::from_json<model::Outcome>(json, "an attempt's outcome"));
    if (outcome.key.empty()) continue;
    kept.by_key.try_emplace(outcome.key,
                            attempt::KeptResult{run, outcome.snapshot, std::move(outcome.outputs)});
  }
  return {};
}

}  // namespace

Result<attempt::KeptResults> kept_results(store::Reader& reader, const std::string& run,
                                          const model::Plan& now) {
  attempt::KeptResults kept;
  std::map<std::string_view, TaskIndex> places;
  for (std::uint32_t i = 0; i < now.tasks.size(); ++i)
    places[now.tasks[i].id] = {i};
  std::set<std::string> seen;
  for (std::string at = run; !at.empty() && seen.insert(at).second;) {
    if (!reader.run(at)) break;
    FLEET_CHECK(add_results(reader, at, now, places, kept));
    FLEET_TRY(const store::FrozenRun stored, reader.frozen(at));
    FLEET_TRY(const FrozenOptions frozen, frozen_options(stored.options));
    at = frozen.goes_on_from;
  }
  return kept;
}

}  // namespace fleet::app
