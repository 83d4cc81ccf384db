#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "workflow/names.h"
#include "workflow/parts.h"

namespace fleet::workflow {
namespace {

using Index = std::unordered_map<std::string_view, std::uint32_t>;

void check_need(Reader& reader, const NameUse& use, const Index& tasks,
                const std::vector<std::string_view>& ids) {
  const std::string_view id = use.node.text();
  const auto found = tasks.find(id);
  const std::string_view before_dot = id.substr(0, id.find('.'));
  if (found == tasks.end() && tasks.contains(before_dot)) {
    // As cells are shown.
    reader.problems.add(
        use.node, fmt::format("there is no task {}", quote(id)),
        fmt::format("write `{}`: who needs a task with a matrix needs all its cells", before_dot));
  } else if (found == tasks.end()) {
    reader.problems.add(use.node, fmt::format("there is no task {}", quote(id)),
                        reader.problems.did_you_mean(id, ids));
  } else if (found->second == use.user) {
    reader.problems.add(use.node, fmt::format("the task {} needs itself", quote(id)), "remove it");
  }
}

void check_defined(Reader& reader, const NameUse& use, std::string_view what,
                   const std::vector<std::string_view>& known,
                   const std::unordered_set<std::string_view>& set, std::string_view otherwise) {
  if (set.count(use.node.text()) > 0) return;
  reader.problems.add(use.node, fmt::format("there is no {} {}", what, quote(use.node.text())),
                      reader.problems.did_you_mean(use.node.text(), known, std::string(otherwise)));
}

// The agents that a chain or a choice names.
const std::vector<model::Text>& members(const model::AgentSpec& agent) {
  static const std::vector<model::Text> kNone;
  if (const auto* chain = std::get_if<model::FirstOf>(&agent.what)) return chain->agents;
  if (const auto* choice = std::get_if<model::ChooseFrom>(&agent.what)) return choice->agents;
  return kNone;
}

}  // namespace

void check_names(Reader& reader) {
  const model::Workflow& workflow = reader.workflow;
  std::vector<std::string_view> tasks, agents, requirements;
  Index by_id;
  by_id.reserve(workflow.tasks.size());
  for (const model::TaskSpec& task : workflow.tasks) {
    by_id.emplace(task.id, static_cast<std::uint32_t>(tasks.size()));
    tasks.push_back(task.id);
  }
  for (const model::AgentSpec& agent : workflow.agents)
    agents.push_back(agent.name);
  for (const model::Requirement& requirement : workflow.requirements)
    requirements.push_back(requirement.id);
  const std::unordered_set<std::string_view> known_agents(agents.begin(), agents.end());
  const std::unordered_set<std::string_view> known_requirements(requirements.begin(), requirements.end());
  for (const NameUse& use : reader.names) {
    if (!check_is_name(reader, use.node)) continue;
    switch (use.what) {
      case NameOf::task:
        check_need(reader, use, by_id, tasks);
        break;
      case NameOf::agent:
        check_defined(reader, use, "agent", agents, known_agents, "define it under `agents`");
        break;
      case NameOf::requirement:
        check_defined(reader, use, "requirement", requirements, known_requirements,
                      "write it under `requirements`");
        break;
    }
  }
}

void check_agent_cycles(Reader& reader) {
  const std::vector<model::AgentSpec>& agents = reader.workflow.agents;
  Index by_name;
  for (std::uint32_t i = 0; i < agents.size(); ++i)
    by_name.emplace(agents[i].name, i);

  // Take away agents that lead to nothing untaken, until none is left: what remains leads into a cycle.
  std::vector<std::vector<std::uint32_t>> used_by(agents.size());
  std::vector<std::size_t> open(agents.size(), 0);
  std::vector<std::uint32_t> done;
  for (std::uint32_t i = 0; i < agents.size(); ++i) {
    for (const model::Text& member : members(agents[i])) {
      const auto found = by_name.find(member.value);
      if (found == by_name.end()) continue;
      used_by[found->second].push_back(i);
      ++open[i];
    }
    if (open[i] == 0) done.push_back(i);
  }
  for (std::size_t next = 0; next < done.size(); ++next) {
    for (const std::uint32_t user : used_by[done[next]]) {
      if (--open[user] == 0) done.push_back(user);
    }
  }

  std::vector<bool> seen(agents.size(), false);
  for (std::uint32_t start = 0; start < agents.size(); ++start) {
    std::vector<std::uint32_t> path;
    std::uint32_t at = start;
    while (open[at] > 0 && !seen[at]) {
      seen[at] = true;
      path.push_back(at);
      for (const model::Text& member : members(agents[at])) {
        const auto found = by_name.find(member.value);
        if (found == by_name.end() || open[found->second] == 0) continue;
        at = found->second;
        break;
      }
    }
    const auto cycle = std::find(path.begin(), path.end(), at);
    if (cycle == path.end()) continue;
    std::string shown;
    for (auto each = cycle; each != path.end(); ++each)
      shown += agents[*each].name + " -> ";
    reader.problems.add(reader.agent_keys[*cycle],
                        fmt::format("the agent leads back to itself: {}{}", shown, agents[*cycle].name),
                        "remove one of them from its list");
  }
}

}  // namespace fleet::workflow
