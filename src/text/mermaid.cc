#include "text/mermaid.h"

#include <fmt/format.h>

#include "text/utf8.h"

namespace fleet::text {

std::string mermaid_label(std::string_view bytes) {
  constexpr std::string_view kPlain = " _-.,/()+=:";
  std::string label;
  for (const char c : printable(bytes, Newlines::escape)) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain = byte >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || kPlain.find(c) != std::string_view::npos;
    if (is_plain) {
      label += c;
    } else {
      label += fmt::format("#{};", byte);
    }
  }
  return label;
}

}  // namespace fleet::text
