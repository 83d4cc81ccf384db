#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "model/finding.h"

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
};

}  // namespace fleet::model
