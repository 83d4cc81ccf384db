#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"

namespace fleet::analysis {

// The headers that a source file may come to read, found by the names that stand after #include, whatever #if
// says: never too few, except where that is said. Headers are looked for where the includer stands and in the
// folders that are given, wherever these lie. For one source at most 5,000 headers, 256 MB of them and
// 500,000 names of files are looked at. Reads each file once. One thread at a time.
class IncludeClosure {
 public:
  explicit IncludeClosure(std::string root) : root_(std::move(root)) {}
  // Of files that lie elsewhere than on disk. `read` gets paths from the root, and whole ones outside of it.
  using Read = std::function<Result<std::string>(const std::string& path)>;
  IncludeClosure(std::string root, Read read) : root_(std::move(root)), read_(std::move(read)) {}

  struct Source {
    std::string hash;  // of its bytes: 64 hex digits of SHA-256
    bool has_nul = false;
    bool is_known = true;  // the headers are all: no name is put together by macros, and no bound was met
    std::map<std::string, std::string> headers;  // hash by path from the root; not the file itself
    std::set<std::string> names;                 // that stand after #include in any of them, found or not
    bool operator==(const Source&) const = default;
  };
  // `path` from the root, `includes` as in CompileFlags, `included` the files that are read before it. An
  // Error: the file itself cannot be read, or is a symlink that leads out of the root.
  [[nodiscard]] Result<Source> of(const std::string& path, const std::vector<std::string>& includes,
                                  const std::vector<std::string>& included);

 private:
  struct File {
    std::string hash;
    std::uint64_t size = 0;
    bool has_nul = false;
    bool may_have_more = false;
    std::vector<std::string> names;
  };
  const File* header(const std::string& path);  // null: there is none
  const File* keep(const std::string& path, const std::string& bytes);

  std::string root_;
  Read read_;  // null: from disk
  std::map<std::string, File> files_;
  std::size_t names_ = 0;          // in files_
  std::set<std::string> missing_;  // paths that are no files that could be read
};

}  // namespace fleet::analysis
