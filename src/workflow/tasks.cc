#include "text/glob.h"
#include "workflow/names.h"
#include "workflow/parts.h"
#include "workflow/reader.h"

namespace fleet::workflow {
namespace {

using model::TaskSpec;
using model::WorkflowTask;

std::vector<model::Text> read_globs(Reader& reader, yaml::Node node) {
  std::vector<model::Text> globs;
  for (const yaml::Node item : read_list(reader, node, "a list of globs")) {
    note_expressions(reader, item, Scope::planning);
    if (!has_expression(item.text())) check_glob(reader, item);  // else plan/ does, once it knows the value
    globs.push_back(text_of(item));
  }
  if (globs.size() > text::GlobSet::kMaxGlobs) {
    reader.problems.add(node, fmt::format("there are more than {} globs", text::GlobSet::kMaxGlobs));
  }
  return globs;
}

std::vector<model::Text> read_paths(Reader& reader, yaml::Node node) {
  std::vector<model::Text> paths;
  for (const yaml::Node item : read_list(reader, node, "a list of paths")) {
    note_expressions(reader, item, Scope::planning);
    check_path(reader, item);
    paths.push_back(text_of(item));
  }
  return paths;
}

std::vector<model::Text> read_names(Reader& reader, yaml::Node node, NameOf what) {
  std::vector<model::Text> names;
  for (const yaml::Node item : read_list(reader, node, "a list of names")) {
    reader.names.push_back({item, reader.task, what});
    names.push_back(text_of(item));
  }
  return names;
}

void read_condition(Reader& reader, yaml::Node node, WorkflowTask& task) {
  if (!expect_scalar(reader, node, "an expression")) return;
  reader.expressions.push_back({node, reader.task, Scope::condition});
  task.condition = model::Text{std::string(condition_of(node.text()).text), node.at()};
}

std::vector<std::string> read_axis(Reader& reader, yaml::Node node) {
  std::vector<std::string> values;
  if (!node.is_sequence() || node.empty()) {
    reader.problems.add(node, "an axis is a list of at least one value", "write `[core, viewer]`");
    return values;
  }
  for (const yaml::Node item : read_list(reader, node, "a list of values")) {
    note_expressions(reader, item, Scope::none);
    values.emplace_back(item.text());
  }
  return values;
}

void read_matrix(Reader& reader, yaml::Node node, WorkflowTask& task) {
  if (!expect_mapping(reader, node, "`matrix`")) return;
  std::size_t cells = 1;
  for (const yaml::Entry axis : node.entries()) {
    if (axis.key.text() == "include" || axis.key.text() == "exclude") {
      reader.problems.add(
          axis.key,
          fmt::format("`{}` is not supported: a matrix is the product of its axes", axis.key.text()),
          "write a second task for what differs");
      continue;
    }
    check_id(reader, axis.key, "an axis");
    std::vector<std::string> values = read_axis(reader, axis.value);
    cells = std::min(cells * std::max<std::size_t>(values.size(), 1), kMostMatrixCells + 1);
    task.matrix.emplace_back(axis.key.text(), std::move(values));
  }
  if (task.matrix.size() > kMostAxes) {
    reader.problems.add(node, fmt::format("the matrix has more than {} axes", kMostAxes), "split it");
  }
  if (node.empty()) reader.problems.add(node, "the matrix has no axis", "write `{package: [core, viewer]}`");
  if (cells > kMostMatrixCells) {
    reader.problems.add(node, fmt::format("the matrix makes more than {} tasks", kMostMatrixCells),
                        "split it");
  }
}

void read_outputs(Reader& reader, yaml::Node node, WorkflowTask& task) {
  for (const yaml::Node item : read_list(reader, node, "a list of names")) {
    if (check_is_name(reader, item)) check_id(reader, item, "an output");
    task.outputs.emplace_back(item.text());
  }
  if (task.outputs.size() > kMostOutputs) {
    reader.problems.add(node, fmt::format("there are more than {} outputs", kMostOutputs));
  }
}

void read_secrets(Reader& reader, yaml::Node node, WorkflowTask& task) {
  for (const yaml::Node item : read_list(reader, node, "a list of names of environment variables")) {
    if (check_is_name(reader, item)) check_environment_name(reader, item);
    task.secrets.push_back(text_of(item));
  }
}

// Read by read_work, which sees them together.
void leave_to_work(Reader& /*reader*/, yaml::Node /*node*/, WorkflowTask& /*task*/) {}

const Key<WorkflowTask> kTaskKeys[] = {
    {"name",
     [](Reader& r, yaml::Node v, WorkflowTask& task) { task.name = read_line(r, v, Scope::planning); }},
    {"description", [](Reader& r, yaml::Node v,
                       WorkflowTask& task) { task.description = read_text(r, v, Scope::planning); }},
    {"needs",
     [](Reader& r, yaml::Node v, WorkflowTask& task) { task.needs = read_names(r, v, NameOf::task); }},
    {"if", read_condition},
    {"run", leave_to_work},
    {"codemod", leave_to_work},
    {"agent", leave_to_work},
    {"prompt", leave_to_work},
    {"check",
     [](Reader& r, yaml::Node v, WorkflowTask& task) { task.checks = read_commands(r, v, "check"); }},
    {"rollback",
     [](Reader& r, yaml::Node v, WorkflowTask& task) { task.rollback = read_command(r, v, "rollback"); }},
    {"reads", [](Reader& r, yaml::Node v, WorkflowTask& task) { task.reads = read_globs(r, v); }},
    {"writes", [](Reader& r, yaml::Node v, WorkflowTask& task) { task.writes = read_globs(r, v); }},
    {"expect", [](Reader& r, yaml::Node v, WorkflowTask& task) { task.expect = read_paths(r, v); }},
    {"keep", [](Reader& r, yaml::Node v, WorkflowTask& task) { task.keep = read_paths(r, v); }},
    {"once",
     [](Reader& r, yaml::Node v, WorkflowTask& task) { task.once = read_boolean(r, v).value_or(false); }},
    {"priority",
     [](Reader& r, yaml::Node v, WorkflowTask& task) {
       task.priority = read_word<model::Priority>(r, v).value_or(task.priority);
     }},
    {"timeout", [](Reader& r, yaml::Node v, WorkflowTask& task) { task.timeout = read_duration(r, v); }},
    {"retry",
     [](Reader& r, yaml::Node v, WorkflowTask& task) {
       task.retry = r.workflow.defaults.retry;
       read_retry(r, v, task.retry);
     }},
    {"env",
     [](Reader& r, yaml::Node v, WorkflowTask& task) {
       task.env = read_environment(r, v, Scope::attempt);
       check_environment_cycles(r, v);
     }},
    {"secrets", read_secrets},
    {"sandbox",
     [](Reader& r, yaml::Node v, WorkflowTask& task) {
       task.sandbox = r.workflow.defaults.sandbox;
       read_sandbox(r, v, task.sandbox);
     }},
    {"outputs", read_outputs},
    {"implements", [](Reader& r, yaml::Node v,
                      WorkflowTask& task) { task.implements = read_names(r, v, NameOf::requirement); }},
    {"matrix", read_matrix},
};

// What each key allows alone, but not together.
void check_contradictions(Reader& reader, yaml::Node node, const TaskSpec& task) {
  const bool must_change = !task.expect.empty() || !std::holds_alternative<model::Command>(task.work);
  if (task.writes && task.writes->empty() && must_change) {
    if (const auto writes = find(node, "writes");
        writes && writes->value.is_sequence() && writes->value.empty()) {
      reader.problems.add(writes->value, "this task has to change something, and may change nothing",
                          "name what it may change, or remove `writes`");
    }
  }
  const bool runs_nothing =
      std::holds_alternative<model::Codemod>(task.work) && task.checks.empty() && !task.rollback;
  if (const auto sandbox = find(node, "sandbox"); sandbox && runs_nothing) {
    reader.problems.add(sandbox->key, "a codemod runs no program that a sandbox could bind",
                        "remove it; `writes` says what a codemod may change");
  }
}

// A name with two values, of which one is to be seen by nobody.
void check_secrets(Reader& reader, yaml::Node node, const TaskSpec& task) {
  if (task.secrets.empty()) return;
  const auto env = find(node, "env");
  const auto refuse = [&](yaml::Node secret) {
    const std::string name(secret.text());
    const bool of_defaults = reader.workflow.defaults.env.contains(name);
    if (task.env.contains(name)) {
      if (const auto set = find(env->value, name))
        reader.problems.add(set->key, fmt::format("{} is also in `secrets`", quote(name)),
                            "keep one of them");
    } else if (of_defaults || reader.workflow.env.contains(name)) {
      reader.problems.add(secret,
                          fmt::format("{} is also in the `env` of {}", quote(name),
                                      of_defaults ? "`defaults`" : "the workflow"),
                          "keep one of them");
    }
  };
  const yaml::Node secrets = find(node, "secrets")->value;
  if (secrets.is_scalar()) refuse(secrets);
  for (const yaml::Node secret : secrets.items())
    refuse(secret);
}

std::size_t cells_of(const TaskSpec& task) {
  std::size_t cells = 1;
  for (const auto& [axis, values] : task.matrix)
    cells = std::min(cells * std::max<std::size_t>(values.size(), 1), kMostMatrixCells);
  return cells;
}

}  // namespace

void read_tasks(Reader& reader, yaml::Node node, model::Workflow& into) {
  if (!expect_mapping(reader, node, "`tasks`", "give each task a name: `hello: {run: echo hello}`")) return;
  if (node.empty())
    reader.problems.add(node, "there are no tasks", "write at least one: `hello: {run: echo hello}`");
  into.tasks.reserve(std::min(node.size(), kMostTasks));
  std::size_t planned = 0;
  for (const yaml::Entry entry : node.entries()) {
    WorkflowTask task;
    reader.task = static_cast<std::uint32_t>(into.tasks.size());
    task.id = entry.key.text();
    task.at = entry.key.at();
    task.priority = into.defaults.priority.value_or(task.priority);
    check_id(reader, entry.key, "a task");
    if (expect_mapping(reader, entry.value, "a task",
                       fmt::format("write `{{run: {}}}`", in_braces(entry.value.text())))) {
      const UnknownKeys unknown = read_keys(reader, entry.value, "a task", kTaskKeys, task);
      read_work(reader, entry, unknown, task);
      check_contradictions(reader, entry.value, task);
      check_secrets(reader, entry.value, task);
    }
    planned += cells_of(task);
    into.tasks.push_back(std::move(task));
    if (planned > kMostTasks) {
      reader.problems.add(entry.key, fmt::format("from here on there are more than {} tasks", kMostTasks),
                          "split the workflow");
      break;
    }
  }
  reader.task = kNoTask;
}

}  // namespace fleet::workflow
