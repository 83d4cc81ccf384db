#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "app/commands/commands.h"
#include "app/commands/options.h"
#include "app/run_report.h"
#include "model/json.h"
#include "os/files.h"
#include "report/render.h"
#include "terminal/summary.h"
#include "text/utf8.h"
#include "text/workflow_commands.h"

namespace fleet::app {
namespace {

struct ShowOptions {
  Where where;
  std::string run;
  std::string task;
  bool json = false;
};

constexpr std::uint64_t kMostLog = 64 << 20;  // of a log that is shown whole

std::string on_one_line(std::string_view text) {
  return text::printable(text, text::Newlines::escape);
}

std::string describe(const model::AttemptReport& attempt) {
  if (!attempt.outcome) {
    return fmt::format("attempt {}: began at {}; no end is on record\n", attempt.number,
                       base::format_time(attempt.started));
  }
  const model::Outcome& outcome = *attempt.outcome;
  std::string text = fmt::format("attempt {}: {} after {}", attempt.number, base::name_of(outcome.verdict),
                                 base::describe_duration(attempt.took()));
  if (!outcome.reason.empty()) text += ": " + on_one_line(outcome.reason);
  text += '\n';
  if (!outcome.summary.empty()) text += fmt::format("  {}\n", on_one_line(outcome.summary));
  if (!outcome.snapshot.is_none()) {
    text += fmt::format("  changed {} {}; see `git show {}`\n", outcome.changes,
                        outcome.changes == 1 ? "path" : "paths", outcome.snapshot.hex().substr(0, 10));
  }
  for (const auto& [name, value] : outcome.outputs)
    text += fmt::format("  output {}={}\n", name, on_one_line(value));
  for (const std::string& note : outcome.notes)
    text += fmt::format("  note: {}\n", on_one_line(note));
  return text;
}

// What a program printed, each line behind a bar: CI systems obey lines that begin with marks of theirs.
std::string barred(std::string_view output, const terminal::Look& look) {
  const std::string printable = text::printable(output);
  std::string text;
  for (std::string_view rest = printable; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    text += fmt::format("  {}{}{}\n", look.unicode ? "│" : "|", end == 0 ? "" : " ", rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return text;
}

// All of it; where it cannot be shown from its file, what else there is of it.
std::string output_of(const model::Outcome& outcome, const std::filesystem::path& run,
                      const terminal::Look& look) {
  if (!outcome.log.empty()) {
    const std::filesystem::path log = run / outcome.log;
    if (const auto whole = os::read_file(log, kMostLog)) return barred(*whole, look);
    if (os::exists(log)) return fmt::format("  its output is in {}\n", on_one_line(log.string()));
  }
  const std::uint64_t held = outcome.output_head.size() + outcome.output_tail.size();
  if (held >= outcome.output_size) return barred(outcome.output_head + outcome.output_tail, look);
  return fmt::format("{}  ... {} bytes in between are not kept\n{}", barred(outcome.output_head, look),
                     outcome.output_size - held, barred(outcome.output_tail, look));
}

Result<base::ExitCode> show_task(World& world, const Checkout& checkout, const model::Report& report,
                                 const ShowOptions& options) {
  for (const model::TaskReport& task : report.tasks) {
    if (task.id != options.task) continue;
    if (options.json) {
      world.out(report::to_json(task));
      return world.printed();
    }
    const terminal::Look look = world.terminal->look(terminal::Stream::out);
    const auto say = [&](const std::string& lines) { world.say(lines, terminal::Stream::out); };
    say(fmt::format("{} ({}): {}{}\n", task.id, task.kind, base::name_of(task.state),
                    task.reason.empty() ? "" : ": " + on_one_line(task.reason)));
    for (const model::AttemptReport& attempt : task.attempts) {
      say(describe(attempt));
      if (attempt.outcome) say(output_of(*attempt.outcome, checkout.layout.run(report.run), look));
    }
    return world.printed();
  }
  return base::fail_input("show the task", options.task, "the run has no such task",
                          fmt::format("`fleet show {}` lists them", report.run));
}

Result<base::ExitCode> run_show(World& world, const ShowOptions& options) {
  FLEET_TRY(const Checkout checkout, open_checkout(world, options.where));
  FLEET_TRY(store::Reader reader, open_state(checkout));
  FLEET_TRY(const store::RunRow run, find_run(reader, options.run));
  FLEET_TRY(const model::Plan plan, frozen_plan(reader, run.id));
  FLEET_TRY(const model::Report report, build_report(checkout, reader, run, plan));
  if (!options.task.empty()) return show_task(world, checkout, report, options);
  options.json ? world.out(report::to_json(report))
               : world.say(terminal::summary(report, {}, world.terminal->look(terminal::Stream::out)),
                           terminal::Stream::out);
  return world.printed();
}

}  // namespace

void add_show(CLI::App& app, Action& action) {
  auto options = std::make_shared<ShowOptions>();
  app.add_option("run", options->run, "The run's id (default: the newest)");
  app.add_option("task", options->task, "One task: its attempts and their output");
  add_where(app, options->where);
  app.add_flag("--json", options->json, "The run, or the task, as report.json has it");
  app.callback(
      [options, &action] { action = [options](World& world) { return run_show(world, *options); }; });
}

}  // namespace fleet::app
