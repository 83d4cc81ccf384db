#pragma once

#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/arguments.h"
#include "analysis/call.h"
#include "analysis/code.h"
#include "analysis/compiled_rules.h"
#include "analysis/flow.h"
#include "analysis/values.h"

namespace fleet::analysis {

struct Captured {
  std::string_view name;          // without the dollar
  std::uint32_t node = kNowhere;  // kNowhere: it is no one node
  std::string_view text;
};

// A place that may be a finding.
struct Candidate {
  std::uint32_t node = kNowhere;
  syntax::Span span;
  std::optional<Call> call;
  std::vector<Captured> captures;
  std::optional<FlowValue> came = {};  // what makes it one, where data was followed
};

// Whether a candidate is what its rule's conditions want. Where the steps end before that is known, it is
// not. Of one file and one thread.
class Judge {
 public:
  // `code`, `values` and `fitter` are null for text, and `flow` where no rule asks for it.
  Judge(std::string_view source, Code* code, Values* values, syntax::Fitter* fitter, syntax::Steps& steps,
        Flow* flow = nullptr)
      : source_(source), code_(code), values_(values), fitter_(fitter), steps_(steps), flow_(flow) {}

  // Tells the candidate what came where it was asked for.
  [[nodiscard]] bool holds(const CompiledRule& rule, Candidate& candidate);

 private:
  [[nodiscard]] bool holds(const CompiledCondition& condition, const Candidate& candidate);
  [[nodiscard]] bool holds_for_capture(const CompiledCondition& condition, const Candidate& candidate);
  [[nodiscard]] bool holds_for_argument(const CompiledCondition& condition, const Candidate& candidate);
  [[nodiscard]] bool passes(const CompiledCondition& condition, std::uint32_t node);
  [[nodiscard]] bool passes(const CompiledCondition& condition, std::string_view text);
  [[nodiscard]] bool is_inside(const CompiledCondition& condition, std::uint32_t node);
  [[nodiscard]] bool is_found(const CompiledCondition& condition, std::string_view text);
  [[nodiscard]] bool has_come(Is what, std::uint32_t node);
  [[nodiscard]] bool function_has(const CompiledCondition& condition, const Candidate& candidate);

  std::string_view source_;
  Code* code_;
  Values* values_;
  syntax::Fitter* fitter_;
  syntax::Steps& steps_;
  Flow* flow_;
  const CompiledRule* rule_ = nullptr;  // that is asked about
  std::optional<FlowValue> came_;
  // What function_has() answered, by function; kNowhere: for the file.
  std::map<std::pair<const CompiledCondition*, std::uint32_t>, bool> of_function_;
};

}  // namespace fleet::analysis
