#include "workflow/reader.h"

#include "text/key_like.h"
#include "workflow/parts.h"

namespace fleet::workflow {
namespace {

using model::Workflow;

void read_version(Reader& reader, yaml::Node node, Workflow& workflow) {
  const auto version = number_of(node);
  if (version && *version == workflow.version) return;
  workflow.version = 0;
  if (version) {
    reader.problems.add(node,
                        fmt::format("version {} of the workflow file is not known to this build of fleet",
                                    quote(node.text())),
                        "write `version: 1`, or use a newer fleet");
  } else {
    reader.problems.add(node, "the version is a whole number", "write `version: 1`");
  }
}

// Read by read_root, which needs them in another order than the file's.
void leave_to_root(Reader& /*reader*/, yaml::Node /*node*/, Workflow& /*workflow*/) {}

const Key<Workflow> kRootKeys[] = {
    {"version", read_version},
    {"name", [](Reader& r, yaml::Node v, Workflow& workflow) { workflow.name = read_line(r, v); }},
    {"requirements", read_requirements},
    {"inputs", read_inputs},
    {"env",
     [](Reader& r, yaml::Node v, Workflow& workflow) { workflow.env = read_environment(r, v, Scope::run); }},
    {"limits", [](Reader& r, yaml::Node v, Workflow& workflow) { read_limits(r, v, workflow.limits); }},
    {"agents", read_agents},
    {"defaults", leave_to_root},
    {"tasks", leave_to_root},
    {"conflicts", read_conflicts},
    {"gate", read_gate},
    {"deliver",
     [](Reader& r, yaml::Node v, Workflow& workflow) {
       workflow.deliver = read_word<model::Delivery>(r, v).value_or(workflow.deliver);
       workflow.deliver_at = v.at();
     }},
    {"report", [](Reader& r, yaml::Node v, Workflow& workflow) { read_report(r, v, workflow.report); }},
};

void read_root(Reader& reader, yaml::Node root) {
  Workflow& workflow = reader.workflow;
  const UnknownKeys unknown = read_keys(reader, root, "a workflow", kRootKeys, workflow);
  if (!root.is_mapping()) return;
  if (!find(root, "version") && !has_misspelt(unknown, "version"))
    reader.problems.add(root, "the workflow has no version", "begin it with `version: 1`");
  // What a task does not say is taken from the defaults, wherever they stand.
  if (const auto defaults = find(root, "defaults"); defaults && !defaults->value.is_null()) {
    read_defaults(reader, defaults->value, workflow.defaults);
  }
  const auto tasks = find(root, "tasks");
  if (tasks && !tasks->value.is_null()) {
    read_tasks(reader, tasks->value, workflow);
  } else if (!tasks && !has_misspelt(unknown, "tasks")) {
    reader.problems.add(root, "the workflow has no tasks", "add `tasks:` with at least one task");
  }
}

// Keys that were pasted into the file, also where no key belongs.
void check_for_api_keys(Reader& reader, yaml::Node node) {
  for (const yaml::Node item : node.items())
    check_for_api_keys(reader, item);
  for (const yaml::Entry entry : node.entries())
    check_for_api_keys(reader, entry.value);
  if (node.is_scalar() && text::looks_like_api_key(node.text())) {
    reader.problems.add_secret(node,
                               "this looks like an API key, and anyone who can read the file can read it",
                               "keep it in an environment variable; if it was ever committed, revoke it");
  }
}

std::string name_from(std::string_view path) {
  const std::string_view file = path.substr(path.rfind('/') + 1);  // npos + 1 is 0
  return std::string(file.substr(0, file.rfind('.')));
}

}  // namespace

Reading read(std::string path, std::string source) {
  Reading reading;
  Workflow& workflow = reading.workflow;
  workflow.path = std::move(path);
  workflow.source = std::move(source);
  const auto document = yaml::Document::parse(workflow.source);
  if (!document) {
    reading.diagnostics.push_back(document.error());
    reading.diagnostics.back().path = workflow.path;
    return reading;
  }
  Problems problems(workflow.path, *document);
  Reader reader{problems, workflow};
  const yaml::Node root = document->root();
  if (root.is_null()) {
    problems.add(root, "the workflow is empty",
                 "a first one: `version: 1`, then `tasks: {hello: {run: echo hello}}`");
  } else {
    for (const yaml::DoubledKey& key : document->doubled_keys()) {
      problems.add(key.again, fmt::format("the key {} is here twice", quote(key.again.text())),
                   fmt::format("the first one is on line {}: remove one of them", key.first.at().line));
    }
    read_root(reader, root);
    check_names(reader);
    check_agent_cycles(reader);
    check_expressions(reader);
    check_for_api_keys(reader, root);
  }
  if (workflow.name.empty()) workflow.name = name_from(workflow.path);
  reading.diagnostics = problems.take();
  return reading;
}

}  // namespace fleet::workflow
