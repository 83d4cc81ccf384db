#pragma once

#include <atomic>
#include <optional>

#include "agents/agent.h"
#include "syntax/codemod.h"
#include "text/glob.h"

namespace fleet::agents {

// Which files are rewritten, and how. A value.
struct CodemodTask {
  syntax::Codemod codemod;
  std::optional<text::GlobSet> paths;  // absent: all files that the codemod covers
  std::optional<text::GlobSet> reads;  // of those; absent: all
};

// `codemod:`: find and replace in the tree that the attempt starts from, with no checkout. One file that
// cannot be rewritten (its result would not parse) fails the whole: half a rename is worse than none.
class CodemodAgent final : public Agent {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Agent>> create(const model::Codemod& codemod,
                                                             const std::vector<model::Text>& reads);
  explicit CodemodAgent(CodemodTask task) : task_(std::move(task)) {}
  Want next(const Event& event) override;

 private:
  CodemodTask task_;
};

// Says how many places in how many files. Fails with Fault::world soon after another thread set `stop`.
[[nodiscard]] Result<std::string> rewrite_tree(const CodemodTask& task, git::TreeEditor& editor,
                                               const std::atomic<bool>& stop);

}  // namespace fleet::agents
