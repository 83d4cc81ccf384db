#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "analysis/code.h"
#include "analysis/flow_names.h"
#include "analysis/flow_value.h"
#include "analysis/imports.h"

namespace fleet::analysis {

// A step of the way of data through a file.
struct FlowPlace {
  std::uint32_t node;
  std::string what;
};

// Follows data through the functions of a file, in the order in which they would run: from where it comes in,
// through assignments, texts, containers, and calls of functions of the same file, to where it is used.
//
// It is followed along each way of an `if`, a loop and a `try`, and what comes together is joined; a
// condition that holds of constants is computed. What a check allows (`if x not in ALLOWED: return`) is clean
// behind it. A loop is gone through twice, and calls three deep. Where that, or its steps, is not enough,
// what it did not see is unknown.
//
// All views must outlive it. Of one thread.
class Flow {
 public:
  Flow(Code& code, const Imports& imports, const FlowNames& names);
  ~Flow();
  Flow(const Flow&) = delete;
  Flow& operator=(const Flow&) = delete;

  // What an expression gives where it stands, on any of the ways to it.
  [[nodiscard]] FlowValue at(std::uint32_t node);
  // From where it came in to the last place that it went through.
  [[nodiscard]] std::vector<FlowPlace> way_of(const FlowValue& value) const;

  [[nodiscard]] const FlowNames& names() const { return names_; }

 private:
  class Run;
  Code& code_;
  const Imports& imports_;
  const FlowNames& names_;
  std::unique_ptr<Run> run_;  // made when it is first asked for
};

}  // namespace fleet::analysis
