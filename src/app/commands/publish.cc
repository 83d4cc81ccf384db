#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "app/ci_comments.h"
#include "app/commands/commands.h"
#include "app/gate.h"
#include "os/files.h"
#include "report/findings.h"
#include "report/render.h"

namespace fleet::app {
namespace {

constexpr std::uint64_t kMostReportBytes = 256 << 20;

struct PublishOptions {
  std::string folder;
  std::string comment_key;
};

// The folder may be anybody's: nothing in it leads out of it, and all that it says is escaped as ever.
Result<base::ExitCode> publish(World& world, const PublishOptions& options) {
  FLEET_TRY(const std::string text, os::read_file_below(options.folder, "report.json", kMostReportBytes));
  FLEET_TRY(model::Report report, report::report_from_json(text));
  // An address is a word of the folder's, and would be followed.
  report.delivery.pull_request.clear();
  std::optional<model::AnalysisReport> analysis;
  if (os::exists(options.folder + "/" + kFindingsFile)) {
    FLEET_TRY(const std::string findings,
              os::read_file_below(options.folder, kFindingsFile, kMostReportBytes));
    FLEET_TRY(analysis, report::findings_from_json(findings));
  }
  FLEET_TRY(const bool is_published,
            publish_in_ci(world, report, analysis ? &*analysis : nullptr, options.comment_key));
  if (!is_published)
    world.say("note: there is no open pull request with this run's commit: nothing was published\n");
  return base::ExitCode::good;
}

}  // namespace

void add_publish(CLI::App& app, Action& action) {
  auto options = std::make_shared<PublishOptions>();
  app.add_option("folder", options->folder,
                 "The reports of a run: report.json, and findings.json where it is")
      ->required();
  app.add_option("--comment-key", options->comment_key,
                 "Tells the comment apart from those of other runs in the same job");
  app.callback([options, &action] { action = [options](World& world) { return publish(world, *options); }; });
}

}  // namespace fleet::app
