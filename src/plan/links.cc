#include "plan/links.h"

#include <algorithm>
#include <map>

namespace fleet::plan {
namespace {

// How likely the next try succeeds, with no more known than this (Laplace's rule of succession).
double chance(const AgentTally& tally) {
  return (tally.done + 1.0) / (tally.tries + 2.0);
}

class Walk {
 public:
  Walk(const model::Workflow& workflow, const AgentRecords& records) : records_(records) {
    for (const model::AgentSpec& agent : workflow.agents)
      agents_.emplace(agent.name, &agent);
  }

  // False when a name is missing, or one leads back to itself.
  bool visit(const std::string& name) {
    const auto found = agents_.find(name);
    const bool leads_back = std::find(named_.begin(), named_.end(), name) != named_.end();
    if (found == agents_.end() || leads_back) return false;
    named_.push_back(name);
    const bool good = visit(*found->second);
    named_.pop_back();
    return good;
  }

  std::vector<model::AgentLink> links;

 private:
  bool visit(const model::AgentSpec& agent) {
    if (const auto* chain = std::get_if<model::FirstOf>(&agent.what)) {
      return std::all_of(chain->agents.begin(), chain->agents.end(),
                         [this](const model::Text& member) { return visit(member.value); });
    }
    if (const auto* choice = std::get_if<model::ChooseFrom>(&agent.what)) {
      const auto best = std::max_element(
          choice->agents.begin(), choice->agents.end(),
          [this](const model::Text& a, const model::Text& b) { return rank(a.value) < rank(b.value); });
      return best != choice->agents.end() && visit(best->value);
    }
    const bool is_there = std::any_of(links.begin(), links.end(),
                                      [&](const model::AgentLink& link) { return link.agent == agent.name; });
    if (!is_there) links.push_back({agent.name, named_});
    return true;
  }

  // A chain is as good as its first.
  double rank(std::string name) const {
    for (std::size_t steps = 0; steps <= agents_.size(); ++steps) {
      const auto found = agents_.find(name);
      if (found == agents_.end()) return 0;
      const auto* chain = std::get_if<model::FirstOf>(&found->second->what);
      const auto* choice = std::get_if<model::ChooseFrom>(&found->second->what);
      const auto* members = chain ? &chain->agents : choice ? &choice->agents : nullptr;
      if (members == nullptr || members->empty()) break;
      name = members->front().value;
    }
    const auto tally = records_.find(name);
    return chance(tally == records_.end() ? AgentTally{} : tally->second);
  }

  const AgentRecords& records_;
  std::map<std::string, const model::AgentSpec*, std::less<>> agents_;
  std::vector<std::string> named_;
};

}  // namespace

std::vector<model::AgentLink> links(const model::Workflow& workflow, std::string_view agent,
                                    const AgentRecords& records) {
  Walk walk(workflow, records);
  if (!walk.visit(std::string(agent))) return {};
  return std::move(walk.links);
}

}  // namespace fleet::plan
