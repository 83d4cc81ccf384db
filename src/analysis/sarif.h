#pragma once

#include <string>
#include <string_view>

#include "analysis/foreign_report.h"
#include "base/result.h"

namespace fleet::analysis {

// Findings of another tool, from its SARIF 2.1.0 (OASIS). Results of all runs, in their order:
// - a rule's id is the tool's name, a dot and its own: `eslint.no-eval`; an enclosing run without a tool's
//   name is an Error;
// - `error`, `warning` and `note` stay what they are, `none` becomes a note; a rule's default counts, and
//   before it what an invocation was told instead;
// - how sure a tool is comes from a rule's `precision` (CodeQL) or tags (semgrep), else it is medium;
// - results of kind `pass` and `notApplicable`, and of the baseline state `absent`, are left out and counted;
// - where `options.takes_marks`, `unchanged` and `updated` ones are known, and accepted suppressions become
// the
//   mark;
// - places that are relative to a base without an address are taken to be relative to the root.
// - columns count code points where the report does not say otherwise, in ESLint's UTF-16 units.
// Of several locations or data flows of one result the first is taken.
//
// `name` is the file's. The report is trusted in nothing; an Error says by a JSON pointer what is wrong.
[[nodiscard]] Result<ForeignReport> read_sarif(std::string_view json, const std::string& name,
                                               const ForeignOptions& options);

}  // namespace fleet::analysis
