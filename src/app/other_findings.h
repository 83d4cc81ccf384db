#pragma once

#include <functional>
#include <string>
#include <vector>

#include "analysis/analyze_files.h"
#include "base/result.h"

// What others than our own rules find, brought to the files that are analysed.
namespace fleet::app {

// What is analysed, as it is and as it was; `remarks` are about what is.
struct Sides {
  analysis::Files now, base;
  std::vector<model::AnalysisRemark> remarks;
  bool is_change = false;  // else there is no `base`
};

// Gives the findings to the files.
void add(analysis::FindingsByPath&& found, analysis::Files& files);
// The same of what is, with the remarks.
void add(analysis::Reported found, Sides& sides);

// A file that others speak of is looked at on both sides, also where it has not changed (a header that a
// changed source includes). What they say of such a file is known, unless their way to it leads through one
// that has changed. `is_ours`: whether the path is one of the project's; what others say of other files is
// left out, and remarked.
void look_where_reported(Sides& sides, const std::function<bool(const std::string&)>& is_ours);

// Reports of other tools, SARIF or SonarQube's; each is told by what is in it. Of files that are not analysed
// nothing is taken, which is remarked.
[[nodiscard]] Result<analysis::Reported> read_reports(const std::vector<std::string>& reports,
                                                      const std::string& root, const analysis::Files& files);

}  // namespace fleet::app
