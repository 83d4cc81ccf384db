#pragma once

#include <string_view>

namespace fleet::analysis {

// What the path of a file says of the texts in it. Pure.
struct SecretPath {
  bool is_test = false;          // tests, fixtures, examples, documentation
  bool is_lock = false;          // a lock file, a source map, a minified or generated one: full of hashes
  bool has_bare_values = false;  // values stand there without quotes: `.env`, YAML, shell
  bool is_translation = false;   // of words for people
};

[[nodiscard]] SecretPath read_secret_path(std::string_view path);

}  // namespace fleet::analysis
