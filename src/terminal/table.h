#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "terminal/style.h"
#include "terminal/terminal.h"
#include "text/columns.h"

namespace fleet::terminal {

// A table that fits the width of what shows it: columns that may shrink are cut until it does. Cells are
// untrusted text; what a terminal would obey in them is escaped.
class Table {
 public:
  enum class Give { no, yes };  // whether a column may be cut to make the rest fit
  struct Column {
    std::string title;
    text::Align align = text::Align::left;
    Give give = Give::no;
  };
  struct Cell {
    std::string text;
    Tone tone = Tone::plain;
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  // As many cells as columns.
  void add(std::vector<Cell> row);
  [[nodiscard]] bool empty() const { return rows_.empty(); }
  // Lines with their ends; columns that are empty in all rows are left out.
  [[nodiscard]] std::string draw(const Look& look) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace fleet::terminal
