#include "attempt/context.h"

#include <fmt/format.h>

#include <algorithm>

#include "attempt/env_values.h"

namespace fleet::attempt {
namespace {

using model::TaskState;
using text::Value;

// Of a matrix, one bad cell makes the whole bad.
int badness(TaskState state) {
  switch (state) {
    case TaskState::failed:
      return 3;
    case TaskState::cancelled:
      return 2;
    case TaskState::skipped:
      return 1;
    default:
      return 0;
  }
}

std::string_view result_word(TaskState state) {
  switch (state) {
    case TaskState::done:
      return "success";
    case TaskState::failed:
      return "failure";
    case TaskState::cancelled:
      return "cancelled";
    default:
      return "skipped";
  }
}

Value needs_value(const model::Plan& plan, const std::vector<engine::NeedResult>& needs) {
  Value all = Value::object();
  std::map<std::string, TaskState> worst;
  for (const engine::NeedResult& need : needs) {
    const std::string& id = plan.task(need.task).spec.id;
    const auto [entry, is_first] = worst.try_emplace(id, need.state);
    if (badness(need.state) > badness(entry->second)) entry->second = need.state;
    Value& value = all[id];
    value["result"] = std::string(result_word(entry->second));
    if (is_first) value["outputs"] = Value::object();
    for (const auto& [name, output] : need.outputs)
      value["outputs"][name] = output;
  }
  return all;
}

Value object_of(const std::map<std::string, std::string>& values) {
  Value object = Value::object();
  for (const auto& [name, value] : values)
    object[name] = value;
  return object;
}

}  // namespace

Result<text::Context> context(const model::Plan& plan, const model::PlannedTask& task,
                              const std::vector<engine::NeedResult>& needs, const RunFacts& facts) {
  text::Context context;
  context.roots["matrix"] = object_of(task.matrix);
  context.roots["inputs"] = object_of(plan.inputs);
  context.roots["needs"] = needs_value(plan, needs);
  context.roots["run"] = Value{{"id", facts.run}};
  context.call = [&needs, &facts](std::string_view function,
                                  const std::vector<Value>& arguments) -> Result<Value> {
    const auto any = [&needs](TaskState state) {
      return std::any_of(needs.begin(), needs.end(),
                         [state](const auto& need) { return need.state == state; });
    };
    if (function == "always") return Value(true);
    if (function == "failure") return Value(any(TaskState::failed));
    if (function == "cancelled") return Value(any(TaskState::cancelled));
    if (function == "success") {
      return Value(std::all_of(needs.begin(), needs.end(),
                               [](const auto& need) { return need.state == TaskState::done; }));
    }
    if (function == "changed") {
      std::vector<std::string> globs;
      globs.reserve(arguments.size());
      for (const Value& argument : arguments)
        globs.push_back(text::to_text(argument));
      FLEET_TRY(const bool changed, facts.changed(globs));
      return Value(changed);
    }
    return base::fail_input("evaluate", fmt::format("{}()", function), "there is no such function");
  };
  FLEET_TRY(const auto env, env_values(context, plan.env, task.spec.env));
  context.roots["env"] = object_of(env);
  return context;
}

Result<bool> condition_holds(const model::Plan& plan, const model::PlannedTask& task,
                             const std::vector<engine::NeedResult>& needs, const RunFacts& facts) {
  if (!task.spec.condition) return true;
  auto expression = text::Expression::parse(task.spec.condition->value);
  if (!expression) {
    return base::fail_input("evaluate the `if` of", task.id, expression.error().message);
  }
  FLEET_TRY(const text::Context known, context(plan, task, needs, facts));
  FLEET_TRY(const Value value, expression->evaluate(known));
  return text::is_true(value);
}

}  // namespace fleet::attempt
