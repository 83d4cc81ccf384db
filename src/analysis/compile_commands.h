#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace fleet::analysis {

// How a source file is compiled, as far as an analyser wants to know. Folders and files below the root are
// named from there, others by their whole path.
struct CompileFlags {
  std::vector<std::string> includes;  // folders that headers are looked for in, the system's left out
  std::vector<std::string> included;  // files that are read before it
  std::vector<std::string> defines;   // `A` or `A=1`
  std::vector<std::string> undefines;
  std::string standard;  // as the compiler was told: `gnu++20`
  bool operator==(const CompileFlags&) const = default;
};

struct CompileCommands {
  std::map<std::string, CompileFlags> files;  // by path from the root; of several commands the first
  std::size_t outside = 0;                    // commands for files that do not lie below the root
};

// A compile_commands.json (clang.llvm.org/docs/JSONCompilationDatabase.html), trusted in nothing. `root` is a
// whole path. An Error says which command is wrong.
[[nodiscard]] Result<CompileCommands> read_compile_commands(std::string_view json, const std::string& root,
                                                            const std::string& name);

// From the root, where `path` (whole, or from `folder`) lies below it; else whole. `.` and `..` are gone, by
// name alone.
[[nodiscard]] std::string path_below(const std::string& root, const std::string& folder,
                                     const std::string& path);

}  // namespace fleet::analysis
