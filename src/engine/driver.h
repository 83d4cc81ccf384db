#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "engine/executor.h"
#include "engine/scheduler.h"
#include "os/event_loop.h"
#include "store/reader.h"
#include "store/writer.h"
#include "text/mask.h"

namespace fleet::engine {

// Everything the driver tells others. Called on the loop's thread, after what they speak of is in the
// journal.
struct DriverEvents {
  std::function<void(const model::RunEvent&)> event;
  std::function<void(const Ask&)> ask;  // answered by post(Decided)
  std::function<void(const FinishRun&)> finished;
  std::function<void(const Error&)> broken;  // the journal cannot be written: nothing more is done
};

// Drives a run: takes what happened from its queue, lets the scheduler answer, commits inputs, events and
// rows in one transaction, and only then lets the actions out. One thread, that of the loop, owns all of it;
// only post() may be called from others. The plan, writer, executor, loop and clock must outlive it.
class Driver final : public Inbox {
 public:
  Driver(const model::Plan& plan, std::string run, os::EventLoop& loop, store::Writer& writer,
         Executor& executor, const Clock& clock, text::Masker masker, DriverEvents events);

  // A new run: its row and its first input are committed together.
  void begin(store::NewRun run, RunStarted input);
  // Restores the state of a run from its journal; nothing is acted on. `recalled` is told what happened then.
  [[nodiscard]] Result<> replay(store::Reader& reader,
                                const std::function<void(const model::RunEvent&)>& recalled);
  // Goes on after replay().
  void resume(const store::RunUpdate& update, RunResumed input);

  // What is posted is taken in without the secrets that it holds.
  void post(Input input, std::vector<model::Change> changes = {}) override;

  [[nodiscard]] const Scheduler& scheduler() const { return scheduler_; }

 private:
  struct Arrival {
    Input input;
    std::vector<model::Change> changes;
  };
  void pump();
  [[nodiscard]] bool can_wait() const;
  void commit();
  void take(const Arrival& arrival);
  void add_rows(const Arrival& arrival, const Step& step);
  void remember(const model::RunEvent& event);
  void add_attempt(const model::RunEvent& event, const Arrival& arrival, const std::string& result);
  void release(const std::vector<Action>& actions, const std::vector<model::RunEvent>& events);
  void set_timer(const SetTimer& timer);

  const model::Plan& plan_;
  const std::string run_;
  os::EventLoop& loop_;
  store::Writer& writer_;
  Executor& executor_;
  const Clock& clock_;
  const text::Masker masker_;
  DriverEvents events_;
  Scheduler scheduler_;

  std::deque<Arrival> queue_;                      // what has arrived and is not handled yet
  store::Batch next_;                              // the next transaction,
  std::vector<Action> actions_;                    // and what may be done after it
  std::optional<os::EventLoop::TimerId> waiting_;  // for more to be in it
  std::uint64_t last_sequence_ = 0;
  TimePoint last_heard_{};  // by the journal, of the process before this one
  struct Current {
    TimePoint began{};
    model::ProcessIdentity process;
    std::string agent;  // run, codemod, or the agent's name
  };
  std::vector<Current> current_;  // attempt of each task
  bool committing_ = false;
  bool broken_ = false;
};

}  // namespace fleet::engine
