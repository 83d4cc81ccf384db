#pragma once

#include <string>

#include "model/plan.h"

// A Plan for people and for other programs. Names and paths come from a file that nobody vouches for: none
// can break out of its place, whatever it holds.
namespace fleet::plan {

struct TreeStyle {
  int width = 100;      // columns; longer lines are cut
  bool colour = false;  // ANSI
  bool unicode = true;  // else ASCII only
};

// Each task stands under the need that ends last, so that the longest chain reads as one branch; its other
// needs are named beside it. Below: conflicts ahead, and the settings with who won.
[[nodiscard]] std::string to_tree(const model::Plan& plan, const TreeStyle& style);
// One object, `"schema": "fleet-plan/1"`. docs/plan.md describes it.
[[nodiscard]] std::string to_json(const model::Plan& plan);
// https://mermaid.js.org/syntax/flowchart.html
[[nodiscard]] std::string to_mermaid(const model::Plan& plan);
// https://graphviz.org/doc/info/lang.html
[[nodiscard]] std::string to_dot(const model::Plan& plan);

}  // namespace fleet::plan
