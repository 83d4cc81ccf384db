#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/analyze_files.h"
#include "base/object_id.h"
#include "git/object_store.h"

namespace fleet::app {

inline constexpr std::uint64_t kMostAnalysedBytes = 128 << 20;  // of a file that is looked at

// Files as they stand in a tree. The store must outlive them.
[[nodiscard]] analysis::Files files_in(const git::ObjectStore& store, ObjectId tree,
                                       std::vector<std::string> paths);

}  // namespace fleet::app
