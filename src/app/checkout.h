#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "app/world.h"
#include "git/repository.h"
#include "model/plan.h"
#include "os/sandbox.h"
#include "store/layout.h"
#include "store/reader.h"

namespace fleet::app {

// Where a command works, as the command line says.
struct Where {
  std::string directory = ".";  // -C
  std::string state;  // --state; empty: FLEET_STATE, or `fleet` in the repository's common git folder
};

// The user's clone, and the state of its runs.
struct Checkout {
  git::Repository repository;
  store::Layout layout;
  // Where fleet is root and the clone another user's: that user, as whom tasks run and files are made.
  std::optional<os::UserId> owner;
};

// Call it before there are threads: of a clone of another user's, this thread and those it starts touch files
// only as that user from here on.
[[nodiscard]] Result<Checkout> open_checkout(const World& world, const Where& where);
// Whether anything was run here.
[[nodiscard]] bool has_state(const Checkout& checkout);
// The same for commands that only look: an Error when there is no state yet.
[[nodiscard]] Result<store::Reader> open_state(const Checkout& checkout);

// An Error's message. Where root was refused something because it uses files as the clone's owner, says so.
[[nodiscard]] std::string explain(Error error);

// The run that a command means: the one named, else the newest.
[[nodiscard]] Result<store::RunRow> find_run(store::Reader& reader, const std::string& name);
// Whether the run is on record as going on, and no process drives it.
[[nodiscard]] Result<bool> is_cut_off(const Checkout& checkout, store::Reader& reader,
                                      const store::RunRow& run);
// The plan that the run froze.
[[nodiscard]] Result<model::Plan> frozen_plan(store::Reader& reader, const std::string& run);
[[nodiscard]] Result<model::Plan> frozen_plan(const store::FrozenRun& frozen);

}  // namespace fleet::app
