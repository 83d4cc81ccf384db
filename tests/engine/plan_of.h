#pragma once

#include <algorithm>
#include <chrono>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "model/plan.h"

namespace fleet::engine::tests {

// A plan by hand. What follows a task() is about that task:
//
//   PlanOf().task("a").retries(2).task("b", {"a"}).parallel(4)
class PlanOf {
 public:
  PlanOf() {
    plan_.settings.parallel.value = 8;
    plan_.settings.grace.value = std::chrono::seconds(10);
  }

  // Needs must stand before it, so that plan order is topological.
  PlanOf& task(std::string id, std::initializer_list<std::string_view> needs = {}) {
    std::vector<TaskIndex> row;
    for (const std::string_view need : needs)
      row.push_back(plan_.find(need).value());
    return task(std::move(id), std::move(row));
  }
  PlanOf& task(std::string id, std::vector<TaskIndex> needs) {
    model::PlannedTask& planned = plan_.tasks.emplace_back();
    planned.id = planned.title = planned.spec.id = std::move(id);
    planned.spec.work = model::Command{"true", {}};
    needs_.push_back(std::move(needs));
    return *this;
  }

  PlanOf& retries(int times, model::Retry retry = {}) {
    last().retries.value = retry.times = times;
    last().spec.retry = retry;
    return *this;
  }
  PlanOf& rollback() {
    last().spec.rollback = model::Command{"undo", {}};
    return *this;
  }
  PlanOf& once() {
    last().spec.once = true;
    return *this;
  }
  PlanOf& condition(std::string text = "some condition") {
    last().spec.condition = model::Text{std::move(text), {}};
    return *this;
  }
  // As a task whose `if` is always().
  PlanOf& runs_after_failure() {
    last().runs_after_failure = true;
    return condition("always()");
  }
  PlanOf& priority(model::Priority priority) {
    last().spec.priority = priority;
    return *this;
  }
  PlanOf& lasts(Duration duration) {
    last().forecast = duration;
    return *this;
  }
  PlanOf& agent(const std::string& name) {
    last().spec.work = model::Prompt{name, "do it", {}};
    last().links = {{name, {name}}};
    plan_.agents[name].url = name;  // each has a provider of its own
    return *this;
  }
  PlanOf& cost(double usd) {
    plan_.settings.cost.value = usd;
    return *this;
  }
  // One after the other; `name` is that of all of them together.
  PlanOf& chain(const std::string& name, const std::vector<std::string>& agents) {
    last().spec.work = model::Prompt{name, "do it", {}};
    last().links.clear();
    for (const std::string& agent : agents) {
      last().links.push_back({agent, {name, agent}});
      plan_.agents[agent].url = agent;
    }
    return *this;
  }

  PlanOf& parallel(int attempts) {
    plan_.settings.parallel.value = attempts;
    return *this;
  }
  PlanOf& agent_parallel(const std::string& name, int attempts) {
    plan_.agent_parallel[name] = attempts;
    return *this;
  }
  PlanOf& conflicts(model::ConflictStrategy strategy) {
    plan_.settings.conflicts.value = strategy;
    return *this;
  }
  PlanOf& duration(Duration limit) {
    plan_.settings.duration.value = limit;
    return *this;
  }
  PlanOf& grace(Duration grace) {
    plan_.settings.grace.value = grace;
    return *this;
  }
  PlanOf& stop_when_failed(double share) {
    plan_.settings.stop_when_failed.value = share;
    return *this;
  }
  PlanOf& ask_when_failed(double share, model::FailureAnswer otherwise = model::FailureAnswer::abort) {
    plan_.settings.ask_when_failed.value = model::AskWhenFailed{share, otherwise};
    return *this;
  }

  [[nodiscard]] model::Plan build() const {
    model::Plan plan = plan_;
    plan.graph = model::Graph(needs_);
    for (std::size_t i = plan.tasks.size(); i-- > 0;) {
      model::PlannedTask& planned = plan.tasks[i];
      const TaskIndex index{static_cast<std::uint32_t>(i)};
      for (const TaskIndex dependent : plan.graph.dependents(index))
        planned.remaining = std::max(planned.remaining, plan.task(dependent).remaining);
      planned.remaining += planned.forecast.value_or(std::chrono::seconds(1));
    }
    return plan;
  }

 private:
  model::PlannedTask& last() { return plan_.tasks.back(); }

  model::Plan plan_;
  std::vector<std::vector<TaskIndex>> needs_;
};

}  // namespace fleet::engine::tests
