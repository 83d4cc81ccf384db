#pragma once

#include <string>
#include <string_view>

#include "text/utf8.h"

namespace fleet::report {

// For an attribute or text of XML 1.0, from any bytes: what XML cannot hold is written as text::printable()
// does.
[[nodiscard]] std::string xml_text(std::string_view bytes, text::Newlines newlines = text::Newlines::escape);

}  // namespace fleet::report
