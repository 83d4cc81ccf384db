#include "analysis/source_lines.h"

#include <algorithm>
#include <array>

namespace fleet::analysis {
namespace {

constexpr std::uint32_t kLongest = 10'000;  // bytes of a line whose characters are counted

bool is_white(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

}  // namespace

SourceLines::SourceLines(std::string_view source) : source_(source), starts_{0} {
  for (std::size_t at = source.find('\n'); at != source.npos; at = source.find('\n', at + 1))
    starts_.push_back(static_cast<std::uint32_t>(at + 1));
  // What follows the last line feed is a line only if there is something.
  if (starts_.size() > 1 && starts_.back() == source.size()) starts_.pop_back();
}

std::uint32_t SourceLines::line_of(std::uint32_t offset) const {
  return static_cast<std::uint32_t>(std::upper_bound(starts_.begin(), starts_.end(), offset) -
                                    starts_.begin());
}

std::string_view SourceLines::text(std::uint32_t line) const {
  const std::size_t begin = starts_[line - 1];
  const std::size_t end = line < starts_.size() ? starts_[line] : source_.size();
  const std::string_view text = source_.substr(begin, end - begin);
  return text.ends_with('\n') ? text.substr(0, text.size() - 1) : text;
}

std::uint32_t SourceLines::column_of(std::uint32_t line, std::uint32_t offset) const {
  const std::uint32_t start = starts_[line - 1];
  if (offset - start > kLongest) return offset - start + 1;
  const std::string_view before = source_.substr(start, offset - start);
  return 1 + static_cast<std::uint32_t>(std::count_if(before.begin(), before.end(), [](char c) {
           return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
         }));
}

model::Region SourceLines::region(syntax::Span span) const {
  model::Region region;
  region.line = line_of(span.start);
  region.column = column_of(region.line, span.start);
  region.end_line = line_of(span.end);
  region.end_column = column_of(region.end_line, span.end);
  return region;
}

syntax::Span SourceLines::line(std::uint32_t number) const {
  const std::uint32_t start = starts_[number - 1];
  std::uint32_t end = number < starts_.size() ? starts_[number] : static_cast<std::uint32_t>(source_.size());
  if (end > start && source_[end - 1] == '\n') --end;
  if (end > start && source_[end - 1] == '\r') --end;
  return {start, end};
}

void SourceLines::mark_comment(syntax::Span span) {
  comments_.push_back(span);
}

void SourceLines::count() {
  code_.assign(1, 0);
  comment_.assign(1, 0);
  auto comment = comments_.begin();
  for (std::size_t line = 0; line < starts_.size(); ++line) {
    const std::uint32_t end =
        line + 1 < starts_.size() ? starts_[line + 1] - 1 : static_cast<std::uint32_t>(source_.size());
    bool has_code = false;
    bool has_comment = false;
    for (std::uint32_t at = starts_[line]; at < end && !has_code;) {
      while (comment != comments_.end() && comment->end <= at)
        ++comment;
      if (is_white(source_[at]) || source_[at] == '\n') {
        ++at;
      } else if (comment != comments_.end() && comment->start <= at) {
        has_comment = true;
        at = std::min(comment->end, end);
      } else {
        has_code = true;
      }
    }
    code_.push_back(code_.back() + (has_code ? 1 : 0));
    comment_.push_back(comment_.back() + (!has_code && has_comment ? 1 : 0));
  }
}

model::LineCounts SourceLines::counts(std::uint32_t first, std::uint32_t last) const {
  last = std::min<std::uint32_t>(last, static_cast<std::uint32_t>(starts_.size()));
  if (first == 0 || last < first) return {};
  model::LineCounts counts;
  counts.total = last - first + 1;
  counts.code = code_[last] - code_[first - 1];
  counts.comment = comment_[last] - comment_[first - 1];
  counts.blank = counts.total - counts.code - counts.comment;
  return counts;
}

model::LineCounts SourceLines::all() const {
  return source_.empty() ? model::LineCounts{} : counts(1, static_cast<std::uint32_t>(starts_.size()));
}

}  // namespace fleet::analysis
