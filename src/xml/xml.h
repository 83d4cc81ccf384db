#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

// XML of other programs and repositories, trusted in nothing.
namespace fleet::xml {

inline constexpr std::size_t kMostDepth = 64;

using Attributes = std::map<std::string, std::string>;

// Called as a document is read, on the caller's thread. Neither may throw.
struct Events {
  // `line` is that of the end of the tag, from 1.
  std::function<void(const std::string& name, const Attributes& attributes, std::uint32_t line)> opened;
  // With the text that stood right in it, without what stood in elements within; may be empty.
  std::function<void(const std::string& name, const std::string& text)> closed;
};

struct Problem {
  std::uint32_t line = 1;
  std::string why;
};

// A document type, and with it every entity of its own, is refused, and so is nesting past kMostDepth. Bytes
// that XML cannot hold become U+FFFD; an encoding that the document names does not count: it is read as
// UTF-8. The events until then have been called when this fails.
[[nodiscard]] tl::expected<void, Problem> read(std::string_view text, const Events& events);

}  // namespace fleet::xml
