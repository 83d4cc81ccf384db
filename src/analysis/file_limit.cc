#include "analysis/file_limit.h"

#include <fmt/format.h>

#include <algorithm>

namespace fleet::analysis {

bool FileLimit::is_over() {
  if (!why_.empty()) return true;
  if (bounds_.is_stopped()) {
    give_up(syntax::kStopped);
  } else if (steps_.is_over()) {
    give_up("it takes too many steps");
  } else if (std::chrono::steady_clock::now() >= deadline_) {
    give_up(fmt::format("it takes longer than {}", base::format_duration(bounds_.time)));
  }
  return !why_.empty();
}

void FileLimit::give_up(std::string why) {
  if (why_.empty()) why_ = std::move(why);
  steps_.end();
}

syntax::Bounds FileLimit::rest() const {
  syntax::Bounds rest = bounds_;
  const auto left = std::chrono::duration_cast<Duration>(deadline_ - std::chrono::steady_clock::now());
  rest.time = std::max(left, Duration::zero());
  return rest;
}

}  // namespace fleet::analysis
