#include "workflow/diagnostic_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <vector>

#include "text/key_like.h"
#include "text/utf8.h"

namespace fleet::workflow {
namespace {

constexpr std::size_t kColumns = 96;  // of a source line that are shown
constexpr std::size_t kBefore = 32;   // of them before what is underlined, where the line is trimmed
constexpr std::size_t kLead = 600;    // characters that are looked at before what is underlined
constexpr std::string_view kHidden = "***";

// A character of the source as it is shown.
struct Cell {
  std::string text;
  std::size_t width;
};

Cell cell_of(std::string_view character) {
  if (character == "\t") return {"    ", 4};
  std::string text = text::printable(character);
  if (text.empty()) text = fmt::format("\\x{:02x}", static_cast<unsigned char>(character[0]));
  const std::size_t width = text::display_width(text);
  return {std::move(text), width};
}

std::vector<Cell> cells_of(std::string_view line, std::size_t most) {
  std::vector<Cell> cells;
  while (!line.empty() && cells.size() < most) {
    std::size_t length = 1;
    while (length < line.size() && (static_cast<unsigned char>(line[length]) & 0xc0) == 0x80)
      ++length;
    cells.push_back(cell_of(line.substr(0, length)));
    line.remove_prefix(length);
  }
  return cells;
}

std::string_view without_characters(std::string_view line, std::size_t count) {
  const auto is_start = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; };
  std::size_t at = 0;
  for (; at < line.size() && (count > 0 || !is_start(line[at])); ++at)
    count -= is_start(line[at]) ? 1 : 0;
  return line.substr(at);
}

std::size_t width_of(const std::vector<Cell>& cells, std::size_t from, std::size_t to) {
  std::size_t width = 0;
  for (std::size_t i = from; i < to; ++i)
    width += cells[i].width;
  return width;
}

// What of a line holds a secret: characters, from 0.
struct Range {
  std::size_t begin, end;
};

struct Excerpt {
  std::string line;
  std::string underline;
};

class Source {
 public:
  Source(std::string_view text, const model::Diagnostics& diagnostics) : text_(text) {
    if (text_.starts_with("\xef\xbb\xbf"))
      text_.remove_prefix(3);  // the byte order mark counts for no column
    for (const model::Diagnostic& each : diagnostics) {
      if (each.secret) secrets_[each.at.line].push_back(range_of(each));
    }
  }

  // Diagnostics are asked for by ascending line.
  std::optional<Excerpt> excerpt(const model::Diagnostic& diagnostic) {
    const std::optional<std::string_view> line = line_at(diagnostic.at.line);
    if (!line || diagnostic.at.column < 1) return std::nullopt;
    // From well before what is underlined, so that a key that reaches into what is shown is known as one.
    const Range all = range_of(diagnostic);
    const std::size_t skipped = all.begin - std::min(all.begin, kLead);
    const std::string_view part = without_characters(*line, skipped).substr(0, 4 * (kLead + 2 * kColumns));
    std::vector<Cell> cells = cells_of(part, kLead + 2 * kColumns);
    const std::size_t begin = std::min(all.begin - skipped, cells.size());
    const Range marked{begin, std::clamp(all.end - skipped, begin, cells.size())};
    for (const text::WordPlace key : text::find_api_keys(part)) {
      const std::size_t first = text::count_codepoints(part.substr(0, key.begin));
      hide(cells, {first, first + key.size});
    }
    if (const auto secrets = secrets_.find(diagnostic.at.line); secrets != secrets_.end()) {
      for (const Range secret : secrets->second)
        hide(cells,
             {secret.begin - std::min(secret.begin, skipped), secret.end - std::min(secret.end, skipped)});
    }
    return trim(cells, marked, skipped > 0);
  }

 private:
  static Range range_of(const model::Diagnostic& diagnostic) {
    const auto begin = static_cast<std::size_t>(std::max(diagnostic.at.column, 1)) - 1;
    return {begin, begin + static_cast<std::size_t>(std::max(diagnostic.length, 1))};
  }

