#include "app/checkout.h"

#include <fmt/format.h>
#include <sys/fsuid.h>
#include <unistd.h>

#include <utility>

#include "model/json.h"
#include "os/files.h"
#include "store/process_lock.h"
#include "text/utf8.h"

namespace fleet::app {

namespace {

// So that nothing of root's is left in the clone, and nothing of root's can be reached through it.
Result<std::optional<os::UserId>> become_owner(const git::Repository& repository) {
  if (::geteuid() != 0) return std::nullopt;
  FLEET_TRY(const os::UserId owner, os::owner_of(repository.common_folder()));
  if (owner.uid == 0) return std::nullopt;
  FLEET_CHECK(os::use_files_as(owner));
  git::pass_over_unreadable_settings();
  return owner;
}

// In a hook of git they are set and name the very repository that is found without them.
void note_git_variables(const World& world, const git::Repository& repository) {
  const std::pair<const char*, std::filesystem::path> used[]{
      {"GIT_DIR", repository.git_folder()},
      {"GIT_WORK_TREE", repository.work_folder().value_or(repository.git_folder())}};
  for (const auto& [name, folder] : used) {
    const auto named = world.variable(name);
    std::error_code error;
    if (!named || std::filesystem::equivalent(*named, folder, error)) continue;
    world.say(fmt::format("note: {} is not looked at: fleet works on {}; name another clone by -C\n", name,
                          text::printable(folder.string())));
  }
}

}  // namespace

Result<Checkout> open_checkout(const World& world, const Where& where) {
  // Root works as the owner, so that nothing in the clone can make it do more than its owner could.
  const git::Trust trust = ::geteuid() == 0 ? git::Trust::given : git::Trust::found;
  FLEET_TRY(git::Repository repository, git::Repository::open(where.directory, trust));
  note_git_variables(world, repository);
  FLEET_TRY(const std::optional<os::UserId> owner, become_owner(repository));
  // Anew, with the settings that its owner may read.
  if (owner) {
    FLEET_TRY(repository, git::Repository::open(where.directory, git::Trust::given));
  }
  std::filesystem::path state = where.state;
  if (state.empty()) state = world.variable("FLEET_STATE").value_or("");
  if (state.empty()) state = repository.common_folder() / "fleet";
  std::error_code error;
  state = std::filesystem::absolute(state, error);
  if (error) return base::fail_world("find the state folder", state, error.message());
  return Checkout{std::move(repository), store::Layout(state), owner};
}

std::string explain(Error error) {
  // ~0 changes nothing: it only says as whom this thread uses files.
  const auto owner = static_cast<std::uint32_t>(::setfsuid(~0U));
  const bool is_refused = error.why.find("ermission denied") != std::string::npos;
  if (is_refused && ::geteuid() == 0 && owner != 0) {
    if (!error.hint.empty()) error.hint += "; ";
    error.hint += fmt::format("fleet is root here, and uses files as the clone's owner (uid {})", owner);
  }
  return error.message();
}

bool has_state(const Checkout& checkout) {
  std::error_code error;
  const auto found = std::filesystem::status(checkout.layout.database(), error);
  return found.type() != std::filesystem::file_type::not_found;
}

Result<store::Reader> open_state(const Checkout& checkout) {
  if (!has_state(checkout)) {
    return base::fail_input("find a run", {}, "nothing was run in this repository yet",
                            "start with `fleet run`");
  }
  return store::Reader::open(checkout.layout.database());
}

Result<store::RunRow> find_run(store::Reader& reader, const std::string& name) {
  if (!name.empty()) return reader.run(name);
  FLEET_TRY(std::vector<store::RunRow> newest, reader.runs(1));
  if (newest.empty()) {
    return base::fail_input("find a run", {}, "nothing was run in this repository yet",
                            "start with `fleet run`");
  }
  return std::move(newest.front());
}

Result<bool> is_cut_off(const Checkout& checkout, store::Reader& reader, const store::RunRow& run) {
  if (run.state != model::RunState::running || store::lock_holder(checkout.layout.lock(run.id))) return false;
  FLEET_TRY(const store::RunRow now, reader.run(run.id));  // it may have ended since the row was read
  return now.state == model::RunState::running;
}

Result<model::Plan> frozen_plan(store::Reader& reader, const std::string& run) {
  FLEET_TRY(const store::FrozenRun frozen, reader.frozen(run));
  return frozen_plan(frozen);
}

Result<model::Plan> frozen_plan(const store::FrozenRun& frozen) {
  FLEET_TRY(const model::Json json, model::parse_json(frozen.plan, "the stored plan"));
  auto plan = model::from_json<model::Plan>(json, "the stored plan");
  if (plan) return plan;
  Error error = std::move(plan).error();
  error.hint = "if another version of fleet wrote it, go on with that one, or begin anew with `fleet run`";
  return base::fail(std::move(error));
}

}  // namespace fleet::app
