#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "agents/agent_key.h"
#include "agents/cli_program.h"
#include "agents/plugin.h"
#include "app/commands/commands.h"
#include "app/commands/options.h"
#include "app/load.h"
#include "model/json.h"
#include "os/files.h"
#include "os/run_program.h"
#include "terminal/summary.h"
#include "text/utf8.h"

namespace fleet::app {
namespace {

struct AgentsOptions {
  Where where;
  WorkflowChoice choice;
  std::string agent;
  bool json = false;
  int seconds = 60;  // of `test`: for each answer
};

std::string path_of(const World& world) {
  return world.variable("PATH").value_or("/usr/local/bin:/usr/bin:/bin");
}

// Where a program that the workflow names is, seen from the root of the repository.
std::optional<std::string> find_program(const World& world, const std::string& name) {
  return os::executable_on_path(name, path_of(world));
}

// Why it could not begin here; empty: nothing is known against it.
std::string missing(const World& world, const model::SingleAgent& agent) {
  if (const agents::CliProgram* program = agents::cli_program(agent.use)) {
    const std::string name = agent.command.empty() ? std::string(program->name) : agent.command.front();
    if (!find_program(world, name)) {
      return name.find('/') == std::string::npos ? fmt::format("{} is not on PATH", name)
                                                 : fmt::format("there is no program {}", name);
    }
    return !agent.key.empty() && !world.variable(agent.key) ? agent.key + " is not set" : "";
  }
  const std::string key = agents::key_variable(agent);
  return !key.empty() && !world.variable(key) ? key + " is not set" : "";
}

std::string members(std::string_view how, const std::vector<model::Text>& names) {
  std::string text(how);
  for (std::size_t i = 0; i < names.size(); ++i)
    text += (i == 0 ? " " : ", ") + names[i].value;
  return text;
}

Result<base::ExitCode> run_list(World& world, const AgentsOptions& options) {
  FLEET_TRY(const Checkout checkout, open_checkout(world, options.where));
  FLEET_TRY(const Loaded loaded, load(world, checkout, options.choice, Purpose::look));
  std::map<std::string, store::Reader::AgentTally, std::less<>> tallies;
  if (has_state(checkout)) {
    FLEET_TRY(store::Reader reader, open_state(checkout));
    FLEET_TRY(tallies, reader.agent_tallies());
  }
  std::vector<terminal::AgentRow> rows;
  model::Json json = model::Json::array();
  for (const model::AgentSpec& agent : loaded.workflow.agents) {
    terminal::AgentRow& row = rows.emplace_back();
    row.name = agent.name;
    if (const auto* single = std::get_if<model::SingleAgent>(&agent.what)) {
      row.uses = base::name_of(single->use);
      row.model = single->model;
      row.missing = missing(world, *single);
    } else if (const auto* chain = std::get_if<model::FirstOf>(&agent.what)) {
      row.uses = members("first of", chain->agents);
    } else {
      row.uses = members("one of", std::get<model::ChooseFrom>(agent.what).agents);
    }
    if (const auto found = tallies.find(agent.name); found != tallies.end()) {
      row.tries = found->second.tries;
      row.done = found->second.done;
    }
    json.push_back({{"name", row.name},
                    {"uses", row.uses},
                    {"model", row.model},
                    {"missing", row.missing},
                    {"parallel", agent.parallel ? model::Json(*agent.parallel) : model::Json()},
                    {"tries", row.tries},
                    {"done", row.done}});
  }
  const terminal::Look look = world.terminal->look(terminal::Stream::out);
  options.json ? world.out(model::dump_json(json) + "\n")
               : world.say(terminal::agents_table(rows, look), terminal::Stream::out);
  return world.printed();
}

struct Trial {
  std::string_view name;
  std::string request;
  agents::PluginAnswer wanted;
};

// What is wrong with a plugin's answer to one request.
Result<std::vector<std::string>> try_plugin(const World& world, const model::SingleAgent& plugin,
                                            const Trial& trial, Duration limit, const std::string& root) {
  FLEET_TRY(const os::TemporaryDirectory folder, os::TemporaryDirectory::create());
  os::ProcessSpec spec;
  spec.argv = plugin.command;
  // Its workspace is an empty folder here, from which no relative path leads to it.
  if (const std::string& program = spec.argv.front(); program.find('/') != std::string::npos)
    spec.argv.front() = (std::filesystem::path(root) / program).lexically_normal();
  spec.env = {{"PATH", path_of(world)},
              {"HOME", folder.path()},
              {"TMPDIR", folder.path()},
              {"LANG", "C.UTF-8"},
              {"FLEET_TASK", "test"},
              {"FLEET_ATTEMPT", "1"},
              {"FLEET_WORKSPACE", folder.path()}};
  if (const auto key = plugin.key.empty() ? std::nullopt : world.variable(plugin.key))
    spec.env[plugin.key] = *key;
  spec.working_directory = folder.path();
  spec.input = trial.request;
  spec.time_limit = limit;
  spec.grace = std::chrono::seconds(2);
  FLEET_TRY(const os::FinishedProgram finished, os::run_program(std::move(spec)));
  std::vector<std::string> faults = agents::check_answer(finished.out, trial.wanted);
  if (finished.end.cause == os::EndCause::timed_out) {
    faults.push_back(fmt::format("it did not end within {}", base::format_duration(limit)));
  } else if (finished.end.signal) {
    faults.push_back(fmt::format("it was ended by signal {}", *finished.end.signal));
  } else if (trial.wanted != agents::PluginAnswer::refusal && finished.end.exit_status.value_or(0) != 0) {
    faults.push_back(fmt::format("it ended with exit {}", *finished.end.exit_status));
  }
  if (finished.cut) faults.emplace_back("it printed more than is looked at here");
  if (!faults.empty() && !finished.err.empty())
    faults.push_back(fmt::format("on stderr it said: {}", finished.err.substr(0, 500)));
  return faults;
}

Result<base::ExitCode> run_test(World& world, const AgentsOptions& options) {
  FLEET_TRY(const Checkout checkout, open_checkout(world, options.where));
  FLEET_TRY(const Loaded loaded, load(world, checkout, options.choice, Purpose::look));
  const model::SingleAgent* plugin = nullptr;
  for (const model::AgentSpec& agent : loaded.workflow.agents) {
    if (agent.name == options.agent) plugin = std::get_if<model::SingleAgent>(&agent.what);
  }
  if (plugin == nullptr || plugin->use != model::AgentKind::plugin) {
    return base::fail_input("test the agent", options.agent, "the workflow has no plugin of that name",
                            "`fleet agents` lists its agents; only those with `use: plugin` are tested");
  }
  constexpr int kFuture = 1'000'000;
  const Trial trials[] = {
      {"describe", agents::describe_request(), agents::PluginAnswer::description},
      {"run",
       agents::run_request({"This tries the protocol. Change nothing, and say that you are done.", {}, 1}),
       agents::PluginAnswer::result},
      {"a version that nobody speaks", agents::describe_request(kFuture), agents::PluginAnswer::refusal},
  };
  const std::string root = checkout.repository.work_folder().value_or(std::filesystem::current_path());
  bool holds = true;
  for (const Trial& trial : trials) {
    FLEET_TRY(const std::vector<std::string> faults,
              try_plugin(world, *plugin, trial, std::chrono::seconds(options.seconds), root));
    world.out(
        fmt::format("{}: {}\n", trial.name, faults.empty() ? "as it should be" : "not by the protocol"));
    for (const std::string& fault : faults)
      world.say(fmt::format("  {}\n", text::printable(fault)), terminal::Stream::out);
    holds = holds && faults.empty();
  }
  FLEET_CHECK(world.printed());
  return holds ? base::ExitCode::good : base::ExitCode::failed;
}

}  // namespace

void add_agents(CLI::App& app, Action& action) {
  auto options = std::make_shared<AgentsOptions>();
  app.require_subcommand(0, 1);
  add_where(app, options->where);
  add_inputs(app, options->choice.inputs, "NAME=VALUE for an input of the workflow");
  app.add_option("--workflow", options->choice.path, "Whose agents (default: .fleet/workflow.yml)");
  app.add_flag("--json", options->json, "As a JSON array");
  CLI::App* test = app.add_subcommand("test", "Hold a plugin against the protocol, and say what it breaks");
  test->add_option("agent", options->agent, "An agent with `use: plugin`")->required();
  test->add_option("--seconds", options->seconds, "For each of its answers")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
  add_where(*test, options->where);
  test->add_option("--workflow", options->choice.path, "Whose agents (default: .fleet/workflow.yml)");
  app.callback([options, &action, test] {
    action = [options, is_test = test->parsed()](World& world) {
      return is_test ? run_test(world, *options) : run_list(world, *options);
    };
  });
}

}  // namespace fleet::app
