#include "app/deliver.h"

#include <fmt/format.h>

#include <memory>

#include "forge/push.h"
#include "git/patch.h"
#include "os/files.h"
#include "report/build.h"
#include "report/render.h"
#include "text/utf8.h"

namespace fleet::app {
namespace {

constexpr std::uint64_t kLargestPatch = std::uint64_t{1} << 30;   // bytes
constexpr std::uint64_t kLargestFile = std::uint64_t{100} << 20;  // bytes; GitHub takes no larger one
constexpr std::size_t kLargestShallow = std::size_t{16} << 20;    // bytes
constexpr auto kPatience = std::chrono::seconds(120);

// GitHub has merged the pull request's branch into its target.
Result<bool> is_merge_of_pull(const World& world, const git::Repository& repository, ObjectId start) {
  if (!world.ci.pull_request || world.ci.pull_request->head.is_none()) return false;
  FLEET_TRY(const git::Commit commit, repository.objects().read_commit(start));
  return commit.parents.size() == 2 && commit.parents.back() == world.ci.pull_request->head;
}

// Why there is no pull request of this result, and need not be.
std::string why_not(const World& world, const model::Report& report, bool gate_is_bad) {
  if (report.delivery.commit == report.delivery.start) return "nothing was changed";
  if (report.state != model::RunState::finished)
    return fmt::format("the run is {}", base::name_of(report.state));
  if (gate_is_bad) return report.gate ? "the gate failed" : "the gate could not judge";
  if (world.ci.forge != forge::Forge::github) return "this is no job of GitHub Actions";
  if (world.ci.pull_request && world.ci.pull_request->is_fork)
    return "the job is for a fork's pull request, and its token only reads";
  return {};
}

Result<forge::OpenPull> open_pull_request(const World& world, const Checkout& checkout,
                                          const model::Report& report, const std::string& key) {
  const forge::Ci& ci = world.ci;
  FLEET_TRY(const std::string base, forge::branch_to_change(ci));
  const auto http = world.make_http_client();
  forge::RestClient github(*http, forge::github(ci), kPatience);
  FLEET_TRY(const std::optional<forge::OpenPull> known, forge::find_pull(github, ci, key, base));
  forge::PushSpec push;
  push.objects = checkout.repository.object_folders();
  if (checkout.repository.is_shallow()) {
    FLEET_TRY(push.shallow, os::read_file(checkout.repository.common_folder() / "shallow", kLargestShallow));
  }
  push.url = fmt::format("{}/{}.git", ci.server_url, ci.repository);
  push.token = ci.token;
  push.branch = known ? known->branch : report.delivery.branch;
  push.commit = report.delivery.commit;
  if (known) push.replaces = known->tip;
  const bool is_there = known && known->tip == push.commit;
  if (!is_there) FLEET_CHECK(forge::push(push, world.env));
  forge::PullText text{report.workflow, report::to_markdown(report, forge::room_for_body(ci, key))};
  return forge::open_pull(github, ci, key, base, push.branch, push.commit, text, known);
}

}  // namespace

Result<> check_delivery(const World& world, const git::Repository& repository, const model::Plan& plan,
                        ObjectId start) {
  if (plan.settings.deliver.value != model::Delivery::pull_request) return {};
  const forge::Ci& ci = world.ci;
  if (ci.forge != forge::Forge::github) {
    world.say("note: this is no job of GitHub Actions: instead of a pull request there will be a patch\n");
    return {};
  }
  if (ci.pull_request && ci.pull_request->is_fork) {
    world.say(
        "note: a fork's job may open no pull request: there will be a patch beside the reports instead\n");
    return {};
  }
  FLEET_CHECK(forge::branch_to_change(ci));
  if (ci.token.empty()) {
    return base::fail_input("open a pull request of the result", {}, "there is no token",
                            "give the action its input `github-token`, or set GITHUB_TOKEN");
  }
  FLEET_TRY(const bool is_merge, is_merge_of_pull(world, repository, start));
  if (!is_merge) return {};
  return base::fail_input(
      "open a pull request of the result", {},
      "the run would start from GitHub's merge commit, and its result would hold the target's changes too",
      "give actions/checkout `ref: ${{ github.head_ref }}`");
}

std::optional<forge::OpenPull> deliver(const World& world, const Checkout& checkout, model::Report& report,
                                       const std::string& key, bool gate_is_bad, std::vector<Error>& errors) {
  model::DeliveryReport& delivery = report.delivery;
  const bool is_changed = !delivery.commit.is_none() && delivery.commit != delivery.start;
  if (delivery.how == model::Delivery::patch && is_changed) delivery.patch = kPatchFile;
  if (delivery.how != model::Delivery::pull_request || delivery.branch.empty()) return std::nullopt;
  if (const std::string reason = why_not(world, report, gate_is_bad); !reason.empty()) {
    report.notes.push_back(fmt::format("no pull request was opened: {}", reason));
  } else if (auto pull = open_pull_request(world, checkout, report, key)) {
    delivery.pull_request = pull->url;
    return *std::move(pull);
  } else {
    report.notes.push_back(fmt::format("no pull request was opened: {}", pull.error().line()));
    errors.push_back(std::move(pull).error());
  }
  if (is_changed) delivery.patch = kPatchFile;
  return std::nullopt;
}

Result<std::vector<std::string>> write_patch(const Checkout& checkout, const model::Report& report,
                                             const std::filesystem::path& folder) {
  if (report.delivery.patch.empty()) return std::vector<std::string>();
  const git::ObjectStore& objects = checkout.repository.objects();
  FLEET_TRY(const ObjectId before, objects.tree_of(report.delivery.start));
  FLEET_TRY(const ObjectId after, objects.tree_of(report.delivery.commit));
  git::PatchOptions options;
  options.max_bytes = kLargestPatch;
  options.max_file_bytes = kLargestFile;
  FLEET_TRY(const git::Patch patch, git::patch(objects, before, after, options));
  const std::string path = folder / report.delivery.patch;
  if (!patch.complete) {
    return base::fail_world("write the patch", path, "the change is too large for one",
                            fmt::format("commit {} has it", report.delivery.commit.hex()));
  }
  FLEET_CHECK(os::write_file_atomically(path, patch.text));
  return std::vector<std::string>{path};
}

}  // namespace fleet::app
