#include "attempt/result_key.h"

#include <fmt/format.h>

#include "git/sha1.h"
#include "model/json_workflow.h"

namespace fleet::attempt {
namespace {

using model::Json;

// Texts without their places in the file.
Json values(const std::vector<model::Text>& texts) {
  Json list = Json::array();
  for (const model::Text& text : texts)
    list.push_back(text.value);
  return list;
}

Json definition(const model::PlannedTask& task) {
  model::TaskSpec spec = task.spec;
  Json json;
  if (auto* command = std::get_if<model::Command>(&spec.work)) {
    json["run"] = model::to_json(command->line);
  } else if (auto* codemod = std::get_if<model::Codemod>(&spec.work)) {
    codemod->at = {};
    json["codemod"] = model::to_json(*codemod);
  } else {
    auto& prompt = std::get<model::Prompt>(spec.work);
    json["agent"] = {prompt.agent, prompt.text};
  }
  for (const model::Command& check : spec.checks)
    json["check"].push_back(model::to_json(check.line));
  json["reads"] = values(spec.reads);
  if (spec.writes) json["writes"] = values(*spec.writes);
  json["expect"] = values(spec.expect);
  json["keep"] = values(spec.keep);
  json["env"] = model::to_json(spec.env);
  json["secrets"] = values(spec.secrets);
  if (spec.sandbox) json["sandbox"] = model::to_json(*spec.sandbox);
  json["outputs"] = spec.outputs;
  json["matrix"] = model::to_json(task.matrix);
  return json;
}

// Who does a prompt, with all that was said of them.
Json agents_of(const model::Plan& plan, TaskIndex task) {
  Json agents = Json::array();
  for (const model::AgentLink& link : plan.task(task).links) {
    model::SingleAgent agent = plan.agents.at(link.agent);
    // How it is let in, how long one waits for it, and what it costs, say nothing of the result.
    agent.key.clear();
    agent.price.reset();
    agent.context.reset();
    agent.max_output.reset();
    agent.idle_timeout.reset();
    agents.push_back({link.agent, model::to_json(agent)});
  }
  return agents;
}

}  // namespace

std::string result_key(const model::Plan& plan, const Keepers& keepers, TaskIndex task, ObjectId base_tree,
                       const std::vector<engine::NeedResult>& needs) {
  Json json = definition(plan.task(task));
  json["task"] = plan.task(task).id;
  if (!plan.task(task).links.empty()) json["agents"] = agents_of(plan, task);
  json["start"] = base_tree.hex();
  json["inputs"] = model::to_json(plan.inputs);
  json["workflow_env"] = model::to_json(plan.env);
  for (const engine::NeedResult& need : needs)
    json["needs"][plan.task(need.task).id] = {base::name_of(need.state), model::to_json(need.outputs)};
  // Who keeps files decides what they are together with all that it stands on.
  for (const TaskIndex above : keepers.above(task)) {
    Json& kept = json["kept"][plan.task(above).id];
    kept.push_back(definition(plan.task(above)));
    for (const TaskIndex further : ancestors(plan, above))
      kept.push_back(definition(plan.task(further)));
  }
  std::string hex;
  for (const std::uint8_t byte : git::sha1(model::dump_json(json)))
    hex += fmt::format("{:02x}", byte);
  return hex;
}

std::string_view what_changed(const model::Plan& before, TaskIndex was, const model::Plan& now,
                              TaskIndex is) {
  if (!now.task(is).spec.keep.empty()) return "the files that it keeps are no part of a result";
  if (before.inputs != now.inputs) return "the inputs of the workflow have changed";
  if (before.env != now.env) return "the `env` of the workflow has changed";
  if (definition(before.task(was)) != definition(now.task(is))) return "its definition has changed";
  if (agents_of(before, was) != agents_of(now, is)) return "its agents have changed";
  return "what it stands on has changed";
}

}  // namespace fleet::attempt
