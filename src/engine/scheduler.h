#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/action.h"
#include "engine/budget.h"
#include "engine/circuit_breaker.h"
#include "engine/input.h"
#include "engine/marks.h"
#include "engine/ready_queue.h"
#include "model/plan.h"
#include "model/run_event.h"

namespace fleet::engine {

// What an input led to.
struct Step {
  std::vector<Action> actions;
  std::vector<model::RunEvent> events;
};

// The state of a run, and the rules by which it moves: a pure machine with no clock, thread, file or socket.
// The same inputs at the same times give the same steps, so replaying a journal restores the state. Inputs
// that are late, doubled or about something that has been decided since are ignored. One owner; not
// thread-safe.
//
//   waiting -> [condition] -> ready -> running -> [merge] -> done
//                                         |          '-> [held] -> [merge], waiting
//                                         |-> backing off -> ready
//                                         '-> failed          skipped, cancelled
class Scheduler {
 public:
  // The plan must outlive the scheduler.
  explicit Scheduler(const model::Plan& plan);

  Step handle(const Input& input, TimePoint now);

  // One task as others may see it.
  struct TaskView {
    model::TaskState state = model::TaskState::waiting;
    int attempt = 0;  // the current or last one, from 1; 0: none was started
    std::string_view reason;
    bool accepted = false;  // it has a result that is integrated
    ResultSet from;         // the results it started from; null: it has not begun
    ObjectId base;
    ObjectId snapshot;
    std::string_view agent;  // of a prompt: who does it, or is to do it next
  };
  [[nodiscard]] TaskView task(TaskIndex index) const;
  // The integrated results in plan order.
  [[nodiscard]] std::vector<TaskIndex> accepted() const;
  [[nodiscard]] bool is_finished() const { return finished_.has_value(); }
  [[nodiscard]] std::optional<FinishRun> finished() const { return finished_; }
  [[nodiscard]] const model::Settings& settings() const { return settings_; }
  [[nodiscard]] bool has_failures() const { return failed_ > 0; }
  [[nodiscard]] const std::optional<Published>& published() const { return published_; }
  // What the run's branch was written with last; none: it never was.
  [[nodiscard]] ObjectId delivered() const { return delivered_; }
  // Attempts that were under way as far as the journal knows: after a crash, what has to be ended first. A
  // process with pid 0 had not been heard of yet.
  struct RunningAttempt {
    Serial serial = 0;
    model::ProcessIdentity process;
  };
  [[nodiscard]] std::vector<RunningAttempt> running_attempts() const;
  // What was spent on models.
  [[nodiscard]] const Budget& budget() const { return budget_; }
  // What a run with another plan has to know to go on from this one: the tasks that have begun.
  [[nodiscard]] std::vector<Begun> begun() const;

 private:
  enum class Phase {
    waiting,
    conditioning,
    ready,
    running,
    merging,
    held,  // lost a conflict, and is offered again when all before it are settled
    backing_off,
    asking,
    done,
    failed,
    skipped,
    cancelled
  };
  // What a task that was skipped or cancelled owes its end to. Retrying the failures gives those of `failure`
  // another chance, and those of `condition` when what they looked at has changed.
  enum class EndCause { failure, condition, decision };

  struct Task {
    Phase phase = Phase::waiting;
    EndCause cause = EndCause::failure;
    bool discard = false;       // what is under way no longer counts: start over when it ends
    bool stop_sent = false;     // its attempt was told to end
    bool cancel = false;        // somebody cancelled it: it does not begin again
    bool rollback_due = false;  // its last attempt was cut off before its rollback ran
    // It is marked `once: true`, an earlier run had finished it, and this one has not begun it.
    bool only_kept = false;
    int attempt = 0;         // the current or last one, from 1
    std::uint32_t open = 0;  // needs, and winners it waits for, that are not settled
    std::uint32_t bad = 0;   // needs that are settled and not done
    Serial serial = 0;       // of the current attempt, or of what it offers
    int ended = 0;           // attempts that ended by themselves
    int failures = 0;        // of them, those that used up a retry
    model::ProcessIdentity process;
    std::string ask_first;  // why a `once` task must not begin again without a person's word; empty: it may
    ObjectId base, snapshot;
    std::map<std::string, std::string> outputs;
    std::string feedback;
    std::uint32_t link = 0;                         // of a prompt: who does it, or does it next
    std::set<std::uint32_t> tried;                  // links, in this round
    std::set<std::uint32_t> cannot;                 // links that said so: they are not asked again
    std::map<std::uint32_t, TimePoint> not_before;  // when the providers of its links said to come again
    ObjectId go_on;                                 // of a prompt: what the attempt before left
    std::string reason;
    Duration wait{};    // before its next attempt
    TimePoint until{};  // when that is over
    ResultSet from;     // the results it started from; none: it has not begun
    // Conflicts, strategy `queue`: the tasks on top of whose results this one runs, and those that run on top
    // of this one's.
    std::vector<TaskIndex> after, before;
  };

