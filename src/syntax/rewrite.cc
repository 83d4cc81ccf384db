#include "syntax/rewrite.h"

#include <fmt/format.h>

#include <algorithm>

#include "syntax/compiled_pattern.h"
#include "syntax/grammar.h"
#include "syntax/layout.h"
#include "syntax/replacement.h"

namespace fleet::syntax {
namespace {

constexpr std::string_view kTried = "rewrite";

// A match that is rewritten, and the range (its index, after) of those within it.
struct Chosen {
  Match match;
  std::uint32_t after = 0;
  std::string text;
};

// Outer matches before inner ones; an inner one only within what is used of the outer one.
Result<std::vector<Chosen>> choose(std::vector<Match> matches, const Replacement::Compiled& replacement,
                                   std::string_view path) {
  std::vector<Chosen> chosen;
  std::vector<std::uint32_t> open;
  const auto close_before = [&](std::uint32_t offset) {
    while (!open.empty() && chosen[open.back()].match.span.end <= offset) {
      chosen[open.back()].after = static_cast<std::uint32_t>(chosen.size());
      open.pop_back();
    }
  };
  for (Match& match : matches) {
    close_before(match.span.start);
    if (!open.empty()) {
      const auto& captures = chosen[open.back()].match.captures;
      bool within = false;
      for (std::uint32_t i = 0; i < captures.size() && !within; ++i) {
        within = match.span.start >= captures[i].span.start && match.span.end <= captures[i].span.end &&
                 replacement.uses(i);
      }
      if (!within) continue;
    }
    if (open.size() == kMaxNesting) {
      return base::fail_input(std::string(kTried), std::string(path),
                              fmt::format("matches are nested deeper than {} levels", kMaxNesting),
                              "leave the file out with `paths`");
    }
    open.push_back(static_cast<std::uint32_t>(chosen.size()));
    chosen.push_back({std::move(match), 0, {}});
  }
  close_before(kNone);
  return chosen;
}

class Writer {
 public:
  Writer(const Replacement::Compiled& replacement, const Layout& layout, std::vector<Chosen>& chosen)
      : replacement_(replacement), layout_(layout), chosen_(chosen) {}

  // The new text of a match, whose inner matches have theirs.
  std::string write(std::uint32_t index) {
    const Match& match = chosen_[index].match;
    const std::string base_indent(layout_.indent_at(match.span.start));
    std::string out;
    const Piece* last = nullptr;
    const Piece* first_left_out = nullptr;
    const std::vector<bool> is_left_out = left_out(match);
    for (std::size_t i = 0; i < replacement_.pieces.size(); ++i) {
      const Piece& piece = replacement_.pieces[i];
      if (is_left_out[i]) {
        if (first_left_out == nullptr) first_left_out = &piece;
        continue;
      }
      if (last != nullptr) {
        const auto kept = kept_gap(match, *last, piece);
        const bool shorter = first_left_out != nullptr && first_left_out->gap.size() < piece.gap.size();
        out += kept ? std::string(layout_.text(*kept))
                    : layout_.indented(shorter ? first_left_out->gap : piece.gap, base_indent);
      }
      if (piece.variable == kNone) {
        out += piece.text;
      } else {
        const Span span = match.captures[piece.variable].span;
        const std::string code = range(span, index + 1, chosen_[index].after);
        out += shift(code, layout_.indent_at(span.start), Layout::last_indent(out, base_indent));
      }
      last = &piece;
      first_left_out = nullptr;
    }
    return out;
  }

  // A range of the source with those of the matches [first, end) in it that are not within another one. Where
  // each of them starts and ends in what it returns is added to `edges`.
  [[nodiscard]] std::string range(Span span, std::uint32_t first, std::uint32_t end,
                                  std::vector<std::size_t>* edges = nullptr) const {
    std::string out;
    std::uint32_t at = span.start;
    for (std::uint32_t i = first; i < end; i = chosen_[i].after) {
      Span inner = chosen_[i].match.span;
      if (inner.start < span.start || inner.end > span.end) continue;
      if (replacement_.pieces.empty()) inner = layout_.whole_lines(inner);
      out += layout_.text({at, inner.start});
      if (edges != nullptr) edges->insert(edges->end(), {out.size(), out.size() + chosen_[i].text.size()});
      out += chosen_[i].text;
      at = inner.end;
    }
    out += layout_.text({at, span.end});
    return out;
  }

 private:
  // A `$$$` that stands for nothing and the comma next to it; a separator that the source does not have
  // either.
  std::vector<bool> left_out(const Match& match) const {
    const auto& pieces = replacement_.pieces;
    std::vector<bool> out(pieces.size());
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      const Piece& piece = pieces[i];
      if (piece.variable == kNone) {
        if (piece.twin != kNone && !match.tokens[piece.twin] && (piece.text == "," || piece.text == ";"))
          out[i] = true;
        continue;
      }
      if (!match.captures[piece.variable].is_empty()) continue;
      out[i] = true;
      if (i > 0 && pieces[i - 1].is_comma()) {
        out[i - 1] = true;
      } else if (i + 1 < pieces.size() && pieces[i + 1].is_comma()) {
        out[i + 1] = true;
      }
    }
    return out;
  }

  // What the source has between the twins of two pieces, where they are neighbours there as well.
  static std::optional<Span> kept_gap(const Match& match, const Piece& last, const Piece& piece) {
    if (last.twin == kNone || piece.twin == kNone || piece.twin <= last.twin) return std::nullopt;
    if (piece.twin == last.twin + 1 && !piece.keeps_gap) return std::nullopt;
    for (std::uint32_t between = last.twin + 1; between < piece.twin; ++between) {
      if (match.tokens[between]) return std::nullopt;
    }
    const auto& left = match.tokens[last.twin];
    const auto& right = match.tokens[piece.twin];
    if (!left || !right || left->end > right->start) return std::nullopt;
    return Span{left->end, right->start};
  }

