#include "analysis/suppressions.h"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/shape.h"
#include "analysis/statement_lines.h"
#include "syntax/layout.h"
#include "text/ascii.h"
#include "text/utf8.h"

namespace fleet::analysis {
namespace {

constexpr std::string_view kMarker = "fleet:ignore";
constexpr std::size_t kMostReason = 500;  // bytes

bool is_id_character(char c) {
  return text::is_ascii_letter(c) || text::is_ascii_digit(c) || c == '.' || c == '-' || c == '_';
}

// The comment that a marker stands in: its end, and whether there is one. Of text.
bool is_in_text_comment(std::string_view source, std::size_t marker) {
  const std::size_t newline = marker == 0 ? std::string_view::npos : source.rfind('\n', marker - 1);
  const std::string_view before = source.substr(newline + 1, marker - newline - 1);
  for (const std::string_view sign : {"#", "//", "--", ";", "<!--"}) {
    if (before.find(sign) != std::string_view::npos) return true;
  }
  return false;
}

// Comments that hold a marker, in rising order.
std::vector<syntax::Span> marked_comments(const syntax::Tree& tree) {
  std::vector<syntax::Span> spans;
  const std::vector<Shape>& shapes = shapes_of(tree.language());
  for (const syntax::Node& node : tree.nodes()) {
    const bool is_comment = node.named && node.kind < shapes.size() && shapes[node.kind] == Shape::comment;
    if (is_comment && tree.text(node).find(kMarker) != std::string_view::npos) spans.push_back(node.span);
  }
  return spans;
}

Suppression parse_suppression(std::string_view source, std::size_t marker, std::size_t comment_end) {
  Suppression suppression;
  const std::size_t line_end = std::min({source.find('\n', marker), comment_end, source.size()});
  std::string_view rest = source.substr(marker + kMarker.size(), line_end - marker - kMarker.size());
  for (const std::string_view closing : {"*/", "-->", "\r"}) {
    if (text::trim(rest).ends_with(closing)) rest = rest.substr(0, rest.rfind(closing));
  }
  rest = text::trim(rest);
  for (bool more = true; more;) {
    more = false;
    const auto end =
        static_cast<std::size_t>(std::find_if_not(rest.begin(), rest.end(), is_id_character) - rest.begin());
    const std::string_view id = rest.substr(0, end);
    // A word of the reason has no dot in its middle.
    const std::size_t dot = id.find('.');
    if (dot == std::string_view::npos || dot == 0 || dot + 1 == id.size()) break;
    suppression.rules.emplace_back(id);
    rest = text::trim(rest.substr(end));
    if (rest.starts_with(',')) {
      rest = text::trim(rest.substr(1));
      more = true;
    }
  }
  while (rest.starts_with(':') || rest.starts_with('-'))
    rest = text::trim(rest.substr(1));
  suppression.reason = text::printable(rest.substr(0, kMostReason), text::Newlines::escape);
  return suppression;
}

// Nothing but the signs of a comment stands before it on its line.
bool has_own_line(std::string_view source, std::size_t marker, std::size_t comment) {
  const std::size_t newline = comment == 0 ? std::string_view::npos : source.rfind('\n', comment - 1);
  const std::string_view before = source.substr(newline + 1, comment - newline - 1);
  return before.find_first_not_of(" \t") == std::string_view::npos && marker >= comment;
}

std::size_t text_comment_start(std::string_view source, std::size_t marker) {
  const std::size_t newline = marker == 0 ? std::string_view::npos : source.rfind('\n', marker - 1);
  const std::size_t start = newline + 1;
  return std::min(source.find_first_of("#/-;<", start), marker);
}

bool is_comment_line(std::string_view source, std::uint32_t line, const std::vector<std::size_t>& starts) {
  if (line == 0 || line > starts.size()) return false;
  const std::string_view rest = source.substr(
      starts[line - 1], line < starts.size() ? starts[line] - starts[line - 1] : std::string_view::npos);
  const std::string_view text = text::trim(rest);
  return text.starts_with('#') || text.starts_with("//") || text.starts_with("/*") || text.starts_with('*') ||
         text.starts_with("--") || text.starts_with("<!--") || text.starts_with('@');
}

model::Finding about(const Suppression& suppression, std::string_view rule, std::string message,
                     std::string_view path) {
  model::Finding finding;
  finding.rule = rule;
  finding.severity = model::Severity::note;
  finding.confidence = model::Confidence::high;
  finding.message = std::move(message);
  finding.path = path;
  finding.at = suppression.at;
  return finding;
}

}  // namespace

std::vector<Suppression> find_suppressions(std::string_view source, const syntax::Tree* tree) {
  std::vector<Suppression> suppressions;
  if (source.find(kMarker) == std::string_view::npos) return suppressions;
  const std::vector<syntax::Span> comments =
      tree == nullptr ? std::vector<syntax::Span>() : marked_comments(*tree);
  syntax::PlaceCounter places(source);
  std::size_t comment = 0;
  for (std::size_t marker = source.find(kMarker); marker != std::string_view::npos;
       marker = source.find(kMarker, marker + 1)) {
    const std::size_t after = marker + kMarker.size();
    if (after < source.size() && is_id_character(source[after])) continue;  // another word
    std::size_t start = 0;
    std::size_t end = source.size();
    if (tree != nullptr) {
      while (comment < comments.size() && comments[comment].end <= marker)
        ++comment;
      if (comment == comments.size() || comments[comment].start > marker) continue;
      start = comments[comment].start;
      end = comments[comment].end;
    } else {
      if (!is_in_text_comment(source, marker)) continue;
      start = text_comment_start(source, marker);
    }
    Suppression& found = suppressions.emplace_back(parse_suppression(source, marker, end));
    found.own_line = has_own_line(source, marker, start);
    const syntax::Place from = places.at(marker);
    const syntax::Place to = places.at(std::min({source.find('\n', marker), end, source.size()}));
    found.at = {static_cast<std::uint32_t>(from.line), static_cast<std::uint32_t>(from.column),
                static_cast<std::uint32_t>(to.line), static_cast<std::uint32_t>(to.column)};
  }
  return suppressions;
}

std::vector<model::Finding> apply_suppressions(const std::vector<Suppression>& suppressions,
                                               std::vector<model::Finding>& findings, std::string_view path,
                                               std::string_view source, const syntax::Tree* tree,
                                               const std::function<Ran(std::string_view rule)>& ran) {
  std::vector<model::Finding> about_them;
  if (suppressions.empty()) return about_them;
  const StatementLines statements(source, tree);
  std::vector<std::size_t> starts{0};
  for (std::size_t end = source.find('\n'); end != std::string_view::npos; end = source.find('\n', end + 1))
    starts.push_back(end + 1);

  for (const Suppression& suppression : suppressions) {
    if (suppression.rules.empty()) {
      about_them.push_back(about(suppression, kSuppressionWithoutRule,
                                 "`fleet:ignore` names no rule, and so it suppresses nothing", path));
      continue;
    }
    // Down to the first line below that is no comment; behind code, a comment is of its own line alone.
    std::uint32_t below = suppression.at.line;
    if (suppression.own_line) {
      do {
        ++below;
      } while (is_comment_line(source, below, starts));
    }
    for (const std::string& rule : suppression.rules) {
      bool is_used = false;
      for (model::Finding& finding : findings) {
        if (finding.rule != rule) continue;
        const StatementLines::Range lines = statements.around(finding.at.line);
        const bool covered = lines.has(suppression.at.line) || finding.at.line == suppression.at.line ||
                             (lines.first > suppression.at.line && lines.first <= below);
        if (!covered) continue;
        is_used = true;
        if (!finding.suppression) finding.suppression = suppression.reason;
      }
      if (is_used) continue;
      const Ran looked = ran(rule);
      if (looked == Ran::no) continue;
      about_them.push_back(about(suppression, kUnusedSuppression,
                                 looked == Ran::yes
                                     ? fmt::format("nothing here is found by `{}` any more", rule)
                                     : fmt::format("there is no rule `{}`", rule),
                                 path));
    }
  }
  return about_them;
}

}  // namespace fleet::analysis
