#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fleet::analysis {

// How a source file is compiled, as far as an analyser wants to know. Folders and files below the root are
// named from there, others by their whole path. No value is empty or holds a NUL byte.
struct CompileFlags {
  std::vector<std::string> includes;  // folders that headers are looked for in, the system's left out
  std::vector<std::string> included;  // files that are read before it
  std::vector<std::string> defines;   // `A` or `A=1`
  std::vector<std::string> undefines;
  std::string standard;  // as the compiler was told: `gnu++20`
  bool operator==(const CompileFlags&) const = default;
};

// Of the words of a command for gcc or clang (their manuals: Preprocessor Options, Directory Options). The
// first word is the compiler. What stands behind -Xclang, -Xpreprocessor and -Wp, counts too; precompiled
// headers do not, since the header itself is named as well where clang is given one. `folder` is where the
// command runs.
[[nodiscard]] CompileFlags compile_flags(const std::vector<std::string>& words, const std::string& root,
                                         const std::string& folder);

// As a shell splits a command: quotes and backslashes, nothing else.
[[nodiscard]] std::vector<std::string> shell_words(std::string_view line);

// From the root, where `path` (whole, or from `folder`) lies below it; else whole. `.` and `..` are gone, by
// name alone.
[[nodiscard]] std::string path_below(const std::string& root, const std::string& folder,
                                     const std::string& path);

}  // namespace fleet::analysis