  const Replacement::Compiled& replacement_;
  const Layout& layout_;
  std::vector<Chosen>& chosen_;
};

// Of errors: their text, or what is missing.
std::vector<std::pair<std::string_view, const Node*>> errors_of(const Tree& tree) {
  std::vector<std::pair<std::string_view, const Node*>> errors;
  const auto& nodes = tree.nodes();
  for (std::uint32_t i = 0; i < nodes.size(); i = nodes[i].error ? nodes[i].next : i + 1) {
    if (nodes[i].error) errors.emplace_back(tree.text(nodes[i]), &nodes[i]);
    if (nodes[i].missing) errors.emplace_back(kind_name(tree.language(), nodes[i].kind), &nodes[i]);
  }
  return errors;
}

std::string line_at(std::string_view source, std::size_t offset) {
  const std::size_t start = offset == 0 ? 0 : source.rfind('\n', offset - 1) + 1;
  return std::string(source.substr(start, source.find('\n', start) - start).substr(0, 120));
}

// No word, comment or string of the result may reach over the edge of what was written.
Result<> check_edges(std::string_view path, const Tree& after, const std::vector<std::size_t>& edges) {
  const std::string_view source = after.source();
  auto edge = edges.begin();
  for (std::uint32_t i = 0; i < after.nodes().size() && edge != edges.end(); ++i) {
    const Span span = after.nodes()[i].span;
    if (!after.is_leaf(i) || kind_name(after.language(), after.nodes()[i].kind) == "jsx_text") continue;
    while (edge != edges.end() && *edge <= span.start)
      ++edge;
    for (; edge != edges.end() && *edge < span.end; ++edge) {
      const Span rest{static_cast<std::uint32_t>(*edge), span.end};
      if (rest.of(source).find_first_not_of(" \t\r\n") == std::string_view::npos) continue;
      const Place place = place_at(source, *edge);
      return base::fail_input(
          std::string(kTried), std::string(path),
          fmt::format("what is written grows together with what stands next to it, at the result's line {}, "
                      "column {}: `{}`",
                      place.line, place.column, line_at(source, *edge)),
          "nothing was written; set blanks or parentheses in the replacement, and no comment at its end");
    }
  }
  return {};
}

}  // namespace

Result<> check_still_parses(std::string_view path, const Tree& before, const Tree& after) {
  if (after.errors() <= before.errors()) return {};
  const auto old_errors = errors_of(before);
  const auto new_errors = errors_of(after);
  std::size_t i = 0;
  while (i + 1 < new_errors.size() && i < old_errors.size() && old_errors[i].first == new_errors[i].first)
    ++i;
  const Node& error = *new_errors[i].second;
  const std::string_view source = after.source();
  const Place place = place_at(source, error.span.start);
  return base::fail_input(std::string(kTried), std::string(path),
                          fmt::format("the result would not parse as {}, at its line {}, column {}{}: `{}`",
                                      base::name_of(after.language()), place.line, place.column,
                                      error.missing ? fmt::format(", where `{}` is missing",
                                                                  kind_name(after.language(), error.kind))
                                                    : "",
                                      line_at(source, error.span.start)),
                          "nothing was written; mend the replacement, or leave the file out with `paths`");
}

Result<Rewritten> rewrite(const Pattern& pattern, const Replacement& replacement, std::string_view path,
                          const Tree& tree, const Bounds& bounds) {
  if (tree.source().find('\0') != std::string_view::npos) {
    return base::fail_input(std::string(kTried), std::string(path), "it holds a NUL byte, so it is no text");
  }
  FLEET_TRY(std::vector<Match> matches, find_all(pattern, tree, bounds));
  if (matches.empty()) return Rewritten{std::string(tree.source()), {}};
  FLEET_TRY(std::vector<Chosen> chosen, choose(std::move(matches), replacement.compiled(), path));

  const auto too_long = [&] {
    return base::fail_input(std::string(kTried), std::string(path),
                            fmt::format("the result is longer than {} bytes", bounds.max_bytes));
  };
  const Layout layout(tree);
  Writer writer(replacement.compiled(), layout, chosen);
  std::size_t written = 0;
  for (auto i = static_cast<std::uint32_t>(chosen.size()); i-- > 0;) {
    chosen[i].text = writer.write(i);
    written += chosen[i].text.size();
    for (std::uint32_t inner = i + 1; inner < chosen[i].after; inner = chosen[inner].after) {
      written -= chosen[inner].text.size();
      chosen[inner].text = {};
    }
    if (written > bounds.max_bytes) return too_long();
  }

  Rewritten result;
  std::vector<std::size_t> edges;
  const Span whole{0, static_cast<std::uint32_t>(tree.source().size())};
  result.text = Layout::finished(writer.range(whole, 0, static_cast<std::uint32_t>(chosen.size()), &edges));
  if (result.text.size() > bounds.max_bytes) return too_long();
  PlaceCounter counter(tree.source());
  for (const Chosen& one : chosen)
    result.places.push_back(counter.at(one.match.span.start));
  if (result.text != tree.source()) {
    FLEET_TRY(const Tree after, parse(tree.language(), result.text, bounds));
    FLEET_CHECK(check_still_parses(path, tree, after));
    FLEET_CHECK(check_edges(path, after, edges));
  }
  return result;
}

}  // namespace fleet::syntax
