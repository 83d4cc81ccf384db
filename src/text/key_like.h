#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// Keys that somebody pasted into a file. Guesses by shape, for messages: what finds secrets in code is
// elsewhere.
namespace fleet::text {

// By the fixed beginnings that providers give their keys (`sk-`, `ghp_`, `AKIA`, ...): hardly ever wrong.
[[nodiscard]] bool looks_like_api_key(std::string_view word);

// Also without such a beginning, by length and mixture of characters. For where a name was expected.
[[nodiscard]] bool may_be_api_key(std::string_view word);

// Where in a text words stand that look like keys: first byte and size of each.
struct WordPlace {
  std::size_t begin;
  std::size_t size;
};
[[nodiscard]] std::vector<WordPlace> find_api_keys(std::string_view text);

// The text with `***` for each word that looks like a key.
[[nodiscard]] std::string without_api_keys(std::string_view text);

}  // namespace fleet::text
