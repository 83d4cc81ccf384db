#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "agents/agent.h"
#include "attempt/environment.h"
#include "attempt/judge.h"
#include "attempt/merger.h"
#include "engine/executor.h"
#include "git/tree_editor.h"
#include "net/http_client.h"
#include "os/output_log.h"

namespace fleet::attempt {

// One attempt from its start to its verdict: find the commit to start from, let the agent work, take the
// snapshot, run the checks, judge. Everything happens on the loop's thread, except for what blocks, which
// goes to the workers; between two steps it holds no thread. Keeps itself alive while something is under way.
//
//   base -> agent <-> (workspace, program | tree) -> snapshot -> checks -> verdict -> (rollback) -> keep ->
//   finish
//
// Where the attempt before was cut off, its rollback comes first; where an earlier run has the result, only
// the snapshot is made.
class Attempt : public std::enable_shared_from_this<Attempt> {
 public:
  // `over` is called last, when the outcome has been posted.
  Attempt(const Services& services, Merger& merger, engine::StartAttempt start, engine::Inbox& inbox,
          std::function<void()> over);

  void begin();
  // The call that it asked for may be made.
  void granted(std::uint32_t number);
  // Ends it early; the outcome has this verdict. In a hurry, its program is killed at once; else it is given
  // its grace, as is a rollback that runs.
  void stop(model::Verdict as, bool hurry);

 private:
  // What the snapshot found. Made on a worker.
  struct Taken {
    ObjectId tree;
    std::vector<model::Change> changes;
    std::vector<std::string> notes;
    std::vector<std::string> secrets;  // that the changes bring
    GateFailures gate;                 // of the run's gate
    std::vector<std::string> missing;  // of `expect`
    ObjectId commit;
  };
  using Next = std::function<void()>;

  void step(const agents::Event& event);
  void edit_tree(agents::EditTree edit);
  void run_check(std::size_t index);
  void send_request(agents::SendRequest send);
  void transfer(agents::SendRequest send);
  void settle();
  void waited();
  void hear(const agents::Talk& talk);
  void with_workspace(ObjectId commit, Next next);
  void prepare_workspace(ObjectId commit, Next next);
  void run_program(agents::RunProgram program, std::function<void(agents::ProgramEnded)> next);
  void start_program(agents::RunProgram program, std::function<void(agents::ProgramEnded)> next);
  [[nodiscard]] Result<> write_home(agents::RunProgram& program) const;
  [[nodiscard]] std::unique_ptr<os::OutputLog> open_log(const std::string& name) const;
  void work();
  void work_anew(const std::string& why_not);
  void take_over(const KeptResult& result);
  void take_snapshot();
  void snapshot();
  void judge_snapshot(Taken taken);
  [[nodiscard]] Result<Taken> take(const std::optional<agents::Finish>& said,
                                   const std::optional<model::AgentUse>& use);
  void read_outputs();
  void check(std::size_t index);
  void conclude();
  void undo_failure(Next next);
  // In the run's folder: what people read of its programs, and what a reader was given.
  [[nodiscard]] std::string log_name() const;
  [[nodiscard]] std::string stream_log_name() const;
  void undo(Next next);
  void limit_rollback(Duration limit);
  void undone(std::optional<std::string> failure);
  void leave_workspace(Next next);
  void keep(Next next);
  void finish();
  void tell();
  void fail(const std::string& why);
  [[nodiscard]] bool is_stopped() const { return facts_.stopped.has_value(); }
  [[nodiscard]] Result<std::string> render(std::string_view text) const;
  [[nodiscard]] std::string key() const;
  // Runs `work` on a worker and then `then` here, as long as the attempt lives.
  template <class Work, class Then>
  void on_worker(Work work, Then then);

  const Services& services_;
  Merger& merger_;
  const engine::StartAttempt start_;
  const model::PlannedTask& task_;
  engine::Inbox& inbox_;
  std::function<void()> over_;

  TimePoint began_{};
  os::EventLoop::TimerId timer_;
  std::unique_ptr<agents::Agent> agent_;
  ObjectId base_;        // the commit that its changes are against
  ObjectId start_from_;  // the commit that its work begins with: what the attempt before left, or the same
  ObjectId base_tree_;
  std::optional<git::TreeEditor> editor_;  // of an agent that needs no checkout; one worker's at a time
  ObjectId edited_tree_;                   // what it made of the tree so far
  std::vector<model::Change> edits_;
  Places places_;
  std::optional<git::Workspace> workspace_;
  std::optional<git::SharedWorkspace> shared_;
  std::shared_ptr<const os::PreparedSandbox> sandbox_;
  std::unique_ptr<os::OutputLog> log_;
  std::unique_ptr<os::OutputLog> stream_log_;  // what a reader was given, as it was
  std::optional<os::ProgramId> program_;
  std::optional<net::HttpClient::RequestId> request_;
  // Of a run with limits.cost: the request that waits to be granted, how many there were, and what the last
  // one costs at worst.
  std::optional<agents::SendRequest> held_;
  std::uint32_t calls_ = 0;
  double most_ = 0;  // USD
  std::optional<os::EventLoop::TimerId> waiting_;
  std::atomic<bool> stop_edit_ = false;  // read by the worker that edits the tree
  bool hurry_ = false;
  bool undo_is_late_ = false;
  Next undoing_;                     // while the rollback runs: what comes after it
  bool is_kept_ = false;             // the result of an earlier run
  bool told_ = false;                // the outcome was posted
  Writers writers_ = Writers::none;  // to the temporary folder, when all its programs have ended

  Facts facts_;
  Judgement judgement_;
  model::Outcome outcome_;
};

}  // namespace fleet::attempt
