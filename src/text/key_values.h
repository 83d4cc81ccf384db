#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace fleet::text {

inline constexpr std::size_t kMaxKeyValuesSize = 1 << 20;  // bytes
inline constexpr std::size_t kMaxKeyValues = 1000;

// Reads the file that a task writes its outputs to, in the format of $GITHUB_OUTPUT: lines `name=value`, and
// `name<<DELIMITER`, the lines of the value, `DELIMITER`. Lines end in LF or CRLF; empty ones are passed
// over. Of two values for one name the later stays. Names are like task ids (text/slug.h). `file` is for the
// error, which says the line.
[[nodiscard]] Result<std::map<std::string, std::string>> parse_key_values(std::string_view content,
                                                                          std::string_view file);

}  // namespace fleet::text
