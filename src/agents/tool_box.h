#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agents/conversation.h"
#include "base/result.h"
#include "git/tree_editor.h"
#include "model/plan.h"
#include "text/glob.h"

namespace fleet::agents {

// What a model may do to the repository, one call at a time, on a tree in memory. `reads` and `writes` of the
// task bind every call: one that breaks them, or makes no sense, is answered with what to do instead. Values;
// any thread, one at a time.
class ToolBox {
 public:
  // The calls that are not about files, and belong to the agent.
  static constexpr std::string_view kRunCheck = "run_check";
  static constexpr std::string_view kFinish = "finish";

  [[nodiscard]] static Result<ToolBox> create(const model::TaskSpec& task);

  // All of them, kRunCheck where the task has checks, and kFinish.
  [[nodiscard]] const std::vector<Tool>& tools() const { return tools_; }

  // An Error only where the world fails: the object database. Gives up soon after `stop` was set.
  [[nodiscard]] Result<ToolResult> perform(const ToolCall& call, git::TreeEditor& editor,
                                           const std::atomic<bool>& stop) const;

  // The paths that the task may read, in order.
  [[nodiscard]] Result<std::vector<std::string>> readable(const git::TreeEditor& editor,
                                                          std::string_view folder = {}) const;

 private:
  friend class ToolRun;
  ToolBox() = default;
  [[nodiscard]] bool may_read(std::string_view path) const;
  [[nodiscard]] bool may_write(std::string_view path) const;

  std::vector<Tool> tools_;
  std::optional<text::GlobSet> reads_;
  std::optional<text::GlobSet> writes_;
  std::string reads_text_;  // for answers
  std::string writes_text_;
};

// What a call is about, for people: `src/a.ts 10-20`.
[[nodiscard]] std::string describe_call(const ToolCall& call);

}  // namespace fleet::agents
