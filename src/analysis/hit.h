#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analysis/flow.h"
#include "analysis/judge.h"
#include "analysis/rule_set.h"

namespace fleet::analysis {

// A place that a rule found, in bytes.
struct Hit {
  const Rule* rule;
  syntax::Span span;
  std::uint32_t node;  // kNowhere: in text
  std::string message;
  std::vector<FlowPlace> way;  // of the data that makes it one
};

// As people count, in the file's order.
[[nodiscard]] std::vector<model::Finding> to_findings(const SourceFile& file, std::vector<Hit> hits);

// The message with what its metavariables stood for, for any terminal.
[[nodiscard]] std::string message_of(std::string_view message, const std::vector<Captured>& captures);

}  // namespace fleet::analysis
