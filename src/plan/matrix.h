#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "model/workflow.h"

namespace fleet::plan {

// One task that a matrix makes.
struct Cell {
  std::map<std::string, std::string> values;  // by axis
  std::string label;                          // for people: `core, debug`
  std::string slug;                           // `core-debug`: valid in refs, and unique within the matrix
};

// How many tasks a matrix makes: 1 without one, or with one past kMaxCells, which the reader reports.
[[nodiscard]] std::uint32_t cell_count(const model::TaskSpec& task);

// All cells, the last axis varying fastest; one empty cell for a task without a matrix.
[[nodiscard]] std::vector<Cell> cells(const model::TaskSpec& task);

}  // namespace fleet::plan
