#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "dependencies/dependency.h"
#include "dependencies/files.h"
#include "dependencies/license_policy.h"
#include "model/finding.h"

// Judges what a project depends on: known vulnerabilities, by a folder of OSV records, and licences, by a
// policy. docs/dependencies.md says what is read, and how.
namespace fleet::dependencies {

struct JudgeOptions {
  std::string database;  // a folder with OSV records, at any depth; empty: no vulnerability is looked for
  LicensePolicy licenses;
  Duration time = std::chrono::seconds(120);  // for each tree, and for the database
};

struct DependencyReport {
  std::vector<Dependency> dependencies;  // by path, line and name
  // `dependencies.vulnerable` and `dependencies.license`, by path, line, rule and message. One for each
  // package and advisory in a file, at the first line that names it.
  std::vector<model::Finding> findings;
  // What was not understood or cannot be judged, of lock files, and behind them of the database, whose paths
  // are as the caller gave its folder. Never a reason to take what was judged for less.
  model::Diagnostics remarks;
  std::size_t lock_files = 0;  // that were found
  std::size_t records = 0;     // of the database
};

// An Error where the tree, the database or the policy cannot be read at all, or not within the time. Blocks;
// on a worker's thread, never on the loop's.
[[nodiscard]] Result<DependencyReport> judge(const Files& files, const JudgeOptions& options);

// Of `head`, with what was so before marked as known: a dependency that `base` has in that version, anywhere;
// and an advisory or licence that told of another version of it in the same file of `base`.
[[nodiscard]] Result<DependencyReport> judge_change(const Files& base, const Files& head,
                                                    const JudgeOptions& options);

}  // namespace fleet::dependencies
