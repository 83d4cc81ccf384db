#pragma once

#include <map>
#include <memory>
#include <vector>

#include "attempt/attempt.h"
#include "attempt/merger.h"
#include "attempt/services.h"
#include "engine/executor.h"

namespace fleet::attempt {

// The Executor of the product: carries attempts out on this machine. Owned and used by the loop's thread.
class LocalExecutor final : public engine::Executor {
 public:
  explicit LocalExecutor(const Services& services) : services_(services), merger_(services) {}
  void perform(const engine::Action& action, engine::Inbox& inbox) override;

  // Before a resumed run goes on: the results that it had integrated.
  void restore(std::vector<git::TaskResult> results, std::function<void(Result<>)> done) {
    merger_.restore(std::move(results), std::move(done));
  }

 private:
  void evaluate(const engine::EvaluateCondition& action, engine::Inbox& inbox);
  void start(const engine::StartAttempt& action, engine::Inbox& inbox);
  void grant(const engine::Call& call);
  void stop(const engine::StopAttempt& action);
  void merge(const engine::Merge& action, engine::Inbox& inbox);

  const Services& services_;
  Merger merger_;
  std::map<engine::Serial, std::shared_ptr<Attempt>> running_;
};

}  // namespace fleet::attempt
