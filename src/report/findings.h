#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/analysis_report.h"

// Findings -> files. Everything in them comes from code and from other tools, is untrusted, and is escaped.
// Pure functions.
namespace fleet::report {

// What a finding is marked as, so that it does not count; empty: it does. `known before the change`,
// `suppressed in the code: tested by hand`, `below the threshold`.
[[nodiscard]] std::string why_not_counted(const model::Finding& finding);

struct FindingCounts {
  std::size_t errors = 0, warnings = 0, notes = 0;             // those that count
  std::size_t known = 0, suppressed = 0, below_threshold = 0;  // each finding by its first mark alone
  [[nodiscard]] std::size_t counted() const { return errors + warnings + notes; }
};
[[nodiscard]] FindingCounts finding_counts(const std::vector<model::Finding>& findings);
// `2 errors, 1 note in 14 files; 3 known, 1 suppressed`.
[[nodiscard]] std::string describe(const FindingCounts& counts, std::size_t files);

// At most `most` of these indices, in their order: of findings that count before marked ones, and of worse
// ones before better.
[[nodiscard]] std::vector<std::size_t> most_telling(const std::vector<model::Finding>& findings,
                                                    std::vector<std::size_t> among, std::size_t most);

// The facts of each rule by its id, also of those that are known from their findings alone.
[[nodiscard]] std::map<std::string, model::RuleFacts> all_rules(const model::AnalysisReport& report);

// What GitHub's code scanning takes in one run of an upload; past it, it refuses the whole.
struct SarifLimits {
  std::size_t results = 25'000;
  std::size_t gzip_bytes = 10'000'000;
};
// SARIF 2.1.0 (OASIS), one result on each line. Files are named from %SRCROOT%, the root of the repository;
// columns count code points. Marked findings are suppressed results: `inSource` those whose suppression
// stands in the code, else `external`. The fingerprint stands under `fleet/v1`, and as
// primaryLocationLineHash, which is what GitHub knows an alert again by. Results that have no place in a
// file, which GitHub refuses, and those past the limits are left out; a notification of the tool's invocation
// says how many, and so are the notes.
[[nodiscard]] std::string to_sarif(const model::AnalysisReport& report, const SarifLimits& limits = {});

// GitLab's Code Quality, a JSON array: those findings that count and have a place in a file, each once by its
// fingerprint, of which GitLab would otherwise keep the last.
[[nodiscard]] std::string to_code_quality(const model::AnalysisReport& report);

inline constexpr std::size_t kJunitLimit = 30'000'000;  // bytes; GitLab takes no larger file
// JUnit's XML, as Jenkins (its junit-10.xsd) and GitLab read it: each finding is a test case of its file,
// which fails, or is skipped where the finding is marked. Without findings there is one case that passes.
// What finds no room is counted in system-out, where the notes stand too.
[[nodiscard]] std::string to_junit(const model::AnalysisReport& report, std::size_t limit = kJunitLimit);

// One object as src/report/findings.schema.json describes. Bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string to_json(const model::AnalysisReport& report);
// What that wrote, without metrics. An Error for text that it cannot have written.
[[nodiscard]] Result<model::AnalysisReport> findings_from_json(std::string_view text);

}  // namespace fleet::report
