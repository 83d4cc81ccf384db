#include "analysis/excerpt.h"

#include <algorithm>

#include "text/ascii.h"
#include "text/utf8.h"

namespace fleet::analysis {
namespace {

constexpr std::size_t kExcerptColumns = 160;

}  // namespace

std::string shortened(std::string_view code, std::size_t columns) {
  // Past this many bytes nothing is shown, whatever they are.
  const std::string line = text::printable(code.substr(0, columns * 4), text::Newlines::escape);
  return text::truncate(line, columns);
}

std::string excerpt_of(std::string_view source, std::size_t offset) {
  constexpr std::size_t kBefore = 80;
  const std::size_t earliest = offset - std::min<std::size_t>(offset, kExcerptColumns);
  const std::size_t newline = source.substr(earliest, offset - earliest).rfind('\n');
  std::size_t start = earliest;
  if (newline != std::string_view::npos) {
    start = earliest + newline + 1;
  } else if (earliest > 0) {
    start = offset - kBefore;
  }
  while (start < offset && (static_cast<unsigned char>(source[start]) & 0xc0) == 0x80)
    ++start;
  const std::string_view shown = source.substr(start, offset - start + kExcerptColumns * 4);
  const std::size_t end = std::min(shown.find('\n', offset - start), shown.size());
  return shortened(text::trim(shown.substr(0, end)), kExcerptColumns);
}

}  // namespace fleet::analysis
