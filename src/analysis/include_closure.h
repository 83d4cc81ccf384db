#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace fleet::analysis {

// 64 hex digits of SHA-256.
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

// The headers below the root that a source file may come to read, found by the names that stand after
// #include, whatever #if says: never too few, except where a name is put together by macros, and that is
// said. Reads each file once. One thread at a time.
class IncludeClosure {
 public:
  explicit IncludeClosure(std::string root) : root_(std::move(root)) {}

  struct Source {
    std::string hash;  // of its bytes
    bool has_nul = false;
    bool is_known = true;                        // no name is put together by macros
    std::map<std::string, std::string> headers;  // hash by path from the root; not the file itself
  };
  // `path` from the root, `includes` as in CompileFlags, `included` the files that are read before it. An
  // Error: the file itself cannot be read.
  [[nodiscard]] Result<Source> of(const std::string& path, const std::vector<std::string>& includes,
                                  const std::vector<std::string>& included);

 private:
  struct File {
    std::string hash;
    bool has_nul = false;
    bool has_macro = false;
    std::vector<std::string> names;
  };
  Result<const File*> load(const std::string& path);

  std::string root_;
  std::map<std::string, File> files_;
  std::set<std::string> missing_;  // paths that are no files that could be read
};

}  // namespace fleet::analysis
