#include "engine/input.h"

#include <algorithm>

namespace fleet::engine {
namespace {

bool fit(const std::vector<model::Conflict>& conflicts, std::size_t tasks) {
  return std::all_of(conflicts.begin(), conflicts.end(), [tasks](const model::Conflict& conflict) {
    return conflict.winner < conflict.loser && conflict.loser.value < tasks;
  });
}

// Each overload: whether an input fits a plan of so many tasks.
template <class OfRun>
bool fits(const OfRun&, std::size_t) {
  return true;
}
template <class OfTask>
requires requires(const OfTask& input) {
  TaskIndex{input.task};
}
bool fits(const OfTask& input, std::size_t tasks) {
  return input.task.value < tasks;
}
template <class OfCall>
requires requires(const OfCall& input) {
  Call{input.call};
}
bool fits(const OfCall& input, std::size_t tasks) {
  return input.call.task.value < tasks;
}
bool fits(const RunStarted& input, std::size_t tasks) {
  return std::all_of(input.begun.begin(), input.begun.end(),
                     [tasks](const Begun& begun) { return begun.task.value < tasks; });
}
bool fits(const TimerFired& input, std::size_t tasks) {
  return input.timer.kind != TimerKind::backoff || input.timer.task.value < tasks;
}
bool fits(const Decided& input, std::size_t tasks) {
  return !input.task || input.task->value < tasks;
}
bool fits(const Merged& input, std::size_t tasks) {
  return input.task.value < tasks && fit(input.overridden, tasks);
}
bool fits(const Published& input, std::size_t tasks) {
  return fit(input.overridden, tasks);
}
bool fits(const Conflicted& input, std::size_t tasks) {
  return input.task.value < tasks && !input.conflicts.empty() && fit(input.conflicts, tasks);
}

}  // namespace

bool fits_plan(const Input& input, std::size_t tasks) {
  return std::visit([tasks](const auto& value) { return fits(value, tasks); }, input);
}

}  // namespace fleet::engine
