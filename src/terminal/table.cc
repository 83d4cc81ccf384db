#include "terminal/table.h"

#include <algorithm>
#include <numeric>

#include "base/assert.h"
#include "text/utf8.h"

namespace fleet::terminal {

namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kNarrowest = 8;   // of a column that was cut
constexpr std::size_t kLongest = 1000;  // of a cell, before any is cut

// Takes columns from the widest that may give some until the row fits, or none can give more.
void shrink(std::vector<std::size_t>& widths, const std::vector<bool>& may_give, std::size_t width) {
  std::size_t total = std::accumulate(widths.begin(), widths.end(), std::size_t{0});
  while (total > width) {
    std::size_t* widest = nullptr;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      if (may_give[i] && widths[i] > kNarrowest && (widest == nullptr || widths[i] > *widest))
        widest = &widths[i];
    }
    if (widest == nullptr) return;
    --*widest;
    --total;
  }
}

}  // namespace

void Table::add(std::vector<Cell> row) {
  FLEET_ASSERT(row.size() == columns_.size(), "a row has as many cells as the table has columns");
  rows_.push_back(std::move(row));
}

std::string Table::draw(const Look& look) const {
  const auto charset = look.unicode ? text::Charset::unicode : text::Charset::ascii;
  std::vector<std::size_t> shown;  // columns
  std::vector<std::size_t> widths;
  std::vector<bool> may_give;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    std::size_t width = 0;
    for (const auto& row : rows_)
      width = std::max(width, text::display_width(text::fit(row[c].text, kLongest, charset)));
    if (width == 0) continue;
    shown.push_back(c);
    widths.push_back(std::max(width, text::display_width(columns_[c].title)));
    may_give.push_back(columns_[c].give == Give::yes);
  }
  if (shown.empty()) return "";
  const std::size_t gaps = kGap * (shown.size() - 1);
  const auto width = static_cast<std::size_t>(look.width);
  shrink(widths, may_give, width > gaps ? width - gaps : 0);

  std::string out;
  const auto draw_row = [&](const auto& cell_of) {
    std::string line;
    for (std::size_t i = 0; i < shown.size(); ++i) {
      const Cell cell = cell_of(shown[i]);
      const std::string text = text::fit(cell.text, widths[i], charset);
      const std::string blanks(widths[i] - std::min(widths[i], text::display_width(text)), ' ');
      const bool is_right = columns_[shown[i]].align == text::Align::right;
      if (i > 0) line += std::string(kGap, ' ');
      line += (is_right ? blanks : "") + toned(text, cell.tone, look) + (is_right ? "" : blanks);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  };
  draw_row([&](std::size_t c) { return Cell{columns_[c].title, Tone::faint}; });
  for (const auto& row : rows_)
    draw_row([&](std::size_t c) { return row[c]; });
  return out;
}

}  // namespace fleet::terminal
