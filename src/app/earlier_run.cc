#include "app/earlier_run.h"

#include <fmt/format.h>

#include <map>
#include <string_view>

#include "attempt/services.h"
#include "engine/journal.h"
#include "os/process.h"

namespace fleet::app {
namespace {

tl::unexpected<Error> refuse_lost_rollback(const std::string& run, const std::string& task, bool is_gone) {
  return base::fail_input(
      "go on from the run", run,
      fmt::format(
          "its task {} was cut off, and its `rollback` must run before anything else: the workflow {}", task,
          is_gone ? "has no such task now" : "gives it none now"),
      fmt::format("`fleet resume {}` goes on with the workflow as it was, and runs it; or leave {} its "
                  "`rollback`",
                  run, task));
}

}  // namespace

Result<engine::Scheduler> replay(store::Reader& reader, const std::string& run, const model::Plan& plan) {
  engine::Scheduler scheduler(plan);
  FLEET_CHECK(engine::read_journal(reader, run, plan, [&](const engine::RecordedInput& recorded) {
    scheduler.handle(recorded.input, recorded.at);
  }));
  return scheduler;
}

Result<std::size_t> end_leftovers(const engine::Scheduler& run, const std::string& token) {
  std::size_t ended = 0;
  for (const engine::Scheduler::RunningAttempt& attempt : run.running_attempts()) {
    FLEET_TRY(const std::size_t count,
              os::end_stale(attempt.process, attempt::process_token(token, attempt.serial)));
    ended += count;
  }
  return ended;
}

std::string describe_leftovers(std::size_t ended) {
  return fmt::format("ended {} {} that the interrupted run had left behind", ended,
                     ended == 1 ? "process" : "processes");
}

Result<std::vector<engine::Begun>> begun_in(const World& world, const std::string& run,
                                            const engine::Scheduler& earlier, const model::Plan& before,
                                            const model::Plan& now) {
  std::map<std::string_view, TaskIndex> places;
  for (std::uint32_t i = 0; i < now.tasks.size(); ++i)
    places[now.tasks[i].id] = {i};
  std::vector<engine::Begun> all;
  for (engine::Begun begun : earlier.begun()) {
    const model::PlannedTask& task = before.task(begun.task);
    const auto place = places.find(task.id);
    const bool is_gone = place == places.end();
    if (begun.rollback_due && (is_gone || !now.task(place->second).spec.rollback))
      return refuse_lost_rollback(run, task.id, is_gone);
    if (is_gone && task.spec.once && !begun.done) {
      world.say(
          fmt::format("note: {} is marked `once: true` and was begun, and the workflow has no such task "
                      "now: what it did outside git stays\n",
                      task.id));
    }
    if (is_gone) continue;
    begun.task = place->second;
    all.push_back(begun);
  }
  return all;
}

}  // namespace fleet::app
