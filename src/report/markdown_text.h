#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Untrusted text inside GitHub's Markdown (https://github.github.com/gfm/): what is escaped here reads as it
// was and does nothing: no markup, HTML, link, mention, reference, formula or end of a table's cell.
namespace fleet::report {

// Prose on one line, of at most `width` columns.
[[nodiscard]] std::string escape_prose(std::string_view bytes, std::size_t width = 300);

enum class Place { paragraph, table };
// `bytes` as a code span; empty for empty text.
[[nodiscard]] std::string code_span(std::string_view bytes, Place place, std::size_t width = 300);

// Inside an HTML element, where Markdown's escapes mean nothing.
[[nodiscard]] std::string html_text(std::string_view bytes, std::size_t width = 300);

// A fenced block that nothing inside it can end. Lines stay lines.
[[nodiscard]] std::string fenced(std::string_view bytes);

}  // namespace fleet::report
