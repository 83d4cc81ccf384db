#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Cells of tables for terminals and logs.
namespace fleet::text {

enum class Charset { ascii, unicode };

// Untrusted text as one line of at most `width` columns: what a terminal would obey is escaped, what is too
// long is cut and ends in an ellipsis. In ASCII, other characters become `?`.
[[nodiscard]] std::string fit(std::string_view bytes, std::size_t width, Charset charset);

enum class Align { left, right };
// With blanks up to `width` columns; longer text stays as it is.
[[nodiscard]] std::string pad(std::string_view text, std::size_t width, Align align = Align::left);

}  // namespace fleet::text
