#include "syntax/layout.h"

#include <algorithm>

#include "syntax/grammar.h"

namespace fleet::syntax {
namespace {

constexpr std::string_view kBlanks = " \t";

std::string_view leading_blanks(std::string_view line) {
  return line.substr(0, std::min(line.find_first_not_of(kBlanks), line.size()));
}

}  // namespace

Layout::Layout(const Tree& tree) : text_(tree.source()) {
  const std::size_t newline = text_.find('\n');
  line_end_ = newline != std::string::npos && newline > 0 && text_[newline - 1] == '\r' ? "\r\n" : "\n";
  const auto& nodes = tree.nodes();
  for (std::uint32_t i = 0; i < nodes.size();) {
    if (!is_string(tree.language(), nodes[i].kind)) {
      ++i;
      continue;
    }
    const auto first = text_.begin() + nodes[i].span.start;
    std::replace(first, first + (nodes[i].span.end - nodes[i].span.start), '\n', '\0');
    i = nodes[i].next;
  }
  for (std::size_t start = 0; start <= text_.size();) {
    const std::size_t end = std::min(text_.find('\n', start), text_.size());
    const std::size_t blanks = leading_blanks(std::string_view(text_).substr(start, end - start)).size();
    indents_.push_back({static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(start + blanks)});
    start = end + 1;
  }
}

std::string_view Layout::indent_at(std::uint32_t offset) const {
  const auto after = std::upper_bound(indents_.begin(), indents_.end(), offset,
                                      [](std::uint32_t at, const Span& indent) { return at < indent.start; });
  const Span indent = *std::prev(after);
  return text({indent.start, std::min(indent.end, offset)});
}

std::string Layout::indented(std::string_view blanks, std::string_view indent) const {
  std::string out;
  for (std::size_t i = 0; i < blanks.size(); ++i) {
    if (blanks[i] != '\n') {
      out += blanks[i];
      continue;
    }
    out += line_end_;
    if (i + 1 == blanks.size() || blanks[i + 1] != '\n') out += indent;
  }
  return out;
}

Span Layout::whole_lines(Span span) const {
  const std::string_view text = text_;
  std::size_t end = std::min(text.find_first_not_of(kBlanks, span.end), text.size());
  if (end < text.size() && text[end] == ';') {
    span.end = static_cast<std::uint32_t>(end + 1);
    end = std::min(text.find_first_not_of(kBlanks, span.end), text.size());
  }
  if (text.substr(end, 2) == "\r\n") ++end;
  std::size_t start = span.start;
  while (start > 0 && kBlanks.find(text[start - 1]) != std::string_view::npos)
    --start;
  const bool begins_line = start == 0 || text[start - 1] == '\n';
  const bool ends_line = end == text.size() || text[end] == '\n';
  if (!begins_line || !ends_line) return span;
  return {static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(std::min(end + 1, text.size()))};
}

std::string Layout::last_indent(std::string_view written, std::string_view first_indent) {
  const std::size_t newline = written.rfind('\n');
  return std::string(newline == std::string_view::npos ? first_indent
                                                       : leading_blanks(written.substr(newline + 1)));
}

std::string Layout::finished(std::string text) {
  std::replace(text.begin(), text.end(), '\0', '\n');
  return text;
}

std::string shift(std::string_view code, std::string_view from, std::string_view to) {
  if (from == to) return std::string(code);
  std::string out;
  for (std::size_t at = 0; at < code.size();) {
    const std::size_t end = std::min(code.find('\n', at), code.size() - 1) + 1;
    out += code.substr(at, end - at);
    at = end;
    const std::string_view rest = code.substr(at);
    const bool is_blank = rest.empty() || rest[0] == '\n' || rest[0] == '\r';
    if (code[end - 1] == '\n' && !is_blank && rest.starts_with(from)) {
      out += to;
      at += from.size();
    }
  }
  return out;
}

Place PlaceCounter::at(std::size_t offset) {
  for (; at_ < std::min(offset, source_.size()); ++at_) {
    if (source_[at_] == '\n') {
      ++place_.line;
      place_.column = 1;
    } else if ((static_cast<unsigned char>(source_[at_]) & 0xc0) != 0x80) {
      ++place_.column;
    }
  }
  return place_;
}

}  // namespace fleet::syntax
