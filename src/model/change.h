#pragma once

#include <cstdint>
#include <string>

#include "base/enum_names.h"
#include "base/object_id.h"

namespace fleet::model {

enum class FileMode : std::uint32_t {
  none = 0,
  regular = 0100644,
  executable = 0100755,
  symlink = 0120000,
  submodule = 0160000,
};

// What stands at a path of a tree. Mode none: nothing.
struct TreeEntry {
  ObjectId id;
  FileMode mode = FileMode::none;
  bool operator==(const TreeEntry&) const = default;
  [[nodiscard]] bool exists() const { return mode != FileMode::none; }
  [[nodiscard]] bool is_file() const { return mode == FileMode::regular || mode == FileMode::executable; }
};

// One path that differs between two trees. Paths are bytes with `/` between parts: git does not promise
// UTF-8.
struct Change {
  std::string path;
  TreeEntry before;
  TreeEntry after;
  bool operator==(const Change&) const = default;
};

}  // namespace fleet::model
