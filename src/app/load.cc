#include "app/load.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "app/ci_output.h"
#include "base/time.h"
#include "os/files.h"
#include "os/system.h"
#include "text/utf8.h"
#include "workflow/diagnostic_text.h"
#include "workflow/reader.h"
#include "workflow/unsupported.h"

namespace fleet::app {
namespace {

constexpr std::string_view kDurations = "write 90s, 10m or 1h30m";

template <class T, class Parse>
Result<> read_variable(const World& world, std::string_view name, std::optional<T>& into, Parse parse,
                       std::string_view allowed) {
  const std::optional<std::string> text = world.variable(name);
  if (!text) return {};
  into = parse(*text);
  if (into) return {};
  return base::fail_input("use the environment variable", std::string(name),
                          fmt::format("`{}` is not a value it can have", *text), std::string(allowed));
}

std::optional<int> parse_count(const std::string& text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value < 1 || value > kMostParallel ? std::nullopt : std::optional(value);
}

constexpr std::string_view kMoney = "write an amount in USD: 5, or 2.50";

// In a bare repository there is no root: what is relative is relative to where we stand.
std::filesystem::path root_of(const Checkout& checkout) {
  return checkout.repository.work_folder().value_or(std::filesystem::current_path());
}

// The name that workflow_file() takes. Links on the way to the file are followed, one that is the file is
// not.
Result<std::string> name_in_plan(const Checkout& checkout, const std::filesystem::path& file) {
  std::error_code error;
  const std::filesystem::path folder =
      std::filesystem::canonical(std::filesystem::absolute(file, error).parent_path(), error);
  if (error) return base::fail_errno("find the folder of", file.string(), error.value());
  const std::filesystem::path whole = folder / file.filename();
  const std::filesystem::path inside = whole.lexically_relative(root_of(checkout));
  return inside.empty() || *inside.begin() == ".." ? whole.string() : inside.string();
}

void note_unsupported(const World& world, const model::Diagnostics& unsupported) {
  for (const model::Diagnostic& each : unsupported) {
    world.say(fmt::format("note: `fleet run` refuses this: {}:{}:{}: {}; {}\n",
                          text::printable(each.path, text::Newlines::escape), each.at.line, each.at.column,
                          each.message, each.suggestion));
  }
}

// Of the many, the reader has not counted all.
std::string how_many(std::size_t errors) {
  if (errors == 1) return "it has an error";
  return errors > 1'000 ? "it has more than 1,000 errors" : fmt::format("it has {} errors", errors);
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

std::optional<double> parse_cost(std::string_view text) {
  double usd = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), usd, std::chars_format::fixed);
  if (error != std::errc{} || end != text.data() + text.size() || std::signbit(usd)) return std::nullopt;
  return usd <= kMostCost ? std::optional(usd) : std::nullopt;
}

std::optional<Duration> parse_time_limit(std::string_view text) {
  const std::optional<Duration> limit = base::parse_duration(text);
  return limit && limit->count() > 0 ? limit : std::nullopt;
}

Result<plan::Overrides> limits_of_environment(const World& world) {
  plan::Overrides limits;
  FLEET_CHECK(read_variable(world, "FLEET_MAX_PARALLEL", limits.parallel, parse_count,
                            fmt::format("write a number from 1 to {}", kMostParallel)));
  FLEET_CHECK(read_variable(world, "FLEET_MAX_DURATION", limits.duration, parse_time_limit, kDurations));
  FLEET_CHECK(read_variable(world, "FLEET_MAX_COST", limits.cost, parse_cost, kMoney));
  FLEET_CHECK(read_variable(world, "FLEET_GRACE", limits.grace, base::parse_duration, kDurations));
  return limits;
}

void cap_grace(const World& world, model::Settings& settings) {
  const std::optional<Duration> longest = forge::longest_grace(world.ci.forge);
  if (!longest || settings.grace.value <= *longest) return;
  if (settings.grace.origin != model::Origin::built_in) {
    world.say(fmt::format("note: the grace is {} instead of {}: longer ones end after the job is killed\n",
                          base::format_duration(*longest), base::format_duration(settings.grace.value)));
  }
  settings.grace.value = *longest;
}

std::filesystem::path workflow_file(const Checkout& checkout, const std::string& name) {
  return (root_of(checkout) / name).lexically_proximate(std::filesystem::current_path());
}

Result<Loaded> load(const World& world, const Checkout& checkout, const WorkflowChoice& choice,
                    Purpose purpose) {
  const std::string file =
      choice.path.empty() ? workflow_file(checkout, kDefaultWorkflow).string() : choice.path;
  std::error_code error;
  if (std::filesystem::symlink_status(file, error).type() == std::filesystem::file_type::not_found) {
    return base::fail_input("read the workflow", file, "there is no such file",
                            "`fleet init` writes a first one, or name another: `fleet run PATH`");
  }
  auto source = os::read_file(file, kMostWorkflowBytes);
  if (!source) {
    return base::fail(
        {source.error().fault, "read the workflow", file, source.error().why, source.error().hint});
  }
  FLEET_TRY(std::string name, name_in_plan(checkout, file));
  workflow::Reading reading = workflow::read(file, *source);
  if (!choice.formats.empty()) reading.workflow.report.formats = choice.formats;

  plan::PlanOptions options;
  options.command_line = choice.overrides;
  FLEET_TRY(options.environment, limits_of_environment(world));
  FLEET_TRY(options.inputs, parse_inputs(choice.inputs));
  for (const model::InputSpec& input : reading.workflow.inputs) {
    const auto earlier = choice.earlier_inputs.find(input.name);
    if (earlier != choice.earlier_inputs.end()) options.inputs.insert(*earlier);
  }
  options.today = world.clock->now();
  options.cores = static_cast<int>(os::usable_cores());
  std::map<std::string, Duration, std::less<>> typical;
  if (os::exists(checkout.layout.database())) {
    FLEET_TRY(store::Reader reader, store::Reader::open(checkout.layout.database()));
    FLEET_TRY(typical, reader.typical_durations(reading.workflow.name));
    const auto chooses = [](const model::AgentSpec& agent) {
      return std::holds_alternative<model::ChooseFrom>(agent.what);
    };
    if (std::any_of(reading.workflow.agents.begin(), reading.workflow.agents.end(), chooses)) {
      FLEET_TRY(const auto tallies, reader.agent_tallies());
      for (const auto& [agent, tally] : tallies)
        options.agent_records[agent] = {tally.tries, tally.done};
    }
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
  const model::Diagnostics unsupported = workflow::unsupported(reading.workflow);
  if (purpose == Purpose::run) {
    wrong.insert(wrong.end(), unsupported.begin(), unsupported.end());
  } else {
    note_unsupported(world, unsupported);
  }
  if (!wrong.empty()) {
    const bool colour = world.terminal->look(terminal::Stream::err).colour;
    world.say(
        workflow::diagnostic_text(wrong, *source, colour ? workflow::Colour::on : workflow::Colour::off));
    annotate(world, wrong);
    return base::fail_input("use the workflow", file, how_many(wrong.size()));
  }
  planning.plan.workflow_path = std::move(name);
  cap_grace(world, planning.plan.settings);
  return Loaded{std::move(reading.workflow), std::move(planning.plan)};
}

}  // namespace fleet::app
