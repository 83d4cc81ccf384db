#include "analysis/halstead.h"

#include <algorithm>

namespace fleet::analysis {
namespace {

// Leaves each number once, and says how many there are.
std::uint32_t make_distinct(std::vector<std::uint32_t>& numbers) {
  std::sort(numbers.begin(), numbers.end());
  return static_cast<std::uint32_t>(std::unique(numbers.begin(), numbers.end()) - numbers.begin());
}

}  // namespace

model::Halstead Vocabulary::counted() {
  model::Halstead halstead;
  halstead.operators = static_cast<std::uint32_t>(operators_.size());
  halstead.operands = static_cast<std::uint32_t>(operands_.size());
  std::vector<std::uint32_t> operators = operators_;
  std::vector<std::uint32_t> operands = operands_;
  halstead.distinct_operators = make_distinct(operators);
  halstead.distinct_operands = make_distinct(operands);
  return halstead;
}

}  // namespace fleet::analysis
