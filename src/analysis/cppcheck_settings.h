#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analysis/compile_commands.h"
#include "analysis/remarks.h"
#include "base/result.h"

namespace fleet::analysis {

// What a project asks of cppcheck. Nothing in it starts a program: addons, rules and other analysers that a
// project file names are not honoured, since a repository is not trusted to run what it likes.
struct CppcheckSettings {
  std::vector<std::string> suppressions;  // `id`, `id:file` or `id:file:line`, with `*` and `?` in the file
  CompileFlags everywhere;                // for every file; without a standard
  std::vector<std::string> libraries;     // `posix`, `qt`
  std::string platform;                   // `unix64`
  std::vector<std::string> excluded;      // files and folders
  CompileCommands compile_commands;

  std::vector<std::string> read;  // the files that this was read from, from the root
  Remarks remarks;                // what stands in them and is not honoured, and why
};

// Looks in the folder `root` for
// - suppressions: `.cppcheck-suppressions`, `.cppcheck-suppressions.txt`, `cppcheck-suppressions.txt`,
//   `.cppcheck_suppressions` and `suppressions.txt`, lines as `--suppressions-list` takes them;
// - one project file of cppcheck's own, `*.cppcheck`;
// - `compile_commands.json`, there or in `build/`. With it headers are read, which takes many times as long.
// A symlink among them that leads out of the root is passed over with a remark, and so is what comes after
// the first 10,000 entries of a list. What is there and cannot be read is an Error. Any thread; reads files.
[[nodiscard]] Result<CppcheckSettings> find_cppcheck_settings(const std::string& root);

// Whether a file of this path, from the root, would be looked at for all but the last.
[[nodiscard]] bool holds_cppcheck_settings(std::string_view path);
// Only the last: how files are compiled is mostly not in the repository.
[[nodiscard]] Result<> add_compile_commands(const std::string& root, CppcheckSettings& settings);

// Lines as in the file for `--suppressions-list`. What cppcheck 2.10 takes for none becomes a remark:
// cppcheck itself would refuse to start. That are ids with wildcards, except for `*` alone, and two wildcards
// side by side.
void add_suppressions(std::string_view lines, const std::string& name, CppcheckSettings& settings);

// A project file as cppcheck's window writes it.
[[nodiscard]] Result<> add_project_file(std::string_view xml, const std::string& root,
                                        const std::string& name, CppcheckSettings& settings);

}  // namespace fleet::analysis
