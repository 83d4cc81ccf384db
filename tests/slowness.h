#pragma once

namespace fleet {

// How many times as long work may take under a sanitizer: for bounds that tell linear time from quadratic.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr int kSlowness = 20;
#else
inline constexpr int kSlowness = 1;
#endif

}  // namespace fleet
