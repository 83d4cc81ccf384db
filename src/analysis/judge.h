#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/call.h"
#include "analysis/code.h"
#include "analysis/compiled_rules.h"
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
};

// Whether a candidate is what its rule's conditions want. Of one file and one thread.
class Judge {
 public:
  // `code`, `values` and `fitter` are null for text.
  Judge(std::string_view source, Code* code, Values* values, syntax::Fitter* fitter, Work& work)
      : source_(source), code_(code), values_(values), fitter_(fitter), work_(work) {}

  [[nodiscard]] bool holds(const CompiledRule& rule, const Candidate& candidate);

 private:
  [[nodiscard]] bool holds(const CompiledCondition& condition, const Candidate& candidate);
  [[nodiscard]] bool holds_for_capture(const CompiledCondition& condition, const Candidate& candidate);
  [[nodiscard]] bool holds_for_argument(const CompiledCondition& condition, const Candidate& candidate);
  [[nodiscard]] bool passes(const CompiledCondition& condition, std::uint32_t node);
  [[nodiscard]] bool passes(const CompiledCondition& condition, std::string_view text);
  [[nodiscard]] bool is_inside(const CompiledCondition& condition, std::uint32_t node);
  [[nodiscard]] bool file_has(const CompiledCondition& condition);
  [[nodiscard]] bool function_has(const CompiledCondition& condition, const Candidate& candidate);

  std::string_view source_;
  Code* code_;
  Values* values_;
  syntax::Fitter* fitter_;
  Work& work_;
  std::map<const CompiledCondition*, bool> of_file_;  // what file_has() answered
};

}  // namespace fleet::analysis
