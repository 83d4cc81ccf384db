#include "plan/links.h"

#include <algorithm>
#include <map>
#include <set>

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

  // False when a name is missing, or one leads back to itself. With a list, and no recursion: a chain of
  // chains may be as deep as the file is long. What was reached before adds nothing: its links are there.
  bool visit(const std::string& first) {
    struct Frame {
      std::string name;
      std::vector<std::string> members;
      std::size_t next = 0;
    };
    std::vector<Frame> way;
    std::set<std::string> on_the_way, reached;
    const auto enter = [&](const std::string& name) {
      const auto found = agents_.find(name);
      if (found == agents_.end() || on_the_way.contains(name)) return false;
      if (!reached.insert(name).second) return true;
      const model::AgentSpec& agent = *found->second;
      on_the_way.insert(name);
      way.push_back({name, members(agent), 0});
      if (!std::holds_alternative<model::SingleAgent>(agent.what)) return !way.back().members.empty();
      model::AgentLink& link = links.emplace_back();
      link.agent = name;
      for (const Frame& frame : way) {
        if (&frame == &way.back() || agents_.at(frame.name)->parallel) link.named.push_back(frame.name);
      }
      return true;
    };
    if (!enter(first)) return false;
    while (!way.empty()) {
      if (way.back().next == way.back().members.size()) {
        on_the_way.erase(way.back().name);
        way.pop_back();
        continue;
      }
      const std::string next = way.back().members[way.back().next++];
      if (!enter(next)) return false;
    }
    return true;
  }

  std::vector<model::AgentLink> links;

 private:
  // Of a chain all, of a choice the best.
  [[nodiscard]] std::vector<std::string> members(const model::AgentSpec& agent) const {
    std::vector<std::string> names;
    if (const auto* chain = std::get_if<model::FirstOf>(&agent.what)) {
      for (const model::Text& member : chain->agents)
        names.push_back(member.value);
    } else if (const auto* choice = std::get_if<model::ChooseFrom>(&agent.what)) {
      const auto best = std::max_element(
          choice->agents.begin(), choice->agents.end(),
          [this](const model::Text& a, const model::Text& b) { return rank(a.value) < rank(b.value); });
      if (best != choice->agents.end()) names.push_back(best->value);
    }
    return names;
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
};

}  // namespace

std::vector<model::AgentLink> links(const model::Workflow& workflow, std::string_view agent,
                                    const AgentRecords& records) {
  Walk walk(workflow, records);
  if (!walk.visit(std::string(agent))) return {};
  return std::move(walk.links);
}

}  // namespace fleet::plan
