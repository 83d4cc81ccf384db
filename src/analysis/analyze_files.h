#pragma once

#include <functional>
#include <string>
#include <vector>

#include "analysis/analyzer.h"
#include "base/result.h"
#include "model/analysis.h"
#include "model/finding.h"
#include "syntax/tree.h"

namespace fleet::analysis {

// A set of files, wherever they come from. `read` is called by several threads at once.
struct Files {
  std::vector<std::string> paths;
  std::function<Result<std::string>(const std::string& path)> read;
};

struct AnalyzeOptions {
  unsigned threads = 1;
  syntax::Bounds bounds;  // of each file
  // Findings below are marked.
  model::Severity severity = model::Severity::note;
  model::Confidence confidence = model::Confidence::medium;
};

// Analyses files. With `base`, the same files as they were before a change, wherever they lay then: findings
// that were there already are marked as known, and so are functions that were there word for word; as often
// as they were there, so that a copy is new. A file
// that was source before is looked at as source even where it now says that it was generated. A file that
// cannot be read is remarked. An Error when there is not even one thread's worth of the world left.
[[nodiscard]] Result<model::Analysis> analyze_files(const Analyzer& analyzer, const Files& files,
                                                    const Files& base, const AnalyzeOptions& options);

}  // namespace fleet::analysis
