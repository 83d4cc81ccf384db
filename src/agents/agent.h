#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "agents/command_line.h"
#include "base/result.h"
#include "git/tree_editor.h"
#include "model/attempt.h"
#include "model/plan.h"
#include "net/http.h"

namespace fleet::agents {

// What an agent may want next. Only attempt/ knows how it is done.

// Reads what a program writes to stdout while it runs, for the agent that wanted it. The loop's thread.
class OutputReader {
 public:
  virtual ~OutputReader() = default;
  // Both answer with what people are to see of it, as it comes. Bytes may be cut anywhere.
  [[nodiscard]] virtual std::string feed(std::string_view bytes) = 0;
  [[nodiscard]] virtual std::string finish() = 0;
  // What it writes to stderr, which people see as it is.
  virtual void hear(std::string_view) {}
};
// A file in the program's home folder, before it starts.
struct HomeFile {
  std::string path;  // relative, without `..`
  std::string content;
};
// Run a program in the attempt's workspace; answered by ProgramEnded.
struct RunProgram {
  std::vector<std::string> argv;
  std::string shown;                         // for people: what the user wrote
  std::map<std::string, std::string> env{};  // beside that of the task, above it
  std::string input{};                       // for its stdin; empty: none
  std::vector<HomeFile> home{};          // a word of argv that is `~/` and the path of one becomes its place
  std::optional<Duration> idle_limit{};  // the longest that it may be silent
  std::shared_ptr<OutputReader> reader{};  // null: people see its output as it is
};
// Read and edit the tree that the attempt starts from, without a checkout; answered by TreeEdited. The next
// one goes on from what this one left. The function runs on another thread, once; it gives back a summary for
// people, or gives up soon after `stop` was set.
struct EditTree {
  std::function<Result<std::string>(git::TreeEditor&, const std::atomic<bool>& stop)> edit;
};
// Run one of the task's checks, by its index, on the tree as it is now edited; answered by ProgramEnded. What
// it writes is thrown away.
struct RunCheck {
  std::size_t index = 0;
};
// Answered by RequestEnded, when the reader has been given all there is.
struct SendRequest {
  net::HttpRequest request;
  std::shared_ptr<net::BodyReader> reader;
  std::optional<double> most{};  // USD: what it costs at worst; none: nobody knows
};
// Answered by Waited.
struct Wait {
  Duration time{};
};
// Nothing more: what the agent itself says of its work. attempt/ judges by what really happened.
struct Finish {
  model::Verdict verdict = model::Verdict::done;
  std::string reason;                // why not done
  std::string summary;               // what was done
  std::string feedback;              // for the next attempt
  std::vector<std::string> notes{};  // what the user should know
};
using Want = std::variant<RunProgram, EditTree, RunCheck, SendRequest, Wait, Finish>;

// What an agent is told.
struct Begin {};
struct ProgramEnded {
  model::ProgramEnd end;
  std::string output_tail;  // the last of its output, secrets masked
  std::string error;        // why it could not be started; then `end` says nothing
  bool was_silent = false;  // it was ended for its silence
  TimePoint at{};
};
struct TreeEdited {
  Result<std::string> summary;
};
struct RequestEnded {
  net::HttpEnd end;
};
struct Waited {};
using Event = std::variant<Begin, ProgramEnded, TreeEdited, RequestEnded, Waited>;

// What is kept of an agent's own talk, secrets and all.
struct Talk {
  std::string shown;  // for people, whole lines
  std::string raw;    // JSON, a line each
};

// The longest that an agent may be silent, where the workflow does not say: its program, or its provider.
inline constexpr Duration kDefaultIdleTimeout = std::chrono::minutes(5);

// Whoever does a task's work, as a step machine: it is told what happened and answers with what it wants
// next. It never blocks, and owns no thread. One attempt each; one thread at a time.
class Agent {
 public:
  virtual ~Agent() = default;
  virtual Want next(const Event& event) = 0;
  // Of one that asks a model, what is known so far: also of an attempt that is ended early.
  [[nodiscard]] virtual std::optional<model::AgentUse> use() const { return std::nullopt; }
  // Of the last request, after its RequestEnded: what it cost, in USD. None: nobody knows.
  [[nodiscard]] virtual std::optional<double> charged() const { return std::nullopt; }
  // What was said since this was last asked; asked after each step.
  [[nodiscard]] virtual Talk talk() { return {}; }
};

// Everything an agent may know of its attempt.
struct Assignment {
  const model::PlannedTask& task;
  int attempt = 1;
  std::string feedback;  // from the attempt before
  Render render;         // for the `${{ }}` that are left in the texts of the task
  // Of a prompt: who does it.
  std::string agent{};  // its name
  const model::SingleAgent* who = nullptr;
  std::string key{};           // the value of the variable that `key` names, or of its usual one; empty: none
  bool goes_on = false;        // the workspace has what the attempt before left
  std::string instructions{};  // of the project, for agents, as its base has them
  // Takes the run's secrets out of a text, which has to be whole: a part of one is not known again.
  std::function<std::string(std::string_view)> mask{};
};

// The agent for a task's work. An Error where the work cannot be done: a pattern that does not parse, an
// expression that cannot be evaluated.
[[nodiscard]] Result<std::unique_ptr<Agent>> make_agent(const Assignment& assignment);

}  // namespace fleet::agents
