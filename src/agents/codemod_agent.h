#pragma once

#include <atomic>
#include <optional>

#include "agents/agent.h"
#include "syntax/codemod.h"
#include "text/glob.h"

namespace fleet::agents {

// `codemod:`: find and replace in the tree that the attempt starts from, with no checkout. One file that
// cannot be rewritten (its result would not parse) fails the whole: half a rename is worse than none.
class CodemodAgent final : public Agent {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Agent>> create(const model::Codemod& codemod);
  CodemodAgent(syntax::Codemod codemod, std::optional<text::GlobSet> paths)
      : codemod_(std::move(codemod)), paths_(std::move(paths)) {}
  Want next(const Event& event) override;

 private:
  syntax::Codemod codemod_;
  std::optional<text::GlobSet> paths_;  // absent: all files of the language
};

// Rewrites every file that the paths name (absent: that the codemod covers), and says how many places in how
// many files. Fails with Fault::world soon after another thread set `stop`.
[[nodiscard]] Result<std::string> rewrite_tree(const syntax::Codemod& codemod,
                                               const std::optional<text::GlobSet>& paths,
                                               git::TreeEditor& editor, const std::atomic<bool>& stop);

}  // namespace fleet::agents
