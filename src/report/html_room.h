#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "model/json.h"

namespace fleet::report {

// The bytes that are left on a page, so that it does not grow past its limit.
class Room {
 public:
  explicit Room(std::size_t bytes) : left_(bytes) {}

  // False, and nothing is taken, when so much is not there. `reserve` bytes are left alone.
  bool take(std::size_t bytes, std::size_t reserve = 0) {
    if (bytes + reserve > left_) return false;
    left_ -= bytes;
    return true;
  }
  [[nodiscard]] std::size_t left() const { return left_; }

 private:
  std::size_t left_;
};

// How many bytes the JSON takes on the page.
[[nodiscard]] std::size_t size_on_page(const model::Json& json);
// JSON for a script element: with each `<` as \u003c nothing in it ends the element, or begins a comment.
[[nodiscard]] std::string on_page(const model::Json& json);

// Untrusted text on one line, and as it stands in lines: escape sequences are gone, what turns the direction
// of text or is no character can be seen.
[[nodiscard]] std::string page_line(std::string_view bytes, std::size_t width = 300);
[[nodiscard]] std::string page_text(std::string_view bytes);

// Sets what is not empty.
void put(model::Json& json, const char* name, std::string text);

}  // namespace fleet::report
