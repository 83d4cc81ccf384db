#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "app/checkout.h"
#include "app/world.h"
#include "base/enum_names.h"
#include "base/object_id.h"
#include "base/result.h"

namespace fleet::app {

// Workspaces that are overlays of one checkout: where the kernel allows it and the repository is large, or
// wherever (and an Error where the kernel does not), or nowhere.
enum class Overlays { automatic, always, never };

struct OverlayChoice {
  bool used = false;
  std::string note;  // for people; empty: nothing to say
};

// By trying, where it matters. `asked`: --overlays; absent: FLEET_OVERLAYS, or automatic. `tree`: what the
// run starts from. `folder`: for the workspaces; made when it is used.
[[nodiscard]] Result<OverlayChoice> choose_overlays(const World& world, std::optional<Overlays> asked,
                                                    const Checkout& checkout, ObjectId tree,
                                                    const std::filesystem::path& folder);

}  // namespace fleet::app

namespace fleet {
FLEET_ENUM_NAMES(app::Overlays, "auto", "always", "never");
}
