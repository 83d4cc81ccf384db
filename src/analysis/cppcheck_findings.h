#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/cppcheck_output.h"
#include "model/finding.h"

namespace fleet::analysis {

// Something that cppcheck says of itself or of its settings, not of the code.
struct CppcheckNote {
  std::string path;  // from the root; empty: of no file
  std::uint32_t line = 1;
  std::string id, text;
  bool operator==(const CppcheckNote&) const = default;
};

// After a message with this id cppcheck passes over the file, or the rest of it.
[[nodiscard]] bool ends_the_check(const std::string& id);

// Turns messages into findings and notes. Reads the source lines that they point to, to count columns in
// characters. One thread at a time.
class CppcheckReader {
 public:
  explicit CppcheckReader(std::string root) : root_(std::move(root)) {}

  // `file` is the source that was checked. What is about a place outside of the root becomes a note.
  void add(const CppcheckMessage& message, const std::string& file);

  // Sorted by place, each once.
  [[nodiscard]] std::vector<model::Finding> take_findings();
  [[nodiscard]] std::vector<CppcheckNote> take_notes();

 private:
  [[nodiscard]] model::Region region(const std::string& path, const CppcheckPlace& place);
  [[nodiscard]] const std::vector<std::string>& lines(const std::string& path);

  std::string root_;
  std::vector<model::Finding> findings_;
  std::vector<CppcheckNote> notes_;
  std::string lines_of_;  // the file that was read last
  std::vector<std::string> lines_;
};

}  // namespace fleet::analysis
