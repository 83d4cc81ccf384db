#pragma once

// A bug stops the program at once, in every build: going on with a broken state could lose work. What the
// world or a user can cause is never asserted; it is a Result (base/result.h).
namespace fleet::base {

[[noreturn]] void assertion_failed(const char* condition, const char* message, const char* file, int line);

}  // namespace fleet::base

#define FLEET_ASSERT(condition, message)                                                        \
  do {                                                                                          \
    if (!(condition)) ::fleet::base::assertion_failed(#condition, message, __FILE__, __LINE__); \
  } while (false)
