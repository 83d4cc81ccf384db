#pragma once

#include <memory>
#include <string>
#include <vector>

#include "analysis/analyzer.h"
#include "analysis/known_findings.h"
#include "analysis/rule_set.h"
#include "base/object_id.h"
#include "base/result.h"
#include "git/object_store.h"
#include "model/change.h"
#include "model/workflow.h"

namespace fleet::attempt {

// What a change would fail the run's gate by.
struct GateFailures {
  std::vector<std::string> failures;  // each a sentence; empty: it would pass
  std::string feedback;               // what to mend, and where
  std::string note;                   // why it was not held against the gate; empty: it was
};

// Holds the change of one attempt against the run's gate, so that the next attempt can mend what is wrong
// with it: new findings of fleet's rules, and the complexity of functions. Scores, cppcheck and dependencies
// are judged when the run ends. Immutable; any thread. The store must outlive it.
class ChangeGate {
 public:
  // `judge_tree`: where the baseline lies. An Error (Fault::input) when that is damaged.
  [[nodiscard]] static Result<std::shared_ptr<const ChangeGate>> create(const git::ObjectStore& store,
                                                                        const model::Gate& gate,
                                                                        std::vector<analysis::Rule> rules,
                                                                        ObjectId judge_tree);

  // Of files of more than kMostHeld bytes, before and after, nothing is said: it is the run's end that judges
  // them. Takes some seconds at most.
  static constexpr std::uint64_t kMostHeld = 8 << 20;
  [[nodiscard]] Result<GateFailures> hold(const std::vector<model::Change>& changes) const;

 private:
  ChangeGate(const git::ObjectStore& store, const model::Gate& gate, std::vector<analysis::Rule> rules);

  const git::ObjectStore& store_;
  model::Gate gate_;
  analysis::RuleSet rules_;
  analysis::Analyzer analyzer_;
  analysis::KnownFindings baseline_;
};

}  // namespace fleet::attempt
