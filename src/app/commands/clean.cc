#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/commands/commands.h"
#include "app/commands/options.h"
#include "git/refs.h"
#include "os/files.h"
#include "store/process_lock.h"
#include "store/writer.h"

namespace fleet::app {
namespace {

struct CleanOptions {
  Where where;
  std::string run;
  bool drop_unmerged = false;
};

// Nobody can go on with it from here on.
Result<> give_up(const Checkout& checkout, const store::RunRow& run) {
  FLEET_TRY(const auto writer, store::Writer::open(checkout.layout.database()));
  store::Batch batch;
  batch.run = run.id;
  batch.update = store::RunUpdate{model::RunState::aborted, {}, run.updated, {}};
  batch.durability = store::Durability::full;
  writer->submit(std::move(batch));
  return writer->flush();
}

std::string_view how_it_ended(model::RunState state) {
  switch (state) {
    case model::RunState::running:
      return "was cut off";
    case model::RunState::stopped:
      return "was stopped";
    case model::RunState::aborted:
      return "was aborted";
    case model::RunState::failed:
      return "failed";
    case model::RunState::finished:
      return "finished";
  }
  return {};
}

tl::unexpected<Error> refuse(const store::RunRow& run) {
  const bool needs_retry = run.state == model::RunState::failed || run.state == model::RunState::aborted;
  return base::fail_input(
      "clean", run.id,
      fmt::format("it {}, and a resume needs what would be deleted", how_it_ended(run.state)),
      fmt::format("`fleet resume {}{}` goes on with it; `--drop-unmerged` throws it away", run.id,
                  needs_retry ? " --retry-failed" : ""));
}

Result<base::ExitCode> clean_run(World& world, const CleanOptions& options) {
  FLEET_TRY(const Checkout checkout, open_checkout(world, options.where));
  FLEET_TRY(store::Reader reader, open_state(checkout));
  FLEET_TRY(store::RunRow run, find_run(reader, options.run));
  FLEET_TRY(const store::FrozenRun stored, reader.frozen(run.id));
  FLEET_TRY(const FrozenOptions frozen, frozen_options(stored.options));
  FLEET_TRY(const store::ProcessLock lock,
            store::ProcessLock::take(checkout.layout.lock(run.id), "remove the run " + run.id));
  FLEET_TRY(run, reader.run(run.id));  // as it is now that nobody else can drive it
  const bool is_given_up = run.state != model::RunState::finished;
  if (is_given_up && !options.drop_unmerged) return refuse(run);
  FLEET_TRY(const git::CleanUp done,
            git::clean_up(checkout.repository, run.id, frozen.branch_prefix,
                          options.drop_unmerged ? git::Unmerged::drop : git::Unmerged::keep));
  if (is_given_up) FLEET_CHECK(give_up(checkout, run));
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
  auto options = std::make_shared<CleanOptions>();
  app.add_option("run", options->run, "The run's id")->required();
  add_where(app, options->where);
  app.add_flag("--drop-unmerged", options->drop_unmerged,
               "Also work that is in no other branch, and runs that could be resumed");
  app.callback(
      [options, &action] { action = [options](World& world) { return clean_run(world, *options); }; });
}

}  // namespace fleet::app
