#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/commands/commands.h"
#include "app/commands/options.h"
#include "app/transfer.h"

namespace fleet::app {
namespace {

struct ExportOptions {
  Where where;
  std::vector<std::string> words;  // [run] dir
};

// CLI11 would write the one option that holds both as `dir(1x)`.
class Usage final : public CLI::Formatter {
  std::string make_option_usage(const CLI::Option*) const override { return "[run] dir"; }
};

Result<base::ExitCode> run_export(World& world, const ExportOptions& options) {
  FLEET_TRY(const Checkout checkout, open_checkout(world, options.where));
  FLEET_TRY(store::Reader reader, open_state(checkout));
  FLEET_TRY(const store::RunRow run, find_run(reader, options.words.size() > 1 ? options.words.front() : ""));
  const std::string& folder = options.words.back();
  FLEET_CHECK(export_to(world, checkout, run.id, folder));
  world.out(fmt::format("{} is exported to {}\n", run.id, folder));
  return base::ExitCode::good;
}

}  // namespace

void add_export(CLI::App& app, Action& action) {
  auto options = std::make_shared<ExportOptions>();
  app.add_option("dir", options->words, "The run's id (default: the newest), and the folder to write")
      ->required()
      ->expected(1, 2)
      ->option_text("[run] dir");
  app.formatter(std::make_shared<Usage>());
  add_where(app, options->where);
  app.callback(
      [options, &action] { action = [options](World& world) { return run_export(world, *options); }; });
}

}  // namespace fleet::app
