#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fleet::yaml {

struct SyntaxError {
  std::size_t offset;
  std::string message;
  std::string suggestion;
  char unclosed = 0;  // the bracket that the message is about
};

// What to tell a person where yaml-cpp says, at an offset of the source, only that "end of map not found".
[[nodiscard]] SyntaxError explain(std::string_view source, std::size_t offset, std::string_view said);

}  // namespace fleet::yaml
