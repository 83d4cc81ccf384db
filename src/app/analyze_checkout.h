#pragma once

#include <string>
#include <vector>

#include "analysis/analyze_files.h"
#include "app/checkout.h"
#include "app/world.h"
#include "base/object_id.h"
#include "base/result.h"
#include "dependencies/license_policy.h"
#include "git/work_tree.h"
#include "model/analysis.h"

namespace fleet::app {

// What of a checkout is analysed, and what it is compared with.
struct Subject {
  std::vector<std::string> paths, base_paths;
  std::vector<std::string> named;  // files and folders, from the root; empty: all
  ObjectId base;                   // a commit; none: all is new
};
// `named`: files and folders as they were named on the command line; empty: all. `since`: a revision; empty:
// not only what has changed.
[[nodiscard]] Result<Subject> subject_of(const git::Repository& repository, const git::WorkTree& files,
                                         const std::vector<std::string>& named, const std::string& since);

// Where findings come from besides our own rules. Files are of the file system.
struct FindingSources {
  bool cppcheck = true;
  bool duplicates = false;
  std::vector<std::string> reports;       // of other tools
  std::vector<std::string> base_reports;  // of what was before the change
  std::string advisories;                 // a folder of OSV records; empty: none
  dependencies::LicensePolicy licenses;
  std::vector<std::string> coverage;  // reports of it
};

[[nodiscard]] Result<model::Analysis> analyze_checkout(const World& world, const Checkout& checkout,
                                                       const git::WorkTree& files,
                                                       const analysis::Analyzer& analyzer,
                                                       const Subject& subject, const FindingSources& sources,
                                                       analysis::AnalyzeOptions options);

}  // namespace fleet::app
