#include "analysis/statement_lines.h"

#include <algorithm>

#include "analysis/code.h"

namespace fleet::analysis {
namespace {

constexpr std::uint64_t kMostFilled = 20'000'000;  // entries written: statements in statements of many lines

// By kind: whether it is a statement, in the widest sense.
std::vector<bool> statement_kinds(syntax::Language language) {
  std::vector<bool> kinds(syntax::kind_count(language), false);
  for (syntax::Kind kind = 0; kind < kinds.size(); ++kind) {
    const std::string_view name = syntax::kind_name(language, kind);
    kinds[kind] = name.ends_with("_statement") || name.ends_with("declaration") ||
                  name.ends_with("definition") || name.ends_with("_item") || name.starts_with("preproc_") ||
                  name == "decorator" || name == "for_range_loop" || name == "pair" ||
                  name == "jsx_attribute";
  }
  return kinds;
}

// Whether nothing but blanks is before it.
bool is_first_on_line(const SourceLines& lines, std::uint32_t line, std::uint32_t offset) {
  const std::size_t first = lines.text(line).find_first_not_of(" \t");
  return first >= offset - lines.start(line);
}

}  // namespace

StatementLines::StatementLines(const SourceLines& lines, const syntax::Tree* tree) {
  for (std::uint32_t i = 1; i <= lines.count_lines(); ++i)
    ranges_.push_back({i, i});
  if (tree == nullptr) return;
  const std::vector<bool> kinds = statement_kinds(tree->language());
  const std::vector<Shape>& shapes = shapes_of(tree->language());
  const auto& nodes = tree->nodes();
  std::uint64_t filled = 0;
  for (std::uint32_t i = 0; i < nodes.size(); ++i) {
    const syntax::Node& node = nodes[i];
    if (!node.named || node.kind >= kinds.size() || !kinds[node.kind]) continue;
    const Range whole{lines.line_of(node.span.start),
                      lines.line_of(std::max(node.span.start, node.span.end - (node.span.end > 0 ? 1 : 0)))};
    Range range = whole;
    if (range.last == range.first) continue;
    // Up to its body: the first block in it, at any depth.
    for (std::uint32_t at = i + 1; at < node.next; ++at) {
      const bool is_block =
          nodes[at].named && nodes[at].kind < shapes.size() && shapes[nodes[at].kind] == Shape::block;
      if (++filled > kMostFilled) return;
      if (!is_block) continue;
      range.last = std::min(range.last, lines.line_of(nodes[at].span.start));
      // A body that begins on a line of its own is no part of what stands before it.
      if (range.last > range.first && is_first_on_line(lines, range.last, nodes[at].span.start)) --range.last;
      break;
    }
    for (std::uint32_t line = range.first; line <= range.last && line <= ranges_.size(); ++line) {
      ranges_[line - 1] = range;
      if (++filled > kMostFilled) return;
    }
  }
}

StatementLines::Range StatementLines::around(std::uint32_t line) const {
  return line == 0 || line > ranges_.size() ? Range{line, line} : ranges_[line - 1];
}

}  // namespace fleet::analysis
