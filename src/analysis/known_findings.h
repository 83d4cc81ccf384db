#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include "model/finding.h"

namespace fleet::analysis {

// Findings that were there already, by fingerprint, each as often as it was there.
class KnownFindings {
 public:
  void add(const std::string& fingerprint) {
    ++counts_[fingerprint];
    ++left_;
  }
  // Whether it is one of them; then it is one less.
  bool take(const std::string& fingerprint) {
    const auto at = counts_.find(fingerprint);
    if (at == counts_.end() || at->second == 0) return false;
    --at->second;
    --left_;
    return true;
  }
  [[nodiscard]] bool has(const std::string& fingerprint) const {
    const auto at = counts_.find(fingerprint);
    return at != counts_.end() && at->second > 0;
  }
  // Marks those of them that no one has marked yet.
  void mark(std::vector<model::Finding>& findings) {
    for (model::Finding& finding : findings) {
      if (!finding.is_known) finding.is_known = take(finding.fingerprint);
    }
  }
  [[nodiscard]] std::size_t left() const { return left_; }

 private:
  std::unordered_map<std::string, std::size_t> counts_;
  std::size_t left_ = 0;
};

}  // namespace fleet::analysis
