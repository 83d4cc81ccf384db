#pragma once

#include <map>
#include <string>
#include <vector>

#include "analysis/cppcheck.h"
#include "analysis/cppcheck_output.h"
#include "base/result.h"
#include "os/files.h"

namespace fleet::analysis {

// The folder that cppcheck runs in, and which holds nothing else than what it is given: the repository by one
// name, its suppressions, and other names for files whose own it does not take. In the repository itself it
// would take a `std.cfg` that lies there for its own. Gone with this. One thread at a time.
class CppcheckStage {
 public:
  [[nodiscard]] static Result<CppcheckStage> create(const std::string& root,
                                                    const CppcheckSettings& settings);

  [[nodiscard]] const std::string& folder() const { return folder_.path(); }
  // How a file or folder is called from there: `root/src` of `src`; a whole path stays.
  [[nodiscard]] static std::string staged(const std::string& path);

  // That of a source file, or of a link to it; then `arguments` get the folder that its headers are in.
  [[nodiscard]] Result<std::string> name(const std::string& path, CppLanguage language,
                                         std::vector<std::string>& arguments);
  // Back to the names in the repository.
  void give_names_back(CppcheckMessage& message) const;

  [[nodiscard]] const std::string& suppressions() const { return suppressions_; }  // a file; empty: none

 private:
  CppcheckStage(std::string root, os::TemporaryDirectory folder)
      : root_(std::move(root)), folder_(std::move(folder)) {}
  [[nodiscard]] std::string name_back(const std::string& name) const;
  std::string root_;
  os::TemporaryDirectory folder_;
  std::string suppressions_;
  std::map<std::string, std::string> links_;  // what they lead to, by name
};

}  // namespace fleet::analysis
