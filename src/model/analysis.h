#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/enum_names.h"
#include "model/finding.h"
#include "model/metrics.h"

// What the analysis of a tree, or of a change, comes to.
namespace fleet::model {

// What kind of file it is decides how much of it is looked at: source by all that there is, text by rules for
// text and for secrets, all others for secrets only.
enum class FileKind { source, text, binary, generated, vendored, minified, too_large };

// What could not be looked at as it should: a file that has one is never to be taken for clean.
struct AnalysisRemark {
  std::string path;  // empty: it is about the whole
  std::string what;
};

// From 0 (bad) to 100; docs/metrics.md says how.
struct Scores {
  double maintainability = 100;
  double security = 100;
  double performance = 100;
  std::optional<double> coverage;  // none: there is no report of it
  double overall = 100;
};

struct Analysis {
  std::vector<Finding> findings;          // by path, then place
  std::vector<FileMetrics> metrics;       // of sources, by path
  std::map<FileKind, std::size_t> files;  // how many there are of each kind
  std::vector<AnalysisRemark> remarks;    // by path
  std::optional<double> duplication;      // in percent; none: not looked for
  Scores scores;
};

}  // namespace fleet::model

namespace fleet {
FLEET_ENUM_NAMES(model::FileKind, "source", "text", "binary", "generated", "vendored", "minified",
                 "too-large");
}  // namespace fleet