  std::optional<std::string_view> line_at(int number) {
    if (number < 1) return std::nullopt;
    for (; line_ < number; ++line_) {
      const std::size_t end = text_.find('\n', start_);
      if (end == std::string_view::npos) return std::nullopt;
      start_ = end + 1;
    }
    std::string_view line = text_.substr(start_, std::min(text_.find('\n', start_), text_.size()) - start_);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }

  // A secret becomes one `***`, its other characters nothing.
  static void hide(std::vector<Cell>& cells, Range secret) {
    for (std::size_t i = secret.begin; i < std::min(secret.end, cells.size()); ++i)
      cells[i] = i == secret.begin ? Cell{std::string(kHidden), kHidden.size()} : Cell{"", 0};
  }

  static Excerpt trim(const std::vector<Cell>& cells, Range marked, bool starts_later) {
    std::size_t first = 0;
    if (starts_later || width_of(cells, 0, marked.end) > kColumns) {
      first = marked.begin;
      for (std::size_t before = 0; first > 0 && before + cells[first - 1].width <= kBefore; --first)
        before += cells[first - 1].width;
    }
    Excerpt excerpt;
    std::size_t indent = 0;
    if (first > 0 || starts_later) {
      excerpt.line = "...";
      indent = 3;
    }
    std::size_t width = 0;
    std::size_t last = first;
    for (; last < cells.size() && width + cells[last].width <= kColumns; ++last) {
      width += cells[last].width;
      excerpt.line += cells[last].text;
    }
    if (last < cells.size()) excerpt.line += "...";
    const std::size_t end = std::min(marked.end, last);
    const std::size_t marks =
        std::max<std::size_t>(width_of(cells, marked.begin, std::max(end, marked.begin)), 1);
    excerpt.underline =
        std::string(indent + width_of(cells, first, marked.begin), ' ') + '^' + std::string(marks - 1, '~');
    return excerpt;
  }

  std::string_view text_;
  std::size_t start_ = 0;  // of `line_`
  int line_ = 1;
  std::map<int, std::vector<Range>> secrets_;
};

struct Paint {
  std::string_view bold, red, cyan, plain;
};

std::string safe(std::string_view text) {
  return text::without_api_keys(text::printable(text, text::Newlines::escape));
}

}  // namespace

std::string diagnostic_text(model::Diagnostics diagnostics, std::string_view source, Colour colour) {
  const auto place = [](const model::Diagnostic& d) { return std::tie(d.at.line, d.at.column); };
  std::stable_sort(diagnostics.begin(), diagnostics.end(),
                   [&](const auto& a, const auto& b) { return place(a) < place(b); });
  const Paint paint = colour == Colour::on ? Paint{"\x1b[1m", "\x1b[1;31m", "\x1b[36m", "\x1b[0m"} : Paint{};
  Source lines(source, diagnostics);
  std::string out;
  for (const model::Diagnostic& each : diagnostics) {
    if (!out.empty()) out += '\n';
    const std::string where = each.at.line > 0
                                  ? fmt::format("{}:{}:{}", safe(each.path), each.at.line, each.at.column)
                                  : safe(each.path);
    out += fmt::format("{0}{1}: {2}error:{3}{0} {4}{3}\n", paint.bold, where, paint.red, paint.plain,
                       safe(each.message));
    if (const auto excerpt = lines.excerpt(each)) {
      out += fmt::format("{:>5} | {}\n", each.at.line, excerpt->line);
      out += fmt::format("      | {}{}{}\n", paint.red, excerpt->underline, paint.plain);
    }
    std::string_view suggestion = each.suggestion;
    for (bool first = true; !suggestion.empty(); first = false) {
      const std::string_view line = suggestion.substr(0, suggestion.find('\n'));
      suggestion.remove_prefix(std::min(suggestion.size(), line.size() + 1));
      out += first ? fmt::format("{}help:{} {}\n", paint.cyan, paint.plain, safe(line))
                   : fmt::format("    {}\n", safe(line));
    }
  }
  return out;
}

}  // namespace fleet::workflow
