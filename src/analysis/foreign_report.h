#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/finding.h"

// What the readers of other tools' reports share.
namespace fleet::analysis {

struct ForeignOptions {
  std::string root;  // a whole path; findings below it are named from there
  // The text of a file, by its path from the root, to count columns in characters and to know where lines
  // end; nothing when it is not there. Empty: columns are taken as they stand.
  std::function<std::optional<std::string>(const std::string& path)> source;
  std::size_t max_bytes = std::size_t{256} << 20;
  std::size_t max_findings = 200'000;
};

struct ForeignReport {
  std::vector<std::string> tools;        // `ESLint 8.57.1`
  std::vector<model::Finding> findings;  // in the order of the report; excerpts are left to the caller
  std::size_t left_out = 0;              // what the report itself says is none: passed, not applicable, fixed
  std::vector<std::string> remarks;      // what could not be taken as it stands, each once
};

enum class ColumnUnit { codepoint, utf16 };

// Columns and places of one report. One thread at a time.
class ForeignPlaces {
 public:
  explicit ForeignPlaces(const ForeignOptions& options) : options_(options) {}

  // A path from the root. What lies outside is kept whole and counted.
  [[nodiscard]] std::string path(const std::string& path_or_uri);

  struct Bounds {  // from 1; what is not known is 0
    std::uint32_t line = 0, column = 0, end_line = 0, end_column = 0;
  };
  // Without an end: that of its line, where the source tells it, else its start.
  [[nodiscard]] model::Region region(const std::string& path, Bounds bounds, ColumnUnit unit);

  // One that tells of what path() found outside the root.
  void add_remarks(std::vector<std::string>& remarks) const;

 private:
  [[nodiscard]] const std::vector<std::string>* lines(const std::string& path);
  const ForeignOptions& options_;
  std::map<std::string, std::optional<std::vector<std::string>>> lines_;
  std::size_t kept_bytes_ = 0;  // of lines_
  std::size_t outside_ = 0;
  std::string first_outside_;
};

// `%20` and the like; what is none, and a NUL, stays as it is.
[[nodiscard]] std::string percent_decoded(std::string_view text);

// `CWE-79` of `external/cwe/cwe-079`, `CWE-79: Cross-site Scripting`, `79` where `is_number_enough`.
[[nodiscard]] std::optional<std::string> cwe_in(std::string_view text, bool is_number_enough = false);

// For the first part of a rule's id: `semgrep` of `Semgrep OSS`.
[[nodiscard]] std::string tool_slug(std::string_view name);

}  // namespace fleet::analysis
