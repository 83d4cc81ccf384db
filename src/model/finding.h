#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/enum_names.h"
#include "model/workflow.h"

// What analysis has to say of a place in the code.
namespace fleet::model {

// How sure a rule is that what it finds is what it says.
enum class Confidence { low, medium, high };

// Part of a file, as people count: lines and columns from 1, columns in characters. The end is the place just
// after the last character.
struct Region {
  std::uint32_t line = 1, column = 1;
  std::uint32_t end_line = 1, end_column = 1;
  bool operator==(const Region&) const = default;
};

// A step on the way of data from where it comes in to where it does harm.
struct FlowStep {
  std::string path;
  Region at;
  std::string what;  // `read from the request`
};

struct Finding {
  std::string rule;  // its id: `python.command-injection`, `secrets.github-token`, `cppcheck.nullPointer`
  std::string tool = "fleet";  // who found it
  Severity severity = Severity::warning;
  Confidence confidence = Confidence::medium;
  std::string message;  // one sentence, of this place
  std::string path;     // of the file, from the root of the repository; bytes with `/`
  Region at;
  std::string symbol;            // the function or class around it: `Parser.parse`; empty: none
  std::string excerpt;           // the line, or the first of them; never holds a secret
  std::vector<FlowStep> flow;    // from source to sink; empty: the rule follows no data
  std::vector<std::string> cwe;  // `CWE-78`
  std::string owasp;             // `A03:2021`
  // The same wherever the lines around it move: of rule, symbol, normalised excerpt, and which of several
  // alike it is.
  std::string fingerprint;

  // Marks: a finding is never dropped, so that a report can say what was passed over and why.
  bool is_known = false;                   // it was there before the change, or is in the baseline
  std::optional<std::string> suppression;  // the reason that stands in the code; may be empty
  bool is_below_threshold = false;         // of severity or confidence

  [[nodiscard]] bool counts() const { return !is_known && !suppression && !is_below_threshold; }
};

}  // namespace fleet::model

namespace fleet {
FLEET_ENUM_NAMES(model::Confidence, "low", "medium", "high");
}  // namespace fleet
