#pragma once

#include <filesystem>

#include "base/result.h"
#include "store/export.h"

// manifest.json and the other names in an export. For export.cc and import.cc.
namespace fleet::store {

inline constexpr const char* kManifestName = "manifest.json";
inline constexpr const char* kRunDatabaseName = "run.db";
inline constexpr const char* kLogName = "log";
inline constexpr const char* kKeptName = "kept";

[[nodiscard]] Result<> write_manifest(const std::filesystem::path& folder, const Manifest& manifest);
// Also that of a half-written export.
[[nodiscard]] Result<Manifest> read_any_manifest(const std::filesystem::path& folder);

}  // namespace fleet::store
