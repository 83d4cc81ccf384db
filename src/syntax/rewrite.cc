#include "syntax/rewrite.h"

#include <fmt/format.h>

#include <algorithm>

#include "syntax/compiled_pattern.h"
#include "syntax/layout.h"
#include "syntax/replacement.h"
#include "syntax/still_parses.h"

namespace fleet::syntax {
namespace {

constexpr std::string_view kTried = "rewrite";

// A match that is rewritten, and the range (its index, after) of those within it.
struct Chosen {
  Match match;
  std::uint32_t after = 0;
  std::string text;
  bool is_same = false;  // the text is what the source has
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
    chosen.push_back({std::move(match), 0, {}, false});
  }
  close_before(kNone);
  return chosen;
}

class Writer {
 public:
  Writer(const Replacement::Compiled& replacement, const Layout& layout, std::vector<Chosen>& chosen,
         std::size_t max_bytes)
      : replacement_(replacement), layout_(layout), chosen_(chosen), max_bytes_(max_bytes) {}

  // The new text of a match, whose inner matches have theirs. Past the bound it is cut off somewhere.
  std::string write(std::uint32_t index) {
    const Match& match = chosen_[index].match;
    const std::string_view base_indent = layout_.indent_at(match.span.start);
    std::string out;
    const Piece* last = nullptr;
    const Piece* first_left_out = nullptr;
    const std::vector<bool> is_left_out = left_out(match);
    for (std::size_t i = 0; i < replacement_.pieces.size() && out.size() <= max_bytes_; ++i) {
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
        std::string code = range(span, index + 1, chosen_[index].after);
        if (code.find('\n') != std::string::npos)
          code = shift(code, layout_.indent_at(span.start), Layout::last_indent(out, base_indent));
        out += code;
      }
      last = &piece;
      first_left_out = nullptr;
    }
    return out;
  }

  // A range of the source with those of the matches [first, end) in it that are not within another one. What
  // became of each is added to `edits`, from the range's start.
  [[nodiscard]] std::string range(Span span, std::uint32_t first, std::uint32_t end,
                                  std::vector<Edit>* edits = nullptr) const {
    std::string out;
    std::uint32_t at = span.start;
    for (std::uint32_t i = first; i < end; i = chosen_[i].after) {
      Span inner = chosen_[i].match.span;
      if (inner.start < span.start || inner.end > span.end) continue;
      if (replacement_.pieces.empty()) inner = layout_.whole_lines(inner);
      out += layout_.text({at, inner.start});
      const auto start = static_cast<std::uint32_t>(out.size());
      out += chosen_[i].text;
      if (edits != nullptr) edits->push_back({inner, {start, static_cast<std::uint32_t>(out.size())}});
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
  std::size_t max_bytes_;
};

}  // namespace

Result<Rewritten> rewrite(const Pattern& pattern, const Replacement& replacement, std::string_view path,
                          const Tree& tree, const Bounds& bounds) {
  if (tree.source().find('\0') != std::string_view::npos) {
    return base::fail_input(std::string(kTried), std::string(path), "it holds a NUL byte, so it is no text");
  }
  FLEET_TRY(std::vector<Match> matches, find_all(pattern, tree, bounds));
  if (matches.empty()) return Rewritten{std::string(tree.source()), {}, 0};
  FLEET_TRY(std::vector<Chosen> chosen, choose(std::move(matches), replacement.compiled(), path));

  const auto too_long = [&] {
    return base::fail_input(std::string(kTried), std::string(path),
                            fmt::format("the result is longer than {} bytes", bounds.max_bytes));
  };
  const Layout layout(tree);
  Writer writer(replacement.compiled(), layout, chosen, bounds.max_bytes);
  std::size_t written = 0;
  for (auto i = static_cast<std::uint32_t>(chosen.size()); i-- > 0;) {
    if (bounds.is_stopped()) return base::fail_world(std::string(kTried), std::string(path), kStopped);
    chosen[i].text = writer.write(i);
    chosen[i].is_same = chosen[i].text == layout.text(chosen[i].match.span);
    written += chosen[i].text.size();
    for (std::uint32_t inner = i + 1; inner < chosen[i].after; inner = chosen[inner].after) {
      written -= chosen[inner].text.size();
      chosen[inner].text = {};
    }
    if (written > bounds.max_bytes) return too_long();
  }

  Rewritten result;
  std::vector<Edit> edits;
  const Span whole{0, static_cast<std::uint32_t>(tree.source().size())};
  result.text = Layout::finished(writer.range(whole, 0, static_cast<std::uint32_t>(chosen.size()), &edits));
  if (result.text.size() > bounds.max_bytes) return too_long();
  PlaceCounter counter(tree.source());
  for (const Chosen& one : chosen) {
    result.places.push_back(counter.at(one.match.span.start));
    result.same += one.is_same;
  }
  if (result.text != tree.source()) {
    FLEET_TRY(const Tree after, parse(tree.language(), result.text, bounds));
    FLEET_CHECK(check_still_parses(path, tree, after, edits));
    FLEET_CHECK(check_edges(path, after, edits));
  }
  return result;
}

}  // namespace fleet::syntax
