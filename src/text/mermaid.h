#pragma once

#include <string>
#include <string_view>

namespace fleet::text {

// Any text for between the quotes of a mermaid label, `t0["..."]`: what could end the label, start Markdown,
// HTML or a comment stands as a character code (https://mermaid.js.org/syntax/flowchart.html, "Entity codes
// to escape characters").
[[nodiscard]] std::string mermaid_label(std::string_view bytes);

}  // namespace fleet::text
