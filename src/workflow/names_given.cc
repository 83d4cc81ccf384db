#include <set>

#include "workflow/names.h"
#include "workflow/parts.h"

namespace fleet::workflow {
namespace {

const Key<model::Requirement> kRequirementKeys[] = {
    {"id",
     [](Reader& r, yaml::Node v, model::Requirement& requirement) {
       if (expect_scalar(r, v, "text") && check_is_name(r, v) && check_id(r, v, "a requirement"))
         requirement.id = v.text();
     }},
    {"text",
     [](Reader& r, yaml::Node v, model::Requirement& requirement) { requirement.text = read_text(r, v); }},
    {"priority",
     [](Reader& r, yaml::Node v, model::Requirement& requirement) {
       requirement.priority = read_word<model::Priority>(r, v).value_or(requirement.priority);
     }},
};

const Key<model::InputSpec> kInputKeys[] = {
    {"description",
     [](Reader& r, yaml::Node v, model::InputSpec& input) { input.description = read_text(r, v); }},
    {"default", [](Reader& r, yaml::Node v,
                   model::InputSpec& input) { input.otherwise = read_value(r, v, Scope::none); }},
};

}  // namespace

void read_requirements(Reader& reader, yaml::Node node, model::Workflow& into) {
  if (!node.is_sequence()) {
    reader.problems.add(node, "`requirements` is a list", "write each on its own line as `- text`");
    return;
  }
  std::set<std::string> taken;
  for (const yaml::Node item : node.items()) {
    model::Requirement requirement;
    requirement.at = item.at();
    if (!item.is_mapping()) {
      requirement.text = read_text(reader, item);
    } else {
      const UnknownKeys unknown = read_keys(reader, item, "a requirement", kRequirementKeys, requirement);
      if (!find(item, "text") && !has_misspelt(unknown, "text"))
        reader.problems.add(item, "the requirement has no text", "add `text: ...`");
      if (!requirement.id.empty() && !taken.insert(requirement.id).second) {
        reader.problems.add(find(item, "id")->value, fmt::format("the id {} is taken", quote(requirement.id)),
                            "choose another one, or leave it out to get the next free one");
      }
    }
    into.requirements.push_back(std::move(requirement));
  }
  int next = 1;
  for (model::Requirement& requirement : into.requirements) {
    while (requirement.id.empty()) {
      std::string free = fmt::format("REQ-{:03}", next++);
      if (taken.insert(free).second) requirement.id = std::move(free);
    }
  }
}

void read_inputs(Reader& reader, yaml::Node node, model::Workflow& into) {
  if (!expect_mapping(reader, node, "`inputs`")) return;
  for (const yaml::Entry entry : node.entries()) {
    model::InputSpec input;
    input.name = entry.key.text();
    input.at = entry.key.at();
    check_id(reader, entry.key, "an input");
    if (!entry.value.is_null()) read_keys(reader, entry.value, "an input", kInputKeys, input);
    into.inputs.push_back(std::move(input));
  }
}

}  // namespace fleet::workflow
