#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "forge/ci.h"

// Remarks on the lines of a pull request, each as a comment of ours that stays as long as what it says holds:
// a run that finds the same again adds nothing, and what is found no more goes. What forges have in common of
// that.
namespace fleet::forge {

struct Remark {
  std::string path;         // from the root of the repository
  std::uint32_t line = 1;   // of the file in the pull request's newest commit
  std::string body;         // Markdown
  std::string fingerprint;  // by which a later run knows it again: letters, digits, `-`
};

// Of one run: past this, people stop to read.
inline constexpr std::size_t kMostNewRemarks = 30;

struct Reviewed {
  std::size_t posted = 0;  // anew
  std::size_t kept = 0;    // there already
  std::size_t removed = 0;
  std::vector<std::size_t> unplaced;  // remarks, by index, that stand on no line there
};

// The lines of a file's newer side that its patch shows, as the APIs give it: those that can be remarked on.
// Each with its line on the older side; none: it was added.
using ShownLines = std::map<std::uint32_t, std::optional<std::uint32_t>>;
[[nodiscard]] ShownLines lines_in_patch(std::string_view patch);

// What a comment's text begins with, by which a later run finds it.
class RemarkMarker {
 public:
  RemarkMarker(const Ci& ci, std::string_view key);
  // Whether it may be ours; anybody can write it.
  [[nodiscard]] bool is_in(std::string_view body) const { return body.starts_with(marker_); }
  [[nodiscard]] std::string head(std::string_view fingerprint) const;
  [[nodiscard]] std::string fingerprint_in(std::string_view body) const;
  // The whole text of a comment.
  [[nodiscard]] std::string body_of(const Remark& remark) const;

 private:
  std::string marker_;
};

}  // namespace fleet::forge
