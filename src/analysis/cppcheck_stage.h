#pragma once

#include <map>
#include <string>
#include <vector>

#include "analysis/cppcheck.h"
#include "analysis/cppcheck_output.h"
#include "base/result.h"
#include "os/files.h"

namespace fleet::analysis {

// A folder with what cppcheck is given beside the repository: its suppressions, and other names for files
// whose own it does not take. Gone with this. One thread at a time.
class CppcheckStage {
 public:
  [[nodiscard]] static Result<CppcheckStage> create(const std::string& root,
                                                    const CppcheckSettings& settings);

  // The file's own name, or that of a link to it; then `arguments` get the folder that its headers are in.
  [[nodiscard]] Result<std::string> name(const std::string& path, CppLanguage language,
                                         std::vector<std::string>& arguments);
  // Back to the names in the repository, in a message of the file `path`.
  void give_names_back(const std::string& path, CppcheckMessage& message) const;

  [[nodiscard]] const std::string& suppressions() const { return suppressions_; }  // a file; empty: none

 private:
  CppcheckStage(std::string root, os::TemporaryDirectory folder)
      : root_(std::move(root)), folder_(std::move(folder)) {}
  struct Link {
    std::string name, headers;
  };
  std::string root_;
  os::TemporaryDirectory folder_;
  std::string suppressions_;
  std::map<std::string, Link> links_;  // by path
};

}  // namespace fleet::analysis
