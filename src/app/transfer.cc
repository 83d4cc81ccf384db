#include "app/transfer.h"

#include <fmt/format.h>

#include "app/session.h"
#include "git/bundle.h"
#include "os/files.h"
#include "store/copy_files.h"
#include "store/export.h"

namespace fleet::app {
namespace {

constexpr const char* kBundle = "run.bundle";
constexpr std::uint64_t kMostBytes = 8 << 20;
constexpr std::uint64_t kMostBundleBytes = std::uint64_t{64} << 30;

}  // namespace

Result<> export_to(const World& world, const Checkout& checkout, const std::string& run,
                   const std::string& folder) {
  FLEET_TRY(store::Reader reader, open_state(checkout));
  FLEET_TRY(const store::FrozenRun stored, reader.frozen(run));
  FLEET_TRY(const FrozenOptions frozen, frozen_options(stored.options));
  FLEET_CHECK(store::export_run(
      checkout.layout, run, folder, world.clock->now(), [&](const std::filesystem::path& into) -> Result<> {
        return git::write_bundle(checkout.repository, run, frozen.branch_prefix, into / kBundle);
      }));
  return {};
}

Result<std::string> import_from(const Checkout& checkout, const std::string& folder) {
  FLEET_TRY(const store::Manifest manifest, store::read_manifest(folder));
  if (!checkout.repository.objects().contains(manifest.start)) {
    return base::fail_input(
        "resume the exported run", manifest.run,
        fmt::format("this clone does not have the commit it starts from, {}", manifest.start.hex()),
        "fetch it: `git fetch origin " + manifest.start.hex() + "`");
  }
  FLEET_CHECK(store::create_state(checkout.layout.root()));
  const auto take_bundle = [&](const store::FrozenRun& stored,
                               const std::filesystem::path& staging) -> Result<> {
    FLEET_TRY(const FrozenOptions frozen, frozen_options(stored.options));
    const std::filesystem::path bundle = staging / kBundle;
    FLEET_CHECK(store::copy_plain_file(std::filesystem::path(folder) / kBundle, bundle, kMostBundleBytes));
    FLEET_CHECK(git::read_bundle(checkout.repository, manifest.run, frozen.branch_prefix, bundle));
    return {};
  };
  FLEET_CHECK(store::import_run(folder, checkout.layout, take_bundle));
  return manifest.run;
}

Result<> refuse_known_run(const Checkout& checkout, const std::string& run) {
  if (!os::exists(checkout.layout.database())) return {};
  FLEET_TRY(store::Reader reader, store::Reader::open(checkout.layout.database()));
  if (!reader.run(run)) return {};
  return base::fail_input("start the run", run, "there is one of this id already",
                          fmt::format("`fleet resume {}` goes on with it; or give another --id", run));
}

Result<> say_what_changed(const World& world, const Where& where, const model::Plan& plan,
                          const store::FrozenRun& frozen) {
  const std::string file = std::filesystem::path(where.directory) / plan.workflow_path;
  const auto now = os::read_file(file, kMostBytes);
  if (now && *now == frozen.workflow_source) return {};
  world.err(fmt::format("note: {} {} since the run began, which goes on with the workflow as it was\n",
                        plan.workflow_path, now ? "has changed" : "is gone"));
  return {};
}

}  // namespace fleet::app
