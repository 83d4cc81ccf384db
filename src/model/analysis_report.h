#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "model/analysis.h"
#include "model/finding.h"
#include "model/metrics.h"

// One model of what analysis found, from which its reports are written.
namespace fleet::model {

// What there is to know of a rule, whatever it found.
struct RuleFacts {
  std::string id;
  std::string tool = "fleet";  // whose rule it is
  Severity severity = Severity::warning;
  Confidence confidence = Confidence::medium;
  std::string message;           // one sentence: what it looks for
  std::string why, fix;          // why that is bad, and what to do instead; may be empty
  std::vector<std::string> cwe;  // `CWE-78`
  std::string owasp;             // `A03:2021`
};

struct AnalysisReport {
  std::string version;             // of fleet
  std::size_t files = 0;           // that were looked at
  std::vector<RuleFacts> rules;    // that were applied; those of other tools may be missing
  std::vector<Finding> findings;   // in the order in which they are shown
  std::vector<std::string> notes;  // what was not looked at, and why: its silence means nothing
  std::optional<Scores> scores;
  std::optional<double> duplication;  // lines that stand in several places, in percent; none: not looked for
  std::vector<FileMetrics> metrics;   // empty: nobody asked for them
};

}  // namespace fleet::model
