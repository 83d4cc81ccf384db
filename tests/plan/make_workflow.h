#pragma once

#include <string>
#include <utility>
#include <vector>

#include "model/workflow.h"

namespace fleet::plan {

// A task `id: {needs: [...], run: "true"}` at the given line, its needs at columns 10, 20, ...
inline model::WorkflowTask make_task(std::string id, std::vector<std::string> needs = {}, int line = 1) {
  model::WorkflowTask task;
  task.id = std::move(id);
  task.at = {line, 3};
  task.work = model::Command{std::string("true"), {line, 5}};
  int column = 0;
  for (std::string& need : needs)
    task.needs.push_back({std::move(need), {line, column += 10}});
  return task;
}

inline model::Workflow make_workflow(std::vector<model::WorkflowTask> tasks) {
  model::Workflow workflow;
  workflow.name = "test";
  workflow.path = "workflow.yml";
  workflow.tasks = std::move(tasks);
  return workflow;
}

inline std::vector<model::Text> texts(std::vector<std::string> values) {
  std::vector<model::Text> out;
  for (std::string& value : values)
    out.push_back({std::move(value), {}});
  return out;
}

}  // namespace fleet::plan