  // Inputs
  void on(const RunStarted&);
  void on(const RunResumed&);
  void on(const ConditionEvaluated&);
  void on(const AttemptStarted&);
  void on(const AttemptFinished&);
  void on(const CallRequested&);
  void on(const CallSettled&);
  void on(const TimerFired&);
  void on(const Merged&);
  void on(const Conflicted&);
  void on(const Decided&);
  void on(const CancelRequested&);
  void on(const StopRequested&);
  void on(const Published&);

  // The way of a task
  static constexpr const char* kCutOff = "it was cut off, and what it did outside git cannot be taken back";
  void reconsider(TaskIndex);
  void begin_again(TaskIndex);
  bool start_over(TaskIndex);
  void make_ready(TaskIndex);
  void queue(TaskIndex);
  void dispatch();
  void start(TaskIndex);
  void after_failure(TaskIndex, const model::Outcome&);
  [[nodiscard]] std::optional<std::uint32_t> next_link(TaskIndex) const;
  void judge_provider(TaskIndex, const model::Outcome&);
  void try_providers();
  void ask_others();
  [[nodiscard]] int tries_left(TaskIndex) const;
  [[nodiscard]] Duration backoff_of(TaskIndex) const;
  void after_interruption(TaskIndex, std::string why);
  void offer(TaskIndex);
  void ask(TaskIndex);
  void must_ask(TaskIndex, std::string why);
  void undo_first(TaskIndex);
  void settle(TaskIndex, Phase, std::string reason, EndCause = EndCause::failure);
  void unsettle(TaskIndex);
  void decide_task(TaskIndex, model::FailureAnswer);
  static void forget_results(Task&);

  // Conflicts
  void lose(TaskIndex loser, const std::vector<model::Conflict>& conflicts);
  void take_back(TaskIndex loser, const std::string& why);
  std::vector<TaskIndex> touched_by_loss_of(TaskIndex loser);
  void drop_void_winners(TaskIndex);
  void offer_held();
  [[nodiscard]] bool all_settled_before(TaskIndex);

  // The run
  void go_on_with(TaskIndex);
  void check_failures();
  void retry_failures();
  void grant_calls();
  void stop(StopReason, std::string why = {});
  void stop_attempts(model::Verdict as, bool hurry);
  void stop_attempt(TaskIndex, model::Verdict as, bool hurry);
  void cancel_the_rest();
  void finish_if_done();
  void ask_about_failures();
  void set_run_limit();
  [[nodiscard]] bool is_ending() const;

  [[nodiscard]] std::vector<NeedResult> need_results(TaskIndex) const;
  [[nodiscard]] ResultSet results_below(TaskIndex);
  [[nodiscard]] bool is_settled(TaskIndex) const;
  [[nodiscard]] bool has_result(TaskIndex) const;
  [[nodiscard]] std::string why_not(TaskIndex need) const;
  [[nodiscard]] Task& at(TaskIndex index) { return tasks_[index.value]; }
  [[nodiscard]] const Task& at(TaskIndex index) const { return tasks_[index.value]; }
  [[nodiscard]] const std::string& id(TaskIndex index) const { return plan_.task(index).id; }
  template <class Visit>
  void for_each_dependent(TaskIndex index, Visit visit) const {
    for (const TaskIndex dependent : plan_.graph.dependents(index))
      visit(dependent);
    for (const TaskIndex dependent : at(index).before)
      visit(dependent);
  }
  model::RunEvent& emit(model::RunEventKind, std::optional<TaskIndex> = {}, std::string message = {});

  const model::Plan& plan_;
  model::Settings settings_;
  std::vector<Task> tasks_;
  CircuitBreaker breaker_;
  ReadyQueue ready_;
  Budget budget_;
  Marks marks_;                       // of the walk that is under way
  std::set<TaskIndex> held_;          // with some that no longer are
  std::uint32_t settled_before_ = 0;  // all before this one in plan order are settled

  std::uint64_t seed_ = 0;
  Serial last_serial_ = 0;
  std::uint64_t last_event_ = 0;
  std::uint32_t settled_ = 0;
  std::uint32_t failed_ = 0;
  std::uint32_t merging_ = 0;
  std::uint32_t conditioning_ = 0;

  bool started_ = false;
  bool asking_ = false;             // a question about the run is open: nothing new starts
  bool failures_accepted_ = false;  // somebody said `skip`
  int automatic_retries_ = 0;
  std::optional<StopReason> stopping_;
  bool signalled_ = false;  // a signal came to this process: the next one hurries
  bool publishing_ = false;
  std::optional<Published> published_;
  ObjectId delivered_;
  std::optional<FinishRun> finished_;
  Serial timer_setting_ = 0;  // of the run limit and of the grace
  TimePoint now_{};
  Duration active_{};               // how long the run was worked on, over all its resumes
  std::vector<TaskIndex> touched_;  // to be reconsidered, while settle() is at work
  bool touching_ = false;
  Step step_;
};

}  // namespace fleet::engine
