#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace fleet::analysis {

// What is to be said of a file that somebody else wrote: printable, each once, and at most kMaxRemarks of
// them, however much is wrong with the file. One thread at a time.
class Remarks {
 public:
  static constexpr std::size_t kMaxRemarks = 100;

  void add(std::string remark);
  // In the order they were added; a last one counts those that found no room.
  [[nodiscard]] std::vector<std::string> list() const;

 private:
  std::vector<std::string> list_;
  std::size_t left_out_ = 0;
};

// Of text that another program or a repository wrote: at most `max_bytes`, cut between characters, on one
// line and printable.
[[nodiscard]] std::string printable_line(std::string_view text, std::size_t max_bytes);

}  // namespace fleet::analysis
