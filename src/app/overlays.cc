#include "app/overlays.h"

#include "git/tree.h"
#include "os/files.h"
#include "os/overlay.h"

namespace fleet::app {
namespace {

// Files. With so many, an attempt that changes ten looks through its checkout and moves it back in 5 ms, and
// a checkout more takes 47 ms; an overlay takes 1 ms for each of its programs, with any number of files (in
// memory, 2 cores; at 1,000 files: 2 and 10 ms). Below, the little that is won is not worth what an overlay
// cannot do.
constexpr std::size_t kWorthOverlays = 5000;

Result<Overlays> wanted(const World& world, std::optional<Overlays> asked) {
  const std::string named = world.variable("FLEET_OVERLAYS").value_or("");
  if (asked || named.empty()) return asked.value_or(Overlays::automatic);
  const auto known = base::from_name<Overlays>(named);
  if (known) return *known;
  return base::fail_input("choose workspaces by FLEET_OVERLAYS", named, "it is not auto, always or never",
                          "set it to one of these, or to nothing");
}

}  // namespace

Result<OverlayChoice> choose_overlays(const World& world, std::optional<Overlays> asked,
                                      const Checkout& checkout, ObjectId tree,
                                      const std::filesystem::path& folder) {
  FLEET_TRY(const Overlays when, wanted(world, asked));
  OverlayChoice choice;
  if (when == Overlays::never) return choice;
  if (when == Overlays::automatic) {
    FLEET_TRY(const std::size_t files, git::count(checkout.repository.objects(), tree, kWorthOverlays));
    if (files < kWorthOverlays) return choice;
  }
  FLEET_CHECK(os::make_directories(folder));
  FLEET_TRY(const auto why_not, os::why_no_overlay(folder, checkout.owner));
  if (why_not && when == Overlays::always) {
    return base::fail_world("give tasks overlays for workspaces", "", *why_not,
                            "run where the kernel allows them, or without --overlays always");
  }
  if (why_not) {
    choice.note = "each workspace is a checkout of its own; overlays cannot be had here: " + *why_not;
    return choice;
  }
  choice.used = true;
  choice.note = "workspaces are overlays of one checkout (--overlays never: a checkout each)";
  return choice;
}

}  // namespace fleet::app
