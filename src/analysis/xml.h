#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace fleet::analysis {

// Called as a document is read, on the caller's thread. Neither may throw.
struct XmlEvents {
  std::function<void(const std::string& name, const std::map<std::string, std::string>& attributes)> opened;
  // With the text that stood right in it, without what stood in elements within; may be empty.
  std::function<void(const std::string& name, const std::string& text)> closed;
};

inline constexpr std::size_t kMaxXmlDepth = 64;

// XML of other programs and repositories, trusted in nothing: a document type, and with it every entity of
// its own, is refused, and so is nesting past kMaxXmlDepth. Bytes that XML cannot hold become U+FFFD. `what`
// is for the error: "cppcheck's output". The events until then have been called when this fails.
[[nodiscard]] Result<> read_xml(std::string_view text, std::string_view what, const XmlEvents& events);

}  // namespace fleet::analysis
