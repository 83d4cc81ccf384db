#include "analysis/file_lines.h"

#include <algorithm>

#include "text/ascii.h"
#include "text/codepoint.h"

namespace fleet::analysis {
namespace {

constexpr std::size_t kMaxKept = std::size_t{64} << 20;
constexpr std::size_t kMaxRead = std::size_t{1} << 30;
constexpr std::size_t kMaxFiles = 10'000;
constexpr std::uint32_t kFarthest = 10'000;  // columns that are looked for in a line, as SourceLines has it

// Where column `column` begins, as an offset in the line; past its end when the line is shorter.
std::uint32_t offset_of(std::string_view line, std::uint32_t column, ColumnUnit unit) {
  if (unit == ColumnUnit::byte || column > kFarthest) return column - 1;
  std::uint32_t at = 0, units = 1;
  while (at < line.size() && units < column) {
    const auto point = text::first_codepoint(line.substr(at));
    at += static_cast<std::uint32_t>(point.length);
    units += unit == ColumnUnit::utf16 && point.valid && point.value > 0xffff ? 2 : 1;
  }
  return at + (units < column ? column - units : 0);
}

bool is_name(char c) {
  return text::is_ascii_letter(c) || text::is_ascii_digit(c) || c == '_';
}

}  // namespace

const FileLines::File* FileLines::file(const std::string& path) {
  if (!source_ || path.empty() || path.front() == '/') return nullptr;
  const auto known = files_.find(path);
  if (known != files_.end()) return known->second.get();
  if (kept_bytes_ > kMaxKept || files_.size() == kMaxFiles) {
    files_.clear();
    kept_bytes_ = 0;
  }
  std::unique_ptr<File> read;
  if (read_bytes_ < kMaxRead) {
    if (auto text = source_(path); text && text->size() <= kMaxKept) {
      read_bytes_ += text->size();
      kept_bytes_ += text->size();
      read = std::make_unique<File>(*std::move(text));
    }
  }
  return files_.emplace(path, std::move(read)).first->second.get();
}

model::Region FileLines::region(const std::string& path, Bounds bounds, ColumnUnit unit) {
  bounds.line = std::max(bounds.line, 1U);
  bounds.column = std::max(bounds.column, 1U);
  bounds.end_line = std::max(bounds.end_line, bounds.line);
  const File* source = file(path);
  // Column `column` of that line, counted in characters; the end of the line where it is 0.
  const auto column = [&](std::uint32_t number, std::uint32_t given) {
    if (source == nullptr || number > source->lines.size()) {
      return given != 0 ? given : number == bounds.line ? bounds.column : 1;
    }
    const syntax::Span line = source->lines.line(number);
    const std::uint32_t length = line.end - line.start;
    const std::uint32_t offset = given == 0 ? length : offset_of(line.of(source->text), given, unit);
    const std::uint32_t inside = line.start + std::min(offset, length);
    return source->lines.region({inside, inside}).column + (offset > length ? offset - length : 0);
  };
  const std::uint32_t start = column(bounds.line, bounds.column);
  std::uint32_t end = column(bounds.end_line, bounds.end_column);
  if (bounds.end_line == bounds.line) end = std::max(end, start);
  return {bounds.line, start, bounds.end_line, end};
}

model::Region FileLines::word(const std::string& path, std::uint32_t line, std::uint32_t column,
                              ColumnUnit unit) {
  Bounds bounds{line, column, line, column + 1};
  const File* source = file(path);
  if (source == nullptr || line == 0 || line > source->lines.size()) return region(path, bounds, unit);
  const syntax::Span span = source->lines.line(line);
  const std::string_view text = span.of(source->text);
  const std::uint32_t start =
      std::min(offset_of(text, std::max(column, 1U), unit), static_cast<std::uint32_t>(text.size()));
  std::uint32_t end = start;
  while (end < text.size() && end - start < kFarthest && is_name(text[end]))
    ++end;
  if (end == start && end < text.size()) {
    end += static_cast<std::uint32_t>(text::first_codepoint(text.substr(end)).length);
  }
  return source->lines.region({span.start + start, span.start + end});
}

}  // namespace fleet::analysis
