#pragma once

#include <cerrno>
#include <functional>
#include <system_error>
#include <thread>
#include <utility>

#include "base/result.h"

namespace fleet::base {

// A thread, or an Error where a limit on processes or memory leaves no room for one.
[[nodiscard]] inline Result<std::thread> start_thread(std::function<void()> work) {
  try {
    return std::thread(std::move(work));
  } catch (const std::system_error&) {  // EAGAIN, whatever the limit
    return fail_errno("start", "a thread", EAGAIN);
  }
}

}  // namespace fleet::base
