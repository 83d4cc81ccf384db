#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "base/object_id.h"
#include "base/result.h"
#include "base/time.h"
#include "store/layout.h"
#include "store/rows.h"

// A run as a folder that another machine can go on with:
//
//   manifest.json    what it is; `complete` is false until everything is there
//   run.db           the rows of this run, a database of its own; see schema.sql
//   log/...          what its programs wrote
//   kept/...         what its tasks hand on (`keep`); may hold links that lead anywhere: never follow them
//
// and what the caller adds (the git bundle). No absolute path of this machine stands in it.
namespace fleet::store {

inline constexpr int kExportFormat = 1;

struct Manifest {
  int format = kExportFormat;
  std::string fleet_version;
  std::string run;
  std::string workflow;
  ObjectId start;
  TimePoint exported{};
  bool complete = false;
};

// Writes into `folder`, which is made, is empty, or holds an earlier export of the same run, which is
// replaced. The run may be going on: what is committed when this begins is what is exported. `add` writes
// what others contribute, before the export is marked as complete; it may be empty.
[[nodiscard]] Result<Manifest> export_run(
    const Layout& state, std::string_view run, const std::filesystem::path& folder, TimePoint now,
    const std::function<Result<>(const std::filesystem::path& folder)>& add = {});

// Reads and checks manifest.json: an Error for a half-written export, or one of a newer format.
[[nodiscard]] Result<Manifest> read_manifest(const std::filesystem::path& folder);

// Takes an export into the state, all or nothing. Nothing in the folder is trusted: sizes and counts are
// bounded, links and special files refused (but for links in kept/), the database must be sound and hold
// exactly our tables and this one run. A run that is there already with the same journal is left as it is;
// one that went on elsewhere from where it stands here comes home, in its place; with another past, it is an
// Error. `take` takes in what others contributed, before the run counts as being here; it may be empty. It is
// called again where an import was cut off.
enum class Arrival { first, home };
using TakeRest =
    std::function<Result<>(const FrozenRun& frozen, const std::filesystem::path& staging, Arrival arrival)>;
[[nodiscard]] Result<Manifest> import_run(const std::filesystem::path& folder, const Layout& state,
                                          const TakeRest& take = {});

}  // namespace fleet::store
