#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/enum_names.h"
#include "model/diagnostic.h"

// What other people's code a project is built from, by its lock files and manifests.
namespace fleet::dependencies {

// As the OSV schema calls them (https://ossf.github.io/osv-schema/, "Defined ecosystems").
enum class Ecosystem { npm, pypi, crates_io, go, maven };

struct Dependency {
  Ecosystem ecosystem = Ecosystem::npm;
  std::string name;     // as normalised_name() writes it
  std::string version;  // exact, as its registry spells it; Go's without the `v`
  std::string path;     // of the file that names it, from the root
  std::uint32_t line = 1;
  std::optional<bool> direct;  // the project itself asks for it; absent: the file does not tell
  bool dev = false;            // only for building and testing, as far as the file tells
  std::string license;         // as the package spells it; empty: not told
};

// What one file said.
struct LockFile {
  std::vector<Dependency> dependencies;  // in the file's order; several of one name and version are possible
  model::Diagnostics remarks;            // what was not understood, and what cannot be judged
};

// One spelling for what its registry takes to be one package: PyPI by PEP 503 (lower case; runs of `-`, `_`
// and `.` are one `-`). All others tell their packages apart by every byte.
[[nodiscard]] std::string normalised_name(Ecosystem ecosystem, std::string_view name);

}  // namespace fleet::dependencies

namespace fleet {
FLEET_ENUM_NAMES(dependencies::Ecosystem, "npm", "PyPI", "crates.io", "Go", "Maven");
}
