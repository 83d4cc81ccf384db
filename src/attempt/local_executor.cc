#include "attempt/local_executor.h"

namespace fleet::attempt {

void LocalExecutor::perform(const engine::Action& action, engine::Inbox& inbox) {
  if (const auto* condition = std::get_if<engine::EvaluateCondition>(&action)) {
    evaluate(*condition, inbox);
  } else if (const auto* attempt = std::get_if<engine::StartAttempt>(&action)) {
    start(*attempt, inbox);
  } else if (const auto* grant_to = std::get_if<engine::GrantCall>(&action)) {
    grant(grant_to->call);
  } else if (const auto* end = std::get_if<engine::StopAttempt>(&action)) {
    stop(*end);
  } else if (const auto* result = std::get_if<engine::Merge>(&action)) {
    merge(*result, inbox);
  } else if (const auto* back = std::get_if<engine::Withdraw>(&action)) {
    merger_.withdraw(back->tasks);
  } else if (const auto* publish = std::get_if<engine::Publish>(&action)) {
    merger_.publish(publish->accepted,
                    [&inbox](engine::Published published) { inbox.post(std::move(published)); });
  }
}

void LocalExecutor::evaluate(const engine::EvaluateCondition& action, engine::Inbox& inbox) {
  // On a worker: changed() compares two trees.
  services_.workers.submit_for(
      [&services = services_, action] {
        return condition_holds(services.plan, services.plan.task(action.task), action.needs, services.facts);
      },
      [&inbox, task = action.task](Result<bool> holds) {
        inbox.post(
            engine::ConditionEvaluated{task, holds.value_or(false), holds ? "" : holds.error().line()});
      });
}

void LocalExecutor::start(const engine::StartAttempt& action, engine::Inbox& inbox) {
  const engine::Serial serial = action.serial;
  auto attempt = std::make_shared<Attempt>(services_, merger_, action, inbox,
                                           [this, serial] { running_.erase(serial); });
  running_[serial] = attempt;
  attempt->begin();
}

void LocalExecutor::grant(const engine::Call& call) {
  const auto running = running_.find(call.serial);
  if (running != running_.end()) running->second->granted(call.number);
}

void LocalExecutor::stop(const engine::StopAttempt& action) {
  const auto running = running_.find(action.serial);
  if (running != running_.end()) running->second->stop(action.as, action.hurry);
}

void LocalExecutor::merge(const engine::Merge& action, engine::Inbox& inbox) {
  merger_.offer(action, [&inbox, action](Result<git::Acceptance> answer) {
    if (!answer) {
      inbox.post(engine::Merged{action.task, action.serial, {}, answer.error().line()});
    } else if (answer->accepted) {
      inbox.post(engine::Merged{action.task, action.serial, std::move(answer->conflicts), {}});
    } else {
      inbox.post(engine::Conflicted{action.task, action.serial, std::move(answer->conflicts)});
    }
  });
}

}  // namespace fleet::attempt
