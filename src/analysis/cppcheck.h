#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "analysis/cppcheck_findings.h"
#include "analysis/cppcheck_settings.h"
#include "base/enum_names.h"
#include "base/result.h"
#include "base/time.h"
#include "model/finding.h"
#include "os/sandbox.h"

// cppcheck, run on the files of a change. What it says of a file depends on that file, the headers it reads
// and the settings, and on nothing else: not on which files are checked with it. So what takes several source
// files to see is not looked for.
namespace fleet::analysis {

enum class CppLanguage { c, cpp };

struct CppcheckFile {
  std::string path;  // from the root; any bytes
  CppLanguage language = CppLanguage::cpp;
};

struct CppcheckOptions {
  std::string root;           // a whole path
  std::string program;        // its path, or a name on PATH; empty: cppcheck
  std::string path_variable;  // PATH: where it is looked for, and what it is given
  std::string cache;          // a folder, made when it is not there; empty: nothing is kept
  std::uint64_t cache_bytes = std::uint64_t{256} << 20;  // that it takes at most
  unsigned at_once = 1;                                  // how many are run at the same time
  std::size_t batch = 16;  // files for each, at most: a start costs as much as some 500 lines
  Duration file_limit = std::chrono::seconds(60);      // for each file
  std::uint64_t memory = std::uint64_t{2} << 30;       // for each that runs
  std::shared_ptr<const os::PreparedSandbox> sandbox;  // must let it read the root and $TMPDIR; null: none
  CppcheckSettings settings;
};

enum class CppcheckOutcome {
  checked,
  not_understood,  // some of it was not looked at: cppcheck stumbled over the code
  timed_out,
  failed,    // cppcheck did
  excluded,  // by the settings
};

struct CppcheckFileReport {
  std::string path;
  CppcheckOutcome outcome = CppcheckOutcome::failed;
  bool from_cache = false;
  std::string why;  // of all but `checked`: what happened, and what to do
};

struct CppcheckReport {
  std::string version;                    // `2.10`
  std::vector<model::Finding> findings;   // by place; fingerprint, symbol and excerpt are left to the caller
  std::vector<CppcheckFileReport> files;  // each that was given, in that order
  std::vector<CppcheckNote> notes;        // the first 1,000
  std::size_t starts = 0;                 // of cppcheck on files
  std::string cache_trouble;              // why results were not kept, the last reason; empty: none
};

// An Error when there is no cppcheck, or none that tells its version; what befalls a file is in its report.
// Blocks; on a worker's thread, never on the loop's. Makes a folder in $TMPDIR for as long as it runs, and
// runs cppcheck there: in the root it would read settings of its own (`std.cfg`) that a repository may hold.
[[nodiscard]] Result<CppcheckReport> run_cppcheck(const CppcheckOptions& options,
                                                  const std::vector<CppcheckFile>& files);

}  // namespace fleet::analysis

namespace fleet {
FLEET_ENUM_NAMES(analysis::CppcheckOutcome, "checked", "not-understood", "timed-out", "failed", "excluded");
}
