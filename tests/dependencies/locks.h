#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "dependencies/files.h"
#include "dependencies/readers.h"
#include "os/files.h"

// The lock files under tests/dependencies/locks, all of invented packages.
namespace fleet::dependencies {

inline std::string lock_text(const std::string& name) {
  return os::read_file(FLEET_SOURCE_DIR "/tests/dependencies/locks/" + name, 1 << 20).value();
}

// One line each: `left-board 1.4.0 @22 direct dev`.
inline std::vector<std::string> told(const LockFile& file) {
  std::vector<std::string> lines;
  for (const Dependency& one : file.dependencies) {
    lines.push_back(fmt::format("{} {} @{}{}{}", one.name, one.version, one.line,
                                !one.direct   ? ""
                                : *one.direct ? " direct"
                                              : " indirect",
                                one.dev ? " dev" : ""));
  }
  return lines;
}

inline std::vector<std::string> remarks_of(const LockFile& file) {
  std::vector<std::string> lines;
  for (const model::Diagnostic& remark : file.remarks)
    lines.push_back(fmt::format("{}:{}: {}", remark.path, remark.at.line, remark.message));
  return lines;
}

inline LockFile read_well(ReadLockFile read) {
  EXPECT_TRUE(read) << (read ? "" : read.error().message);
  return read ? *std::move(read) : LockFile{};
}

}  // namespace fleet::dependencies
