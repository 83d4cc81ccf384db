#include "engine/driver.h"

#include <algorithm>

#include "engine/durability.h"
#include "engine/input_json.h"
#include "engine/journal.h"
#include "engine/mask_secrets.h"
#include "model/json.h"

namespace fleet::engine {
namespace {

// Outcomes are kept whole, once; the journal has only what decisions hang on.
std::string result_json(const model::Outcome& outcome) {
  return model::dump_json(model::to_json(outcome));
}

double seconds(Duration duration) {
  return static_cast<double>(duration.count()) / 1e6;
}

// How long an input that nothing follows from waits for another, so as not to cost a transaction of its own.
constexpr Duration kForCompany = std::chrono::milliseconds(10);

}  // namespace

Driver::Driver(const model::Plan& plan, std::string run, os::EventLoop& loop, store::Writer& writer,
               Executor& executor, const Clock& clock, text::Masker masker, DriverEvents events)
    : plan_(plan),
      run_(std::move(run)),
      loop_(loop),
      writer_(writer),
      executor_(executor),
      clock_(clock),
      masker_(std::move(masker)),
      events_(std::move(events)),
      scheduler_(plan),
      current_(plan.tasks.size()) {}

void Driver::begin(store::NewRun run, RunStarted input) {
  next_.start = std::move(run);
  post(input);
}

Result<> Driver::replay(store::Reader& reader, const std::function<void(const model::RunEvent&)>& recalled) {
  return read_journal(reader, run_, plan_, [&](const RecordedInput& recorded) {
    const Step step = scheduler_.handle(recorded.input, recorded.at);
    for (const model::RunEvent& event : step.events) {
      if (event.kind == model::RunEventKind::attempt_started) remember(event);
      recalled(event);
    }
    last_sequence_ = recorded.sequence;
    last_heard_ = recorded.at;
  });
}

void Driver::resume(const store::RunUpdate& update, RunResumed input) {
  next_.update = update;
  post(input);
}

void Driver::post(Input input, std::vector<model::Change> changes) {
  mask_secrets(input, masker_);
  mask_secrets(changes, masker_);
  loop_.post([this, arrival = Arrival{std::move(input), std::move(changes)}]() mutable {
    queue_.push_back(std::move(arrival));
    // Whatever else was posted meanwhile joins the same transaction.
    loop_.post([this] { pump(); });
  });
}

void Driver::pump() {
  if (committing_ || broken_) return;
  for (const Arrival& arrival : std::exchange(queue_, {}))
    take(arrival);
  if (next_.journal.empty()) return;
  if (!can_wait()) return commit();
  if (!waiting_) waiting_ = loop_.add_timer(kForCompany, [this] { commit(); });
}

// Who an attempt's process is: nothing follows from it, and until it is on record the process is found by its
// token (os::end_stale).
bool Driver::can_wait() const {
  return !next_.start && !next_.update && next_.durability == store::Durability::normal &&
         next_.events.empty() && actions_.empty();
}

void Driver::commit() {
  if (waiting_) loop_.cancel(*std::exchange(waiting_, std::nullopt));
  if (const auto& finished = scheduler_.finished()) next_.update = {finished->state, {}, clock_.now(), {}};
  committing_ = true;
  next_.run = run_;
  std::vector<model::RunEvent> events = next_.events;
  writer_.submit(std::exchange(next_, {}), [this, actions = std::exchange(actions_, {}),
                                            events = std::move(events)](Result<> committed) mutable {
    loop_.post([this, actions = std::move(actions), events = std::move(events),
                committed = std::move(committed)]() mutable {
      committing_ = false;
      if (!committed) {
        broken_ = true;
        if (events_.broken) events_.broken(committed.error());
        return;
      }
      release(actions, events);
      pump();
    });
  });
}

void Driver::take(const Arrival& arrival) {
  const TimePoint now = clock_.now();
  next_.journal.push_back({++last_sequence_, now, to_journal(arrival.input)});
  Step step = scheduler_.handle(arrival.input, now);
  const auto must = [this](const auto& each) { return must_be_durable(plan_, each); };
  if (must(arrival.input) || std::any_of(step.actions.begin(), step.actions.end(), must)) {
    next_.durability = store::Durability::full;
  }
  add_rows(arrival, step);
  std::move(step.actions.begin(), step.actions.end(), std::back_inserter(actions_));
  std::move(step.events.begin(), step.events.end(), std::back_inserter(next_.events));
}

void Driver::add_rows(const Arrival& arrival, const Step& step) {
  if (const auto* started = std::get_if<AttemptStarted>(&arrival.input)) {
    current_[started->task.value].process = started->process;
  }
  const auto* finished = std::get_if<AttemptFinished>(&arrival.input);
  const std::string result = finished ? result_json(finished->outcome) : "";
  std::vector<TaskIndex> touched;
  for (const model::RunEvent& event : step.events) {
    if (!event.task) continue;
    touched.push_back(*event.task);
    if (event.kind == model::RunEventKind::attempt_started) {
      remember(event);
      add_attempt(event, arrival, result);
    } else if (event.kind == model::RunEventKind::attempt_finished) {
      add_attempt(event, arrival, result);
    }
  }
  std::sort(touched.begin(), touched.end());
  touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
  for (const TaskIndex index : touched) {
    const Scheduler::TaskView view = scheduler_.task(index);
    store::TaskUpdate& row = next_.tasks.emplace_back();
    row.id = plan_.task(index).id;
    row.state = view.state;
    row.reason = view.reason;
    row.at = step.events.front().at;
    if (finished && finished->task == index) row.result_json = result;
  }
}

// What began with an attempt_started, which says who does a prompt.
void Driver::remember(const model::RunEvent& event) {
  const model::TaskSpec& spec = plan_.task(*event.task).spec;
  const bool is_prompt = std::holds_alternative<model::Prompt>(spec.work);
  current_[event.task->value] = {event.at, {}, is_prompt ? event.message : std::string(model::kind_of(spec))};
}

void Driver::add_attempt(const model::RunEvent& event, const Arrival& arrival, const std::string& result) {
  const TaskIndex index = *event.task;
  const model::PlannedTask& task = plan_.task(index);
  store::AttemptRow& row = next_.attempts.emplace_back();
  row.task_id = task.id;
  row.number = event.attempt;
  const Current& current = current_[index.value];
  row.agent = current.agent;
  row.started = current.began;
  row.process = current.process;
  if (event.kind == model::RunEventKind::attempt_started) return;
  row.verdict = event.verdict;
  row.reason = event.message;
  row.finished = event.at;
  const auto* finished = std::get_if<AttemptFinished>(&arrival.input);
  if (finished == nullptr) {  // cut off: nobody was there to see how it ended, nor when
    row.finished = std::max(row.started, last_heard_);
    return;
  }
  const model::Outcome& outcome = finished->outcome;
  // Of one that was taken over from an earlier run, nobody did anything.
  if (std::holds_alternative<model::Prompt>(task.spec.work))
    row.agent = outcome.agent ? outcome.agent->agent : std::string();
  row.base = outcome.base;
  row.snapshot = outcome.snapshot;
  row.result_json = result;
  for (const model::Change& change : arrival.changes) {
    next_.snapshots.push_back({task.id, event.attempt, change.path, change.after.id, event.at});
  }
  const auto metric = [&](const char* name, double value) {
    next_.metrics.push_back({task.id, event.attempt, name, value, event.at});
  };
  metric("duration", seconds(outcome.usage.wall));
  metric("cpu", seconds(outcome.usage.user_cpu + outcome.usage.system_cpu));
  if (outcome.usage.peak_memory) metric("peak_memory", static_cast<double>(*outcome.usage.peak_memory));
  metric("changed_paths", outcome.changes);
  if (!outcome.agent) return;
  const model::Cost& cost = outcome.agent->cost;
  if (cost.usd) metric("cost", *cost.usd);
  if (!cost.tokens) return;
  metric("tokens_read", static_cast<double>(cost.tokens->read()));
  metric("tokens_written", static_cast<double>(cost.tokens->output));
}

void Driver::release(const std::vector<Action>& actions, const std::vector<model::RunEvent>& events) {
  if (events_.event) {
    for (const model::RunEvent& event : events)
      events_.event(event);
  }
  for (const Action& action : actions) {
    if (const auto* timer = std::get_if<SetTimer>(&action)) {
      set_timer(*timer);
    } else if (const auto* ask = std::get_if<Ask>(&action)) {
      if (events_.ask) events_.ask(*ask);
    } else if (const auto* finish = std::get_if<FinishRun>(&action)) {
      if (events_.finished) events_.finished(*finish);
    } else {
      executor_.perform(action, *this);
    }
  }
}

void Driver::set_timer(const SetTimer& timer) {
  const Duration wait = std::max(timer.at - clock_.now(), Duration::zero());
  loop_.add_timer(wait, [this, id = timer.timer] { post(TimerFired{id}); });
}

}  // namespace fleet::engine
