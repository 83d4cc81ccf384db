#include "app/instructions.h"

#include <algorithm>
#include <set>

#include "agents/model_api.h"
#include "git/tree.h"
#include "text/utf8.h"

namespace fleet::app {

bool asks_models(const model::Plan& plan) {
  return std::any_of(plan.agents.begin(), plan.agents.end(),
                     [](const auto& agent) { return agents::model_api(agent.second.use) != nullptr; });
}

Result<std::string> project_instructions(const git::Repository& repository, ObjectId commit) {
  constexpr std::uint64_t kMost = 64 * 1024;  // bytes; what is larger is no advice
  const git::ObjectStore& objects = repository.objects();
  FLEET_TRY(const ObjectId tree, objects.tree_of(commit));
  std::string text;
  std::set<ObjectId> taken;  // one of them may be a copy of the other
  for (const char* name : {"AGENTS.md", "CLAUDE.md"}) {
    FLEET_TRY(const git::Place place, git::look_up(objects, tree, name));
    if (!place.entry.is_file() || !taken.insert(place.entry.id).second) continue;
    FLEET_TRY(const std::uint64_t size, objects.blob_size(place.entry.id));
    if (size > kMost) continue;
    FLEET_TRY(const std::string content, objects.read_blob(place.entry.id));
    text += std::string(name) + ":\n" + text::to_valid_utf8(content) + '\n';
  }
  return text;
}

}  // namespace fleet::app
