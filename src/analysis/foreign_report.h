#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/file_lines.h"
#include "analysis/json_input.h"
#include "analysis/remarks.h"
#include "base/result.h"
#include "model/finding.h"

// What the readers of other tools' reports share.
namespace fleet::analysis {

struct ForeignOptions {
  std::string root;  // a whole path; findings below it are named from there
  // To count columns in characters and to know where lines end. Empty: columns are taken as they stand.
  FileLines::Source source;
  // Whether a finding is known or suppressed where the report says so. Who can write the report, or a
  // suppression in the code that its tool honours, mutes findings by that; so not by default.
  bool takes_marks = false;
  std::size_t max_bytes = std::size_t{64} << 20;
  std::size_t max_findings = 100'000;
};

struct ForeignReport {
  std::vector<std::string> tools;        // `ESLint 8.57.1`, each once
  std::vector<model::Finding> findings;  // in the order of the report; excerpts are left to the caller
  std::size_t left_out = 0;              // what the report itself says is none: passed, not applicable, fixed
  std::vector<std::string> remarks;      // what could not be taken as it stands, each once
};

inline constexpr std::size_t kMaxForeignSteps = 500;  // of one flow

// What a report itself says that need not be looked at.
struct ForeignMarks {
  bool is_known = false;
  std::optional<std::string> suppression;
};

// A report that grows. All text becomes printable, on one line, and is cut: names at 200 bytes, messages at
// 1,000; what grows past `max_findings`, or 256 MB, is an Error in the end. One thread at a time.
class ForeignFindings {
 public:
  ForeignFindings(const ForeignOptions& options, const std::string& name)
      : options_(options), name_(name), lines_(options.source) {}

  // A path from the root. What lies outside is kept whole and counted.
  [[nodiscard]] std::string path(std::string_view path_or_uri);
  [[nodiscard]] FileLines& lines() { return lines_; }

  void add_tool(std::string_view name, std::string_view version);
  [[nodiscard]] bool is_full() const { return is_full_; }
  // `rule` is the tool's own name for it; the finding's begins with the tool's. `identity` is what the tool
  // says is the same wherever the finding moves; empty: it says nothing, and the fingerprint is left to the
  // caller. With it the fingerprint is of rule, identity, and which of several alike in the file it is.
  void add(model::Finding finding, std::string_view rule, ForeignMarks marks,
           std::vector<std::string> identity);
  void leave_out() { ++report_.left_out; }
  void remark(std::string what) { remarks_.add(std::move(what)); }

  // An Error for what `input` found wrong, or what was too much.
  [[nodiscard]] Result<ForeignReport> take(const JsonInput& input, const char* hint);

 private:
  const ForeignOptions& options_;
  const std::string& name_;  // of the file
  FileLines lines_;
  ForeignReport report_;
  Remarks remarks_;
  bool is_full_ = false;
  std::size_t bytes_ = 0;
  std::map<std::string, std::size_t> alike_;  // by path and identity
  std::size_t outside_ = 0, nowhere_ = 0, not_taken_ = 0;
  std::string first_outside_;
};

// `%20` and the like; what is none, and a NUL, stays as it is.
[[nodiscard]] std::string percent_decoded(std::string_view text);

// `CWE-79` of `external/cwe/cwe-079`, `CWE-79: Cross-site Scripting`, `79` where `is_number_enough`.
[[nodiscard]] std::optional<std::string> cwe_in(std::string_view text, bool is_number_enough = false);
// Adds one that is not there yet, up to 20.
void add_cwe(std::vector<std::string>& all, std::optional<std::string> cwe);

// For the first part of a rule's id: `semgrep` of `Semgrep OSS`.
[[nodiscard]] std::string tool_slug(std::string_view name);

}  // namespace fleet::analysis
