#include "analysis/suppressions.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "analysis/shape.h"
#include "analysis/source_lines.h"
#include "analysis/statement_lines.h"
#include "text/ascii.h"
#include "text/utf8.h"

namespace fleet::analysis {
namespace {

constexpr std::string_view kMarker = "fleet:ignore";
constexpr std::size_t kMostReason = 500;  // bytes

bool is_id_character(char c) {
  return text::is_ascii_letter(c) || text::is_ascii_digit(c) || c == '.' || c == '-' || c == '_';
}

bool is_quote(char c) {
  return c == '`' || c == '"' || c == '\'';
}

constexpr std::size_t kMostBytes = 2'000;  // of one suppression
constexpr std::size_t kMostRules = 50;     // of one suppression

// Where the comment of a line of text begins; npos: it has none. The sign stands at the start of the line or
// after a blank: `https://`, `a-b` and `--option` begin none.
std::size_t find_comment_in_text(std::string_view line) {
  const std::size_t first = line.find_first_not_of(" \t");
  if (first == std::string_view::npos) return first;
  if (line[first] == ';') return first;
  for (std::size_t at = first; at < line.size(); ++at) {
    if (at > first && line[at - 1] != ' ' && line[at - 1] != '\t') continue;
    const std::string_view rest = line.substr(at);
    const bool is_dashes = rest.starts_with("--") && (rest.size() == 2 || rest[2] == ' ' || rest[2] == '\t');
    if (rest.starts_with('#') || rest.starts_with("//") || rest.starts_with("/*") ||
        rest.starts_with("<!--") || is_dashes)
      return at;
  }
  return std::string_view::npos;
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
  const std::size_t begin = marker + kMarker.size();
  std::string_view rest = source.substr(begin, std::min(comment_end - begin, kMostBytes));
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
    if (suppression.rules.size() < kMostRules) suppression.rules.emplace_back(id);
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

// Nothing but blanks stands before the comment on its line.
bool has_own_line(const SourceLines& lines, std::size_t comment) {
  const std::uint32_t line = lines.line_of(static_cast<std::uint32_t>(comment));
  const std::size_t before = comment - lines.start(line);
  return lines.text(line).find_first_not_of(" \t") >= before;
}

// For each line, from 0: the first line from it on that is no comment. A suppression on lines of comments is
// for the statement below them; decorators and attributes may stand between.
std::vector<std::uint32_t> lines_below_comments(std::string_view source, const SourceLines& lines,
                                                const syntax::Tree* tree) {
  std::vector<bool> is_comment(lines.count_lines() + 1, false);
  if (tree != nullptr) {
    SourceLines counted(source);
    const std::vector<Shape>& shapes = shapes_of(tree->language());
    for (std::uint32_t i = 0; i < tree->nodes().size();) {
      const syntax::Node& node = tree->nodes()[i];
      const std::string_view kind = node.named ? syntax::kind_name(tree->language(), node.kind) : "";
      const bool passes = node.named && ((node.kind < shapes.size() && shapes[node.kind] == Shape::comment) ||
                                         kind == "decorator" || kind == "attribute_item");
      if (passes) counted.mark_comment(node.span);
      i = passes ? node.next : i + 1;
    }
    counted.count();
    for (std::uint32_t line = 1; line <= lines.count_lines(); ++line)
      is_comment[line - 1] = counted.counts(line, line).comment > 0;
  } else {
    for (std::uint32_t line = 1; line <= lines.count_lines(); ++line) {
      const std::string_view text = lines.text(line);
      const std::size_t first = text.find_first_not_of(" \t");
      is_comment[line - 1] = first != std::string_view::npos && find_comment_in_text(text) == first;
    }
  }
  std::vector<std::uint32_t> below(lines.count_lines() + 1);
  for (std::uint32_t line = lines.count_lines() + 1; line > 0; --line)
    below[line - 1] = is_comment[line - 1] ? below[line] : line;
  return below;
}

// Which suppressions of one rule there are, by line.
struct OfRule {
  std::multimap<std::uint32_t, std::size_t> on_line;  // indexes of suppressions
  std::multimap<std::uint32_t, std::size_t> above;    // by the line that they are above of
};

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
  const SourceLines lines(source);
  const std::vector<syntax::Span> comments =
      tree == nullptr ? std::vector<syntax::Span>() : marked_comments(*tree);
  std::size_t comment = 0;
  std::uint32_t line_with_comment = 0;
  std::size_t text_comment = std::string_view::npos;  // on that line
  for (std::size_t marker = source.find(kMarker); marker != std::string_view::npos;
       marker = source.find(kMarker, marker + 1)) {
    const std::size_t after = marker + kMarker.size();
    if (after < source.size() && is_id_character(source[after])) continue;  // another word
    if (marker > 0 && is_quote(source[marker - 1])) continue;               // it is written about
    const std::uint32_t line = lines.line_of(static_cast<std::uint32_t>(marker));
    const std::size_t line_end = lines.start(line) + lines.text(line).size();
    std::size_t start = 0;
    std::size_t end = line_end;
    if (tree != nullptr) {
      while (comment < comments.size() && comments[comment].end <= marker)
        ++comment;
      if (comment == comments.size() || comments[comment].start > marker) continue;
      start = comments[comment].start;
      end = std::min<std::size_t>(comments[comment].end, line_end);
    } else {
      if (line != line_with_comment) text_comment = find_comment_in_text(lines.text(line));
      line_with_comment = line;
      if (text_comment == std::string_view::npos || lines.start(line) + text_comment > marker) continue;
      start = lines.start(line) + text_comment;
    }
    Suppression& found = suppressions.emplace_back(parse_suppression(source, marker, std::max(end, after)));
    found.own_line = has_own_line(lines, start);
    found.at = lines.region({static_cast<std::uint32_t>(marker), static_cast<std::uint32_t>(end)});
    if (suppressions.size() > kMostSuppressions) break;
  }
  return suppressions;
}

std::vector<model::Finding> apply_suppressions(const std::vector<Suppression>& suppressions,
                                               std::vector<model::Finding>& findings, std::string_view path,
                                               std::string_view source, const syntax::Tree* tree,
                                               const std::function<Ran(std::string_view rule)>& ran) {
  std::vector<model::Finding> about_them;
  if (suppressions.empty()) return about_them;
  const SourceLines lines(source);
  const StatementLines statements(lines, tree);
  const std::vector<std::uint32_t> below = lines_below_comments(source, lines, tree);
  const auto below_line = [&](std::uint32_t line) { return line < below.size() ? below[line] : line + 1; };

  const std::size_t count = std::min(suppressions.size(), kMostSuppressions);
  std::unordered_map<std::string_view, OfRule> by_rule;
  for (std::size_t i = 0; i < count; ++i) {
    for (const std::string& rule : suppressions[i].rules) {
      OfRule& of_rule = by_rule[rule];
      of_rule.on_line.emplace(suppressions[i].at.line, i);
      // Behind code, a comment is of its own line alone.
      if (suppressions[i].own_line) of_rule.above.emplace(below_line(suppressions[i].at.line), i);
    }
  }
  std::set<std::pair<std::string_view, std::size_t>> used;  // rules and suppressions
  for (model::Finding& finding : findings) {
    const auto of_rule = by_rule.find(finding.rule);
    if (of_rule == by_rule.end()) continue;
    std::optional<std::size_t> first;
    const auto use = [&](std::size_t suppression) {
      used.emplace(of_rule->first, suppression);
      if (!first || suppression < *first) first = suppression;
    };
    const StatementLines::Range range = statements.around(finding.at.line);
    const auto& on_line = of_rule->second.on_line;
    for (auto at = on_line.lower_bound(range.first); at != on_line.end() && at->first <= range.last; ++at)
      use(at->second);
    const auto [from, to] = on_line.equal_range(finding.at.line);
    for (auto at = from; at != to; ++at)
      use(at->second);
    // The statement may begin with a decorator, among the lines that are passed.
    const std::uint32_t begin = range.first == 0 ? 0 : below_line(range.first - 1);
    const auto [first_above, last_above] = of_rule->second.above.equal_range(begin);
    for (auto at = first_above; at != last_above; ++at) {
      if (suppressions[at->second].at.line < range.first) use(at->second);
    }
    if (first && !finding.suppression) finding.suppression = suppressions[*first].reason;
  }

  for (std::size_t i = 0; i < count; ++i) {
    const Suppression& suppression = suppressions[i];
    if (suppression.rules.empty()) {
      about_them.push_back(about(suppression, kSuppressionWithoutRule,
                                 "`fleet:ignore` names no rule, and so it suppresses nothing", path));
      continue;
    }
    for (const std::string& rule : suppression.rules) {
      if (used.count({rule, i}) > 0) continue;
      const Ran looked = ran(rule);
      if (looked == Ran::no) continue;
      about_them.push_back(about(suppression, kUnusedSuppression,
                                 looked == Ran::yes
                                     ? fmt::format("nothing here is found by `{}` any more", rule)
                                     : fmt::format("there is no rule `{}`", rule),
                                 path));
    }
  }
  if (suppressions.size() > count) {
    about_them.push_back(
        about(suppressions[count], kTooManySuppressions,
              fmt::format("there are more than {} `fleet:ignore` in the file: those from this "
                          "one on suppress nothing",
                          kMostSuppressions),
              path));
  }
  return about_them;
}

}  // namespace fleet::analysis
