#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/rule.h"
#include "model/finding.h"
#include "syntax/tree.h"

namespace fleet::analysis {

// A file that rules look at. Views: the caller keeps all of it.
struct SourceFile {
  std::string_view path;  // from the root of the repository; for globs and findings
  std::string_view text;
  // Null: rules of languages do not look at it. Else parsed with Keep::nodes_and_parsed.
  const syntax::Tree* tree = nullptr;
};

struct RuleResult {
  std::vector<model::Finding> findings;  // in the file's order, without fingerprints (fingerprint.h)
  std::vector<std::string_view> ran;     // ids of the rules that looked at the whole file
  std::string gave_up;                   // why some did not; empty: all did
};

// Rules, ready to be looked for. What a language needs is compiled when its first file comes, so that a run
// over Python never compiles patterns of C. Immutable otherwise; any number of threads may run it at once.
class RuleSet {
 public:
  static constexpr std::size_t kMostFindings = 2'000;  // in one file, of all rules

  // The rules must have been read without a diagnostic, and all of them checked: with Check::everything, or,
  // of those that come with fleet, by the tests (rule_file.h).
  explicit RuleSet(std::vector<Rule> rules);
  ~RuleSet();
  RuleSet(RuleSet&&) noexcept;
  RuleSet& operator=(RuleSet&&) noexcept;

  [[nodiscard]] const std::vector<Rule>& rules() const;

  // Never fails: a file that costs more than `bounds` allow of time and of steps, for all rules together, or
  // that has more findings than are kept, has what was found until then, and says so.
  [[nodiscard]] RuleResult run(const SourceFile& file, const syntax::Bounds& bounds = {}) const;
  // The same for one rule, whatever its globs say: for examples.
  [[nodiscard]] RuleResult run_one(std::string_view id, const SourceFile& file,
                                   const syntax::Bounds& bounds = {}) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace fleet::analysis
