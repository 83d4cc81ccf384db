#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/analyzer.h"
#include "analysis/coverage.h"
#include "base/result.h"
#include "model/analysis.h"
#include "model/finding.h"
#include "syntax/tree.h"

namespace fleet::analysis {

using FindingsByPath = std::map<std::string, std::vector<model::Finding>, std::less<>>;

// What other tools say of files, for analyze_files() to take over.
struct Reported {
  FindingsByPath findings;
  std::vector<model::AnalysisRemark> remarks;
};

// A set of files, wherever they come from. `read` is called by several threads at once.
struct Files {
  std::vector<std::string> paths;
  std::function<Result<std::string>(const std::string& path)> read;
  FindingsByPath reported = {};  // what other tools found in them
  // Of these only what is reported is taken: they have not changed, or were not asked for.
  std::vector<std::string> beside = {};
};

// What a file is to be taken for: one that was source before is source also where it now says that it was
// generated. `base`: the files before.
[[nodiscard]] model::FileKind judged_kind(const std::string& path, std::string_view bytes, const Files& base);

struct AnalyzeOptions {
  unsigned threads = 1;
  syntax::Bounds bounds;  // of each file
  // Findings below are marked.
  model::Severity severity = model::Severity::note;
  model::Confidence confidence = model::Confidence::medium;
  const Coverage* coverage = nullptr;  // for the scores; null: nothing is known of it
};

// Analyses files. With `base`, the same files as they were before a change, wherever they lay then: findings
// that were there already are marked as known, and so are functions that were there word for word; as often
// as they were there, so that a copy is new. What is reported as known stays so. A file
// that was source before is looked at as source even where it now says that it was generated. A file that
// cannot be read is remarked. An Error when there is not even one thread's worth of the world left.
[[nodiscard]] Result<model::Analysis> analyze_files(const Analyzer& analyzer, const Files& files,
                                                    const Files& base, const AnalyzeOptions& options);

}  // namespace fleet::analysis
