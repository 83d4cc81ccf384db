#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "analysis/compile_flags.h"
#include "base/result.h"

namespace fleet::analysis {

struct CompileCommands {
  // By path from the root; of several commands the first. Files that are compiled alike share their flags.
  std::map<std::string, std::shared_ptr<const CompileFlags>> files;
  std::size_t outside = 0;  // commands for files that do not lie below the root

  // Null: nothing is known of the file.
  [[nodiscard]] const CompileFlags* of(const std::string& path) const;
};

// A compile_commands.json (clang.llvm.org/docs/JSONCompilationDatabase.html), trusted in nothing. `root` is a
// whole path. Reads one command after the other, so that memory is what is kept: at most a million commands
// and a million different flags, 6 MB for each command. An Error says which command is wrong.
[[nodiscard]] Result<CompileCommands> read_compile_commands(std::string_view json, const std::string& root,
                                                            const std::string& name);

}  // namespace fleet::analysis
