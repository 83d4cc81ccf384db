#pragma once

#include <string>

#include "app/checkout.h"
#include "app/world.h"
#include "store/rows.h"

// Runs that come from elsewhere or go elsewhere.
namespace fleet::app {

// Writes the run's rows, logs, kept files and git objects into a folder (store/export.h).
[[nodiscard]] Result<> export_to(const World& world, const Checkout& checkout, const std::string& run,
                                 const std::string& folder);
// Takes such a folder in; gives back the run's id, which must be `run` where that is not empty. Nothing in it
// is trusted.
[[nodiscard]] Result<std::string> import_from(const Checkout& checkout, const std::string& folder,
                                              const std::string& run);

// An Error when there is a run of this id already.
[[nodiscard]] Result<> refuse_known_run(const Checkout& checkout, const std::string& run);

// An Error when an export of the run into the folder would be refused: better now than when the run stops.
[[nodiscard]] Result<> check_export_folder(const std::string& folder, const std::string& run);

// A resume uses the workflow as the run froze it; says so, and which tasks differ, when the file is another
// one by now.
void say_what_changed(const World& world, const Checkout& checkout, const std::string& run,
                      const model::Plan& plan, const store::FrozenRun& frozen);

}  // namespace fleet::app
