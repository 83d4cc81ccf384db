#include "workflow/unsupported.h"

#include <fmt/format.h>

#include <map>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "base/enum_names.h"

namespace fleet::workflow {
namespace {

// Agents that tasks use, and all that those lead to, in the file's order.
class Agents {
 public:
  explicit Agents(const model::Workflow& workflow) : workflow_(workflow) {
    for (const model::AgentSpec& agent : workflow.agents)
      by_name_.emplace(agent.name, &agent);
  }

  void use(const std::string& name) {
    std::vector<std::string> open{name};
    while (!open.empty()) {
      const auto found = by_name_.find(open.back());
      open.pop_back();
      if (found == by_name_.end() || !used_.insert(found->second).second) continue;
      const auto* chain = std::get_if<model::FirstOf>(&found->second->what);
      const auto* choice = std::get_if<model::ChooseFrom>(&found->second->what);
      const auto* members = chain ? &chain->agents : choice ? &choice->agents : nullptr;
      if (members == nullptr) continue;
      for (const model::Text& member : *members)
        open.push_back(member.value);
    }
  }

  [[nodiscard]] std::vector<const model::AgentSpec*> used() const {
    std::vector<const model::AgentSpec*> list;
    for (const model::AgentSpec& agent : workflow_.agents) {
      if (used_.contains(&agent)) list.push_back(&agent);
    }
    return list;
  }

 private:
  const model::Workflow& workflow_;
  std::map<std::string, const model::AgentSpec*, std::less<>> by_name_;
  std::set<const model::AgentSpec*> used_;
};

}  // namespace

model::Diagnostics unsupported(const model::Workflow& workflow) {
  model::Diagnostics found;
  const auto add = [&](model::Location at, std::string_view written, std::string what,
                       std::string suggestion) {
    found.push_back({workflow.path, at, static_cast<int>(written.size()),
                     fmt::format("this build of fleet cannot honour {} yet", what), std::move(suggestion)});
  };
  Agents agents(workflow);
  for (const model::TaskSpec& task : workflow.tasks) {
    if (const auto* prompt = std::get_if<model::Prompt>(&task.work)) agents.use(prompt->agent);
  }
  for (const model::AgentSpec* agent : agents.used()) {
    const auto* choice = std::get_if<model::ChooseFrom>(&agent->what);
    if (choice && choice->by == "learned") add(agent->at, agent->name, "`by: learned`", "use `by: record`");
  }
  if (workflow.conflicts == model::ConflictStrategy::agent ||
      workflow.conflicts == model::ConflictStrategy::adaptive) {
    const std::string_view strategy = base::name_of(workflow.conflicts);
    add(workflow.conflicts_at, strategy, fmt::format("the conflict strategy `{}`", strategy),
        "use `fail`, `priority` or `queue`");
  }
  return found;
}

}  // namespace fleet::workflow
