#include "app/commands/options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>

#include "base/time.h"
#include "text/ascii.h"
#include "text/utf8.h"

namespace fleet {
FLEET_ENUM_NAMES(app::Progress, "plain", "json", "quiet");
}  // namespace fleet

namespace fleet::app {
namespace {

// CLI11 puts the option's name before what is thrown here, and ends with exit code 2.
[[noreturn]] void refuse(const std::string& option, const std::string& why) {
  throw CLI::ValidationError(option, why);
}

std::string quoted(const std::string& text) {
  return fmt::format("`{}`", text::printable(text, text::Newlines::escape));
}

void add_duration(CLI::App& app, const std::string& name, std::optional<Duration>& value,
                  std::optional<Duration> (*parse)(std::string_view), const std::string& help) {
  app.add_option_function<std::string>(
         name,
         [name, &value, parse](const std::string& text) {
           value = parse(text);
           if (!value) refuse(name, quoted(text) + " is no duration: write 90s, 10m or 1h30m");
         },
         help)
      ->type_name("DURATION");
}

// All that names a file is relative to that folder, as with git's -C: later options, earlier ones, and
// variables.
void change_folder(const std::string& folder) {
  std::error_code error;
  std::filesystem::current_path(folder, error);
  if (error) refuse("-C", fmt::format("cannot go to {}: {}", quoted(folder), error.message()));
}

}  // namespace

void add_words(CLI::App& app, const std::string& option, const std::vector<std::string_view>& words,
               const std::string& help, std::function<void(std::size_t)> take) {
  app.add_option_function<std::string>(
         option,
         [option, words, take = std::move(take)](const std::string& given) {
           const auto found = std::find(words.begin(), words.end(), given);
           if (found == words.end())
             refuse(option, fmt::format("{} is none of {}", quoted(given), fmt::join(words, ", ")));
           take(static_cast<std::size_t>(found - words.begin()));
         },
         help)
      ->type_name(fmt::format("{}", fmt::join(words, "|")));
}

std::vector<model::ReportFormat> parse_formats(std::string_view list) {
  std::vector<model::ReportFormat> formats;
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    const std::string_view word = text::trim(list.substr(begin, end - begin));
    begin = end + 1;
    if (word.empty()) continue;
    const auto format = base::from_name<model::ReportFormat>(word);
    if (!format) {
      refuse("--formats", fmt::format("{} is none of {}", quoted(std::string(word)),
                                      fmt::join(base::EnumNames<model::ReportFormat>::names, ", ")));
    }
    if (std::find(formats.begin(), formats.end(), *format) == formats.end()) formats.push_back(*format);
  }
  if (formats.empty()) refuse("--formats", "it names no format");
  return formats;
}

void add_folder(CLI::App& app) {
  app.add_option_function<std::string>(
         "-C", change_folder, "Work in this folder instead of the current one: all paths are relative to it")
      ->type_name("DIR");
}

void add_where(CLI::App& app, Where& where) {
  add_folder(app);
  app.add_option("--state", where.state,
                 "Where runs are kept (default: `fleet` in the git folder, or FLEET_STATE)")
      ->type_name("DIR");
}

void add_inputs(CLI::App& app, std::vector<std::string>& inputs, const std::string& help) {
  // One value each: the word behind it is the workflow.
  app.add_option("--input", inputs, help)->type_name("NAME=VALUE")->take_all()->allow_extra_args(false);
}

void add_workflow(CLI::App& app, WorkflowChoice& choice) {
  app.add_option("workflow", choice.path,
                 fmt::format("The workflow file (default: {} in the repository's root)", kDefaultWorkflow))
      ->type_name("FILE");
  add_inputs(app, choice.inputs, "A value for one of the workflow's `inputs`; may be repeated");
}

void add_limits(CLI::App& app, plan::Overrides& limits) {
  app.add_option("--max-parallel", limits.parallel,
                 "Attempts at once (default: FLEET_MAX_PARALLEL, limits.parallel, or the cores)")
      ->check(CLI::Range(1, kMostParallel));
  add_duration(app, "--max-duration", limits.duration, parse_time_limit,
               "Time limit of the whole run (default: FLEET_MAX_DURATION, limits.duration, or none)");
  app.add_option_function<std::string>(
         "--max-cost",
         [&limits](const std::string& text) {
           limits.cost = parse_cost(text);
           if (!limits.cost) refuse("--max-cost", quoted(text) + " is no amount in USD: write 5, or 2.50");
         },
         "The most that the run may spend on models (default: FLEET_MAX_COST, limits.cost, or no limit)")
      ->type_name("USD");
  add_duration(app, "--grace", limits.grace, base::parse_duration,
               "What running attempts are given after a stop before they are ended (default: FLEET_GRACE, or "
               "10s)");
}

void add_session(CLI::App& app, SessionOptions& session) {
  add_choice<Progress>(app, "--progress", session.progress,
                       "How the run is shown; json: a line per event, and the summary on standard error");
  app.add_flag("--interactive", session.interactive, "Put questions to the person at the terminal");
  add_choice<model::FailureAnswer>(app, "--answer", session.answer,
                                   "The answer to every question where nobody can be asked");
  app.add_option("--workspaces", session.workspaces,
                 "Where tasks get their checkouts (default: FLEET_WORKSPACES, TMPDIR or /var/tmp)")
      ->type_name("DIR");
  add_choice<Overlays>(app, "--overlays", session.overlays,
                       "Workspaces that are overlays of one checkout; auto: in large repositories, where the "
                       "kernel allows it (default: FLEET_OVERLAYS, or auto)");
}

void add_end(CLI::App& app, EndOptions& end) {
  app.add_option("--report", end.report, "Write the reports into this folder too")->type_name("DIR");
  app.add_option("--export-to", end.export_to,
                 "Export the run into this folder when it ends, however it ends")
      ->type_name("DIR");
  app.add_option("--export-on-stop", end.export_on_stop,
                 "When stopped before its end, export the run into this folder")
      ->type_name("DIR");
  app.add_option("--comment-key", end.comment_key,
                 "Tells the pull request's comment apart from that of another run in the same job");
}

}  // namespace fleet::app
