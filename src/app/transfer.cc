#include "app/transfer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "app/base_commit.h"
#include "app/earlier_run.h"
#include "app/load.h"
#include "app/session.h"
#include "git/bundle.h"
#include "git/delivery.h"
#include "model/json_workflow.h"
#include "os/files.h"
#include "store/copy_files.h"
#include "store/export.h"
#include "text/utf8.h"
#include "workflow/reader.h"

namespace fleet::app {
namespace {

constexpr const char* kBundle = "run.bundle";
constexpr std::uint64_t kMostBundleBytes = std::uint64_t{64} << 30;
constexpr std::size_t kMostNames = 8;  // of tasks that are told

// Places in the file move with every line above them, and define nothing.
void drop_places(model::Json& json) {
  if (!json.is_structured()) return;
  if (json.is_object()) {
    if (const auto at = json.find("at"); at != json.end() && at->is_array()) json.erase(at);
  }
  for (model::Json& part : json)
    drop_places(part);
}

std::map<std::string, model::Json> definitions(const model::Workflow& workflow) {
  std::map<std::string, model::Json> tasks;
  for (const model::TaskSpec& task : workflow.tasks) {
    model::Json json = model::to_json(task);
    drop_places(json);
    tasks.emplace(task.id, std::move(json));
  }
  return tasks;
}

void add_names(std::string& text, std::string_view what, const std::vector<std::string>& names) {
  if (names.empty()) return;
  const auto end = names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kMostNames));
  text += fmt::format("{}{} {}", text.empty() ? "" : "; ", what, fmt::join(names.begin(), end, ", "));
  if (names.size() > kMostNames) text += fmt::format(" and {} more", names.size() - kMostNames);
}

// In brackets: which tasks differ between two texts of a workflow.
std::string differences(const std::string& path, const std::string& before, const std::string& after) {
  const workflow::Reading now = workflow::read(path, after);
  if (!now.good()) return " (and has an error)";
  const std::map<std::string, model::Json> old_tasks = definitions(workflow::read(path, before).workflow);
  const std::map<std::string, model::Json> new_tasks = definitions(now.workflow);
  std::vector<std::string> added, removed, changed;
  for (const auto& [id, definition] : new_tasks) {
    const auto old = old_tasks.find(id);
    if (old == old_tasks.end()) {
      added.push_back(id);
    } else if (old->second != definition) {
      changed.push_back(id);
    }
  }
  for (const auto& [id, definition] : old_tasks) {
    if (new_tasks.count(id) == 0) removed.push_back(id);
  }
  std::string text;
  add_names(text, "added", added);
  add_names(text, "removed", removed);
  add_names(text, "changed", changed);
  return text.empty() ? " (none of its tasks)" : " (" + text + ")";
}

// Where the run's branch is, as the run left it when it was exported; none: it had none, or somebody has
// moved it since.
Result<ObjectId> branch_left(const Checkout& checkout, const std::string& run, const std::string& prefix) {
  FLEET_TRY(store::Reader reader, open_state(checkout));
  FLEET_TRY(const store::RunRow row, reader.run(run));
  FLEET_TRY(const model::Plan plan, frozen_plan(reader, run));
  FLEET_TRY(const engine::Scheduler then, replay(reader, run, plan));
  const git::Delivered delivered{then.delivered(), then.is_finished()};
  return git::tip_to_replace(checkout.repository, run, prefix, row.start, delivered).value_or(ObjectId{});
}

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

Result<std::string> import_from(const Checkout& checkout, const std::string& folder, const std::string& run) {
  FLEET_TRY(const store::Manifest manifest, store::read_manifest(folder));
  if (!run.empty() && run != manifest.run) {
    return base::fail_input("resume the exported run", run,
                            fmt::format("{} holds the run {}", folder, manifest.run),
                            fmt::format("`fleet resume --from {}` goes on with that one; `fleet resume {}` "
                                        "with one that is here",
                                        folder, run));
  }
  if (!checkout.repository.objects().contains(manifest.start)) {
    return base::fail_input(
        "resume the exported run", manifest.run,
        fmt::format("this clone does not have the commit it starts from, {}", manifest.start.hex()),
        "fetch it: `git fetch origin " + manifest.start.hex() + "`");
  }
  FLEET_CHECK(store::create_state(checkout.layout.root()));
  const auto take_bundle = [&](const store::FrozenRun& stored, const std::filesystem::path& staging,
                               store::Arrival arrival) -> Result<> {
    FLEET_TRY(const FrozenOptions frozen, frozen_options(stored.options));
    FLEET_TRY(const model::Plan plan, frozen_plan(stored));
    FLEET_CHECK(check_base(checkout.repository, plan, manifest.run, frozen.base));
    std::optional<ObjectId> left;
    if (arrival == store::Arrival::home) {
      FLEET_TRY(left, branch_left(checkout, manifest.run, frozen.branch_prefix));
    }
    const std::filesystem::path bundle = staging / kBundle;
    FLEET_CHECK(store::copy_plain_file(std::filesystem::path(folder) / kBundle, bundle, kMostBundleBytes));
    FLEET_CHECK(git::read_bundle(checkout.repository, manifest.run, frozen.branch_prefix, bundle, left));
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

Result<> check_export_folder(const std::string& folder, const std::string& run) {
  const auto refuse = [&](const char* why) {
    return base::fail_input("export into", folder, why, "name a new folder");
  };
  if (!os::exists(folder)) return {};
  if (!os::is_directory(folder)) return refuse("it is no folder");
  FLEET_TRY(const std::vector<std::string> names, os::list_directory(folder));
  if (names.empty()) return {};
  const auto manifest = store::read_manifest(folder);
  if (manifest && manifest->run == run) return {};
  // One that an export was cut off in is not looked into here; the export itself is strict.
  if (!manifest && std::find(names.begin(), names.end(), "manifest.json") != names.end()) return {};
  return refuse("it is neither empty nor an export of this run");
}

void say_what_changed(const World& world, const Checkout& checkout, const std::string& run,
                      const model::Plan& plan, const store::FrozenRun& frozen) {
  const auto now = os::read_file(workflow_file(checkout, plan.workflow_path), kMostWorkflowBytes);
  if (now && *now == frozen.workflow_source) return;
  const std::string what =
      now ? "has changed" + differences(plan.workflow_path, frozen.workflow_source, *now) : "is gone";
  world.say(fmt::format("note: {} {} since the run began, which goes on with the workflow as it was{}\n",
                        text::printable(plan.workflow_path, text::Newlines::escape), what,
                        now ? fmt::format("; `fleet resume {} --replan` takes it as it is now", run) : ""));
}

}  // namespace fleet::app
