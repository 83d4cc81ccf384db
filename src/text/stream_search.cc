#include "text/stream_search.h"

namespace fleet::text {

void StreamSearch::pass(std::size_t bytes) {
  passed_ += bytes;
  if (node_ == 0) {
    passed_before_ = passed_;
    return;
  }
  if (!gaps_.empty() && gaps_.back().at == read_) {
    gaps_.back().passed = passed_;
  } else {
    gaps_.push_back({read_, passed_});
  }
  forget();
  if (passed_ - passed_before_ > kMaxPassed) {
    node_ = 0;
    forget();
  }
}

// Gaps before what is open.
void StreamSearch::forget() {
  if (gaps_.empty()) return;
  const std::uint64_t begin = read_ - automaton_->open(node_);
  while (!gaps_.empty() && gaps_.front().at <= begin) {
    passed_before_ = gaps_.front().passed;
    gaps_.pop_front();
  }
}

}  // namespace fleet::text
