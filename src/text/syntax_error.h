#pragma once

#include <cstddef>
#include <string>

namespace fleet::text {

// Where a text that a user wrote stops making sense, so that a caret can be put under it.
struct SyntaxError {
  std::size_t offset = 0;  // bytes from the start of the text that was parsed
  std::size_t length = 1;  // bytes to underline
  std::string message;
  std::string suggestion;  // what to do, as a sentence; may be empty
};

}  // namespace fleet::text
