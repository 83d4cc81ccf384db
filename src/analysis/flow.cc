#include "analysis/flow.h"

#include "analysis/flow_run.h"

namespace fleet::analysis {

Flow::Flow(Code& code, const Imports& imports, const FlowNames& names)
    : code_(code), imports_(imports), names_(names) {}
Flow::~Flow() = default;

FlowValue Flow::at(std::uint32_t node) {
  if (!run_) {
    run_ = std::make_unique<Run>(code_, imports_, names_);
    run_->walk();
  }
  return run_->value_of(node);
}

std::vector<FlowPlace> Flow::way_of(const FlowValue& value) const {
  return run_ ? run_->way_of(value) : std::vector<FlowPlace>{};
}

}  // namespace fleet::analysis
