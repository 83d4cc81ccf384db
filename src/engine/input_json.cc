#include "engine/input_json.h"

#include "model/json_attempt.h"
#include "model/json_fields.h"
#include "model/json_plan.h"

namespace fleet::model {

using engine::AttemptFinished;
using engine::AttemptStarted;
using engine::Begun;
using engine::Call;
using engine::CallRequested;
using engine::CallSettled;
using engine::CancelRequested;
using engine::ConditionEvaluated;
using engine::Conflicted;
using engine::Decided;
using engine::Merged;
using engine::Published;
using engine::RunResumed;
using engine::RunStarted;
using engine::StopRequested;
using engine::TimerFired;

template <>
struct Fields<engine::TimerId> {
  static constexpr auto list =
      std::tuple{field("kind", &engine::TimerId::kind), field("task", &engine::TimerId::task),
                 field("serial", &engine::TimerId::serial)};
};
template <>
struct Fields<Begun> {
  static constexpr auto list = std::tuple{field("task", &Begun::task), field("done", &Begun::done),
                                          field("rollback_due", &Begun::rollback_due)};
};
template <>
struct Fields<RunStarted> {
  static constexpr auto list =
      std::tuple{field("seed", &RunStarted::seed), field("begun", &RunStarted::begun)};
};
template <>
struct Fields<RunResumed> {
  static constexpr auto list =
      std::tuple{field("settings", &RunResumed::settings), field("retry_failed", &RunResumed::retry_failed)};
};
template <>
struct Fields<ConditionEvaluated> {
  static constexpr auto list =
      std::tuple{field("task", &ConditionEvaluated::task), field("holds", &ConditionEvaluated::holds),
                 field("error", &ConditionEvaluated::error)};
};
template <>
struct Fields<AttemptStarted> {
  static constexpr auto list =
      std::tuple{field("task", &AttemptStarted::task), field("serial", &AttemptStarted::serial),
                 field("process", &AttemptStarted::process)};
};
template <>
struct Fields<AttemptFinished> {
  static constexpr auto list =
      std::tuple{field("task", &AttemptFinished::task), field("serial", &AttemptFinished::serial),
                 field("outcome", &AttemptFinished::outcome)};
};
template <>
struct Fields<Call> {
  static constexpr auto list =
      std::tuple{field("task", &Call::task), field("serial", &Call::serial), field("number", &Call::number)};
};
template <>
struct Fields<CallRequested> {
  static constexpr auto list =
      std::tuple{field("call", &CallRequested::call), field("most", &CallRequested::most)};
};
template <>
struct Fields<CallSettled> {
  static constexpr auto list = std::tuple{field("call", &CallSettled::call), field("usd", &CallSettled::usd)};
};
template <>
struct Fields<TimerFired> {
  static constexpr auto list = std::tuple{field("timer", &TimerFired::timer)};
};
template <>
struct Fields<Merged> {
  static constexpr auto list =
      std::tuple{field("task", &Merged::task), field("serial", &Merged::serial),
                 field("overridden", &Merged::overridden), field("error", &Merged::error)};
};
template <>
struct Fields<Conflicted> {
  static constexpr auto list =
      std::tuple{field("task", &Conflicted::task), field("serial", &Conflicted::serial),
                 field("conflicts", &Conflicted::conflicts)};
};
template <>
struct Fields<Decided> {
  static constexpr auto list = std::tuple{field("task", &Decided::task), field("answer", &Decided::answer),
                                          field("by_person", &Decided::by_person)};
};
template <>
struct Fields<CancelRequested> {
  static constexpr auto list = std::tuple{field("task", &CancelRequested::task)};
};
template <>
struct Fields<StopRequested> {
  static constexpr auto list = std::tuple{field("reason", &StopRequested::reason)};
};
template <>
struct Fields<Published> {
  static constexpr auto list =
      std::tuple{field("branch", &Published::branch), field("commit", &Published::commit),
                 field("error", &Published::error), field("overridden", &Published::overridden)};
};
template <>
struct Alternatives<engine::Input> {
  static constexpr std::array<std::string_view, 14> names{
      "run_started",    "run_resumed",      "condition_evaluated", "attempt_started", "attempt_finished",
      "call_requested", "call_settled",     "timer_fired",         "merged",          "conflicted",
      "decided",        "cancel_requested", "stop_requested",      "published"};
};
static_assert(std::variant_size_v<engine::Input> == 14, "every input needs a name");

}  // namespace fleet::model

namespace fleet::engine {

std::string to_journal(const Input& input) {
  if (const auto* finished = std::get_if<AttemptFinished>(&input)) {
    AttemptFinished lean = *finished;
    model::Outcome& outcome = lean.outcome;
    outcome.paths.clear();
    outcome.programs.clear();
    outcome.notes.clear();
    outcome.output_head.clear();
    outcome.output_tail.clear();
    return model::dump_json(model::to_json(Input(std::move(lean))));
  }
  return model::dump_json(model::to_json(input));
}

Result<Input> from_journal(std::string_view payload) {
  FLEET_TRY(const model::Json json, model::parse_json(payload, "the journal entry"));
  return model::from_json<Input>(json, "the journal entry");
}

}  // namespace fleet::engine
