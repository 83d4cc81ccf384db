#include "app/load.h"

#include <fmt/format.h>

#include <charconv>

#include "base/time.h"
#include "os/files.h"
#include "os/system.h"
#include "workflow/diagnostic_text.h"
#include "workflow/reader.h"
#include "workflow/unsupported.h"

namespace fleet::app {
namespace {

constexpr std::uint64_t kMostBytes = 8 << 20;  // of a workflow file, as yaml/ has it

template <class T, class Parse>
Result<> read_variable(const World& world, std::string_view name, std::optional<T>& into, Parse parse) {
  const std::optional<std::string> text = world.variable(name);
  if (!text) return {};
  into = parse(*text);
  if (into) return {};
  return base::fail_input("use the environment variable", std::string(name),
                          fmt::format("`{}` is not a value it can have", *text));
}

std::optional<int> parse_count(const std::string& text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 1) return std::nullopt;
  return value;
}

Result<plan::Overrides> from_environment(const World& world) {
  plan::Overrides overrides;
  const auto duration = [](const std::string& text) { return base::parse_duration(text); };
  FLEET_CHECK(read_variable(world, "FLEET_MAX_PARALLEL", overrides.parallel, parse_count));
  FLEET_CHECK(read_variable(world, "FLEET_MAX_DURATION", overrides.duration, duration));
  FLEET_CHECK(read_variable(world, "FLEET_GRACE", overrides.grace, duration));
  return overrides;
}

Result<std::map<std::string, std::string>> parse_inputs(const std::vector<std::string>& given) {
  std::map<std::string, std::string> inputs;
  for (const std::string& input : given) {
    const std::size_t equals = input.find('=');
    if (equals == std::string::npos || equals == 0) {
      return base::fail_input("use --input", input, "it has no name and value", "write --input NAME=VALUE");
    }
    inputs[input.substr(0, equals)] = input.substr(equals + 1);
  }
  return inputs;
}

}  // namespace

Result<Loaded> load(const World& world, const Checkout& checkout, const Where& where,
                    const WorkflowChoice& choice, Purpose purpose) {
  const std::string file = std::filesystem::path(where.directory) / choice.path;
  if (!os::exists(file)) {
    return base::fail_input("read the workflow", choice.path, "there is no such file",
                            "`fleet init` writes a first one, or name another: `fleet run PATH`");
  }
  auto source = os::read_file(file, kMostBytes);
  if (!source)
    return base::fail_input("read the workflow", choice.path, source.error().why, source.error().hint);
  workflow::Reading reading = workflow::read(choice.path, *source);

  plan::PlanOptions options;
  options.command_line = choice.overrides;
  FLEET_TRY(options.environment, from_environment(world));
  FLEET_TRY(options.inputs, parse_inputs(choice.inputs));
  for (const model::InputSpec& input : reading.workflow.inputs) {
    const auto earlier = choice.earlier_inputs.find(input.name);
    if (earlier != choice.earlier_inputs.end()) options.inputs.insert(*earlier);
  }
  options.cores = static_cast<int>(os::usable_cores());
  std::map<std::string, Duration, std::less<>> typical;
  if (os::exists(checkout.layout.database())) {
    FLEET_TRY(store::Reader reader, store::Reader::open(checkout.layout.database()));
    FLEET_TRY(typical, reader.typical_durations(reading.workflow.name));
  }
  options.history = [&typical](std::string_view task) -> std::optional<Duration> {
    const auto found = typical.find(task);
    return found == typical.end() ? std::nullopt : std::optional(found->second);
  };
  // The graph is looked at even where the file has errors, so that a cycle is told along with them; not where
  // the file could not be read at all.
  plan::Planning planning;
  if (reading.good() || !reading.workflow.tasks.empty()) planning = plan::make(reading.workflow, options);

  model::Diagnostics wrong = std::move(reading.diagnostics);
  wrong.insert(wrong.end(), planning.diagnostics.begin(), planning.diagnostics.end());
  if (wrong.empty() && purpose == Purpose::run) wrong = workflow::unsupported(reading.workflow);
  if (!wrong.empty()) {
    const bool colour = world.terminal->look(terminal::Stream::err).colour;
    world.err(
        workflow::diagnostic_text(wrong, *source, colour ? workflow::Colour::on : workflow::Colour::off));
    return base::fail_input(
        "use the workflow", choice.path,
        wrong.size() == 1 ? "it has an error" : fmt::format("it has {} errors", wrong.size()));
  }
  return Loaded{std::move(reading.workflow), std::move(planning.plan)};
}

}  // namespace fleet::app
