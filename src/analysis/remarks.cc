#include "analysis/remarks.h"

#include <fmt/format.h>

#include <algorithm>

#include "text/ascii.h"
#include "text/utf8.h"

namespace fleet::analysis {
namespace {

constexpr std::size_t kMaxRemark = 1000;  // bytes

}  // namespace

void Remarks::add(std::string remark) {
  remark = printable_line(remark, kMaxRemark);
  if (std::find(list_.begin(), list_.end(), remark) != list_.end()) return;
  if (list_.size() == kMaxRemarks) {
    ++left_out_;
    return;
  }
  list_.push_back(std::move(remark));
}

std::vector<std::string> Remarks::list() const {
  std::vector<std::string> all = list_;
  if (left_out_ > 0) all.push_back(fmt::format("{} more remarks are left out", left_out_));
  return all;
}

std::string printable_line(std::string_view text, std::size_t max_bytes) {
  const bool is_cut = text.size() > max_bytes;
  text = text::trim(text.substr(0, max_bytes));
  // A character that was cut in two.
  for (int i = 0;
       is_cut && i < 3 && !text.empty() && (static_cast<unsigned char>(text.back()) & 0xc0) == 0x80; ++i)
    text.remove_suffix(1);
  if (is_cut && !text.empty() && static_cast<unsigned char>(text.back()) >= 0xc0) text.remove_suffix(1);
  std::string line;
  line.reserve(text.size());
  for (const char c : text) {
    if (c != '\n' && c != '\r') {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  line = text::printable(line, text::Newlines::escape);
  return is_cut ? line + "\u2026" : line;
}

}  // namespace fleet::analysis
