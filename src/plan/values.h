#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "model/diagnostic.h"
#include "model/plan.h"
#include "model/workflow.h"
#include "text/expression.h"

namespace fleet::plan {

// The inputs with their values: given ones, else what the workflow says otherwise. Adds a diagnostic for each
// that has neither, and for each that the workflow does not know.
[[nodiscard]] std::map<std::string, std::string> input_values(const model::Workflow& workflow,
                                                              const std::map<std::string, std::string>& given,
                                                              model::Diagnostics& diagnostics);

// The variables that a task's own stand above, those of `defaults` above those of the workflow: in a task,
// `X: ${{ env.X }}` means the X of these.
[[nodiscard]] std::map<std::string, std::string> environment_below(const model::Workflow& workflow);

// Puts values into the texts of one task that must be known before it starts: name, description, globs,
// paths. They may use `matrix`, `inputs`, and those of `env` that need nothing else. What a task's programs
// and agents are told (env, argv, prompts) is left as written, for attempt/.
class TaskValues {
 public:
  // All must outlive it. `task` has its matrix cell and its defaults already.
  TaskValues(const model::Workflow& workflow, const std::map<std::string, std::string>& inputs,
             model::PlannedTask& task, model::Diagnostics& diagnostics)
      : workflow_(workflow), inputs_(inputs), task_(task), diagnostics_(diagnostics) {}

  void put_in();

 private:
  void put_in(std::string& text, model::Location at);
  void put_in_glob(std::string& text, model::Location at);
  void put_in_path(std::string& text, model::Location at);
  [[nodiscard]] const text::Context& context();
  void report(model::Location at, std::string message, std::string suggestion);

  const model::Workflow& workflow_;
  const std::map<std::string, std::string>& inputs_;
  model::PlannedTask& task_;
  model::Diagnostics& diagnostics_;
  // Made when the first text needs them.
  std::optional<text::Context> context_;
  std::set<std::string> later_env_;  // names in `env` whose values are not known yet
};

}  // namespace fleet::plan
