#include "forge/remarks.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "forge/marker.h"

namespace fleet::forge {
namespace {

constexpr std::string_view kFingerprint = "<!-- fleet:fingerprint ";

std::uint32_t number_after(std::string_view text, char sign) {
  const auto at = text.find(sign);
  std::uint32_t number = 0;
  if (at != text.npos) std::from_chars(text.data() + at + 1, text.data() + text.size(), number);
  return number;
}

}  // namespace

ShownLines lines_in_patch(std::string_view patch) {
  ShownLines lines;
  std::uint32_t older = 0;
  std::uint32_t newer = 0;  // 0: before the first hunk
  while (!patch.empty()) {
    const std::string_view text = patch.substr(0, patch.find('\n'));
    patch.remove_prefix(std::min(patch.size(), text.size() + 1));
    if (text.starts_with("@@ ")) {
      older = number_after(text, '-');
      newer = number_after(text, '+');
    } else if (newer == 0) {
      continue;
    } else if (text.starts_with("+")) {
      lines.emplace(newer++, std::nullopt);
    } else if (text.starts_with(" ") || text.empty()) {
      lines.emplace(newer++, older++);
    } else if (text.starts_with("-")) {
      ++older;
    }
  }
  return lines;
}

RemarkMarker::RemarkMarker(const Ci& ci, std::string_view key) : marker_(hidden_marker("finding", ci, key)) {}

std::string RemarkMarker::head(std::string_view fingerprint) const {
  return fmt::format("{}\n{}{} -->\n", marker_, kFingerprint, fingerprint);
}

std::string RemarkMarker::fingerprint_in(std::string_view body) const {
  body.remove_prefix(std::min(marker_.size(), body.size()));
  if (body.starts_with("\n")) body.remove_prefix(1);
  if (!body.starts_with(kFingerprint)) return {};
  body.remove_prefix(kFingerprint.size());
  return std::string(body.substr(0, body.find(' ')));
}

std::string RemarkMarker::body_of(const Remark& remark) const {
  const std::string start = head(remark.fingerprint);
  return start + remark.body.substr(0, kLongestBody - start.size());
}

}  // namespace fleet::forge
