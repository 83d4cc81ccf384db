#pragma once

#include <cstdint>
#include <vector>

#include "model/diagnostic.h"
#include "model/plan.h"
#include "model/workflow.h"

namespace fleet::plan {

// One task of the plan before it is written out: which task of the file, and which cell of its matrix.
struct Slot {
  std::uint32_t task = 0;  // place in Workflow::tasks
  std::uint32_t cell = 0;
};

// The workflow's graph with every matrix expanded, numbered in plan order.
struct Numbering {
  std::vector<Slot> slots;  // in plan order
  model::Graph graph;       // over slots; needing a task with a matrix means needing all its cells
};

// Adds a diagnostic for each cycle, and when the matrices make too many needs; the result is then incomplete.
[[nodiscard]] Numbering number(const model::Workflow& workflow, model::Diagnostics& diagnostics);

}  // namespace fleet::plan
