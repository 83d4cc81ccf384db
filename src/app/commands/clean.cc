#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/commands/commands.h"
#include "app/commands/options.h"
#include "git/refs.h"
#include "os/files.h"
#include "store/process_lock.h"

namespace fleet::app {
namespace {

struct Options {
  Where where;
  std::string run;
  bool drop_unmerged = false;
};

Result<base::ExitCode> clean_run(World& world, const Options& options) {
  FLEET_TRY(const Checkout checkout, open_checkout(world, options.where));
  FLEET_TRY(store::Reader reader, open_state(checkout));
  FLEET_TRY(const store::RunRow run, find_run(reader, options.run));
  FLEET_TRY(const store::FrozenRun stored, reader.frozen(run.id));
  FLEET_TRY(const FrozenOptions frozen, frozen_options(stored.options));
  FLEET_TRY(const store::ProcessLock lock,
            store::ProcessLock::take(checkout.layout.lock(run.id), "remove the run " + run.id));
  FLEET_TRY(const git::CleanUp done,
            git::clean_up(checkout.repository, run.id, frozen.branch_prefix,
                          options.drop_unmerged ? git::Unmerged::drop : git::Unmerged::keep));
  for (const std::string& ref : done.deleted)
    world.out(fmt::format("deleted {}\n", ref));
  for (const std::string& ref : done.kept)
    world.out(fmt::format("kept {}\n", ref));
  if (!done.kept.empty()) {
    world.out(fmt::format("kept {} in all; `--drop-unmerged` deletes {} too\n", done.kept.size(),
                          done.kept.size() == 1 ? "it" : "them"));
  }
  // Kept files can be made again; the record of the run stays.
  FLEET_CHECK(os::remove_tree(checkout.layout.kept(run.id)));
  return base::ExitCode::good;
}

}  // namespace

void add_clean(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  app.add_option("run", options->run, "The run's id")->required();
  add_where(app, options->where);
  app.add_flag("--drop-unmerged", options->drop_unmerged, "Also work that is in no other branch");
  app.callback(
      [options, &action] { action = [options](World& world) { return clean_run(world, *options); }; });
}

}  // namespace fleet::app
