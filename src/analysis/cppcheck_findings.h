#pragma once

#include <compare>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "analysis/cppcheck_output.h"
#include "analysis/file_lines.h"
#include "model/finding.h"

namespace fleet::analysis {

// Something that cppcheck says of itself or of its settings, not of the code.
struct CppcheckNote {
  std::string path;  // from the root; empty: of no file
  std::uint32_t line = 1;
  std::string id, text;
  auto operator<=>(const CppcheckNote&) const = default;
};

// After a message with this id cppcheck passes over the file, or the rest of it.
[[nodiscard]] bool ends_the_check(const std::string& id);

// Turns messages into findings and notes. Reads the source lines that they point to, to count columns in
// characters. One thread at a time.
class CppcheckReader {
 public:
  explicit CppcheckReader(const std::string& root);

  // `file` is the source that was checked. What is about a place outside of the root becomes a note.
  void add(const CppcheckMessage& message, const std::string& file);

  // Both sorted by place, each once.
  [[nodiscard]] std::vector<model::Finding> take_findings();
  [[nodiscard]] std::vector<CppcheckNote> notes() const;  // the first 1,000 that were added

 private:
  std::string root_;
  std::vector<model::Finding> findings_;
  std::set<CppcheckNote> notes_;
  FileLines lines_;
};

}  // namespace fleet::analysis
