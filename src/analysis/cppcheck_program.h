#pragma once

#include <set>
#include <string>
#include <vector>

#include "analysis/cppcheck.h"
#include "base/result.h"
#include "os/process.h"

// How cppcheck is called: what goes in, and what is to be thought of how it ended.
namespace fleet::analysis {

struct CppcheckProgram {
  std::string path;  // whole
  std::string version;
};

// Starts it once to ask for its version, unless the cache knows it. It runs in `folder`, from where it reads
// what is called as files of its own are.
[[nodiscard]] Result<CppcheckProgram> find_cppcheck(const CppcheckOptions& options,
                                                    const std::string& folder);

// With neither files nor a time limit.
[[nodiscard]] os::ProcessSpec cppcheck_spec(const CppcheckOptions& options, const std::string& program,
                                            const std::string& folder);

// The arguments that change what is found in a file, for one that runs in a CppcheckStage; `suppressions` is
// left to the caller, who has the file. `headers`: names that it includes.
[[nodiscard]] std::vector<std::string> cppcheck_arguments(const CppcheckSettings& settings,
                                                          const CppcheckFile& file,
                                                          const std::set<std::string>& headers);

// Whether cppcheck takes this name as it is: it cuts quotes out of names, makes `/` of `\`, and passes over
// what it then does not find without a word.
[[nodiscard]] bool is_name_for_cppcheck(const std::string& path);

[[nodiscard]] bool is_excluded(const CppcheckSettings& settings, const std::string& path);

// Why nothing that it printed counts; empty when it ended well. `said` is what it printed.
[[nodiscard]] std::string why_cppcheck_failed(const os::ProcessEnd& end, const std::string& said);

}  // namespace fleet::analysis
