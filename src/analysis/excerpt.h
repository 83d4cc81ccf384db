#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fleet::analysis {

// The line that an offset lies on, on one line and at most 160 columns wide; from well before the offset
// where the line is long. Looks at no more of the line than it shows.
[[nodiscard]] std::string excerpt_of(std::string_view source, std::size_t offset);

// Code on one line, for any terminal, cut to so many columns.
[[nodiscard]] std::string shortened(std::string_view code, std::size_t columns);

}  // namespace fleet::analysis
