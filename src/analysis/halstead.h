#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/metrics.h"

namespace fleet::analysis {

// Numbers for texts, the same for the same text, counting from 0.
class Numbering {
 public:
  std::uint32_t number(std::string_view text) {
    return numbers_.try_emplace(text, static_cast<std::uint32_t>(numbers_.size())).first->second;
  }

 private:
  std::unordered_map<std::string_view, std::uint32_t> numbers_;
};

// What operators and operands a stretch of code has.
class Vocabulary {
 public:
  void add_operator(std::uint32_t number) { operators_.push_back(number); }
  void add_operand(std::uint32_t number) { operands_.push_back(number); }
  void add(const Vocabulary& other) {
    operators_.insert(operators_.end(), other.operators_.begin(), other.operators_.end());
    operands_.insert(operands_.end(), other.operands_.begin(), other.operands_.end());
  }
  [[nodiscard]] model::Halstead counted();

 private:
  std::vector<std::uint32_t> operators_, operands_;
};

}  // namespace fleet::analysis
