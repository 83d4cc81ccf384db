#include "syntax/still_parses.h"

#include <fmt/format.h>

#include <algorithm>

namespace fleet::syntax {
namespace {

// The outermost errors, and what is missing outside of them.
std::vector<const Node*> errors_of(const Tree& tree) {
  std::vector<const Node*> errors;
  if (tree.errors() == 0) return errors;
  const auto& nodes = tree.nodes();
  for (std::uint32_t i = 0; i < nodes.size(); i = nodes[i].error ? nodes[i].next : i + 1) {
    if (nodes[i].error || nodes[i].missing) errors.push_back(&nodes[i]);
  }
  return errors;
}

// Errors that touch are one range.
std::vector<Span> ranges_of(const std::vector<const Node*>& errors) {
  std::vector<Span> ranges;
  for (const Node* error : errors) {
    if (!ranges.empty() && error->span.start <= ranges.back().end) {
      ranges.back().end = std::max(ranges.back().end, error->span.end);
    } else {
      ranges.push_back(error->span);
    }
  }
  return ranges;
}

bool holds(const std::vector<Span>& ranges, Span span) {
  const auto after =
      std::upper_bound(ranges.begin(), ranges.end(), span.start,
                       [](std::uint32_t offset, const Span& range) { return offset < range.start; });
  return after != ranges.begin() && span.end <= std::prev(after)->end;
}

// The last edit that starts at the offset or before.
const Edit* edit_at(const std::vector<Edit>& edits, std::uint32_t offset) {
  const auto after = std::upper_bound(edits.begin(), edits.end(), offset,
                                      [](std::uint32_t at, const Edit& edit) { return at < edit.to.start; });
  return after == edits.begin() ? nullptr : &*std::prev(after);
}

// Where a range of the result was in the source; where it cuts an edit, with all of that edit.
Span in_source(const std::vector<Edit>& edits, Span span) {
  const auto back = [&](std::uint32_t offset, std::uint32_t Span::*edge) {
    const Edit* edit = edit_at(edits, offset);
    if (edit == nullptr) return offset;
    if (offset < edit->to.end) return offset == edit->to.start ? edit->from.start : edit->from.*edge;
    return edit->from.end + (offset - edit->to.end);
  };
  return {back(span.start, &Span::start), back(span.end, &Span::end)};
}

std::size_t count_in(const std::vector<const Node*>& errors, Span span) {
  const auto from = [&](std::uint32_t offset) {
    return std::lower_bound(errors.begin(), errors.end(), offset,
                            [](const Node* error, std::uint32_t at) { return error->span.start < at; });
  };
  return static_cast<std::size_t>(from(span.end) - from(span.start));
}

const Node* first_new_error(const Tree& before, const Tree& after, const std::vector<Edit>& edits) {
  const std::vector<const Node*> errors = errors_of(after);
  if (errors.empty()) return nullptr;
  const std::vector<const Node*> old_errors = errors_of(before);
  const std::vector<Span> old_ranges = ranges_of(old_errors);
  const Edit* within = nullptr;
  std::size_t old_in_edit = 0;
  for (const Node* error : errors) {
    if (holds(old_ranges, in_source(edits, error->span))) continue;
    // A metavariable may have brought it from elsewhere in the edit.
    const Edit* edit = edit_at(edits, error->span.start);
    if (edit == nullptr || error->span.start >= edit->to.end || error->span.end > edit->to.end) return error;
    if (edit != within) {
      within = edit;
      old_in_edit = count_in(old_errors, edit->from);
    }
    if (old_in_edit == 0) return error;
    --old_in_edit;
  }
  return nullptr;
}

std::string line_at(std::string_view source, std::size_t offset) {
  const std::size_t start = offset == 0 ? 0 : source.rfind('\n', offset - 1) + 1;
  return std::string(source.substr(start, source.find('\n', start) - start).substr(0, 120));
}

}  // namespace

Result<> check_still_parses(std::string_view path, const Tree& before, const Tree& after,
                            const std::vector<Edit>& edits) {
  const Node* error = first_new_error(before, after, edits);
  if (error == nullptr) return {};
  const std::string_view source = after.source();
  const Place place = place_at(source, error->span.start);
  return base::fail_input("rewrite", std::string(path),
                          fmt::format("the result would not parse as {}, at its line {}, column {}{}: `{}`",
                                      base::name_of(after.language()), place.line, place.column,
                                      error->missing ? fmt::format(", where `{}` is missing",
                                                                   kind_name(after.language(), error->kind))
                                                     : "",
                                      line_at(source, error->span.start)),
                          "nothing was written; mend the replacement, or leave the file out with `paths`");
}

Result<> check_edges(std::string_view path, const Tree& after, const std::vector<Edit>& edits) {
  const std::string_view source = after.source();
  std::vector<std::uint32_t> edges;
  for (const Edit& edit : edits)
    edges.insert(edges.end(), {edit.to.start, edit.to.end});
  auto edge = edges.begin();
  for (std::uint32_t i = 0; i < after.nodes().size() && edge != edges.end(); ++i) {
    const Span span = after.nodes()[i].span;
    if (!after.is_leaf(i) || kind_name(after.language(), after.nodes()[i].kind) == "jsx_text") continue;
    while (edge != edges.end() && *edge <= span.start)
      ++edge;
    for (; edge != edges.end() && *edge < span.end; ++edge) {
      const Span rest{*edge, span.end};
      if (rest.of(source).find_first_not_of(" \t\r\n") == std::string_view::npos) continue;
      const Place place = place_at(source, *edge);
      return base::fail_input(
          "rewrite", std::string(path),
          fmt::format("what is written grows together with what stands next to it, at the result's line {}, "
                      "column {}: `{}`",
                      place.line, place.column, line_at(source, *edge)),
          "nothing was written; set blanks or parentheses in the replacement, and no comment at its end");
    }
  }
  return {};
}

}  // namespace fleet::syntax
