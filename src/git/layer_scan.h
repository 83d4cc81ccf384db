#pragma once

#include <string>
#include <vector>

#include "base/object_id.h"
#include "base/result.h"
#include "git/beneath.h"
#include "git/object_store.h"
#include "git/scan.h"

namespace fleet::git {

// What stands in the upper folder of an overlay, against the tree whose files are the lower one. Costs what
// is in the upper folder, not what the tree holds.
struct LayerScan {
  Scan scan;  // its `untracked`, `ignored`, `missing` (also below folders that are gone) and `notes`
  std::vector<std::string> rewritten;  // files of the tree that stand in the upper folder, changed or not
};

[[nodiscard]] Result<LayerScan> scan_layer(const ObjectStore& store, const Root& upper, ObjectId tree,
                                           const ScanOptions& options);

// What the upper folder says about a path.
enum class Above {
  nothing,  // what the lower folder has shows
  hidden,   // it was removed, or something that is not there any more stands above it
  present,
};
[[nodiscard]] Result<Above> above(const Root& upper, const std::string& path);

}  // namespace fleet::git
