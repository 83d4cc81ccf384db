#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/secret_match.h"
#include "text/stream_search.h"

namespace fleet::analysis {

// The first characters of a value, which tell it from others: at most 4, and less of a short one, which may
// be known by them.
[[nodiscard]] std::string_view shown_part(std::string_view value);

// What of a file may be shown around the secrets in it. Hidden are all values that were found, wherever and
// in whatever form (text/secret_forms.h) they stand, and words that look as if they were drawn at random. One
// thread.
class SecretExcerpts {
 public:
  // Values of more bytes in all are too many to look for: then only beginnings are shown.
  static constexpr std::size_t kMostHidden = 64 * 1024;

  // All of them outlive it. Time linear in the file.
  SecretExcerpts(std::string_view bytes, const std::vector<SecretMatch>& matches, SecretExcerpt excerpt);

  // The line of one of the matches, as far as it is near, on one line.
  [[nodiscard]] std::string of(const SecretMatch& match) const;

 private:
  void hide_places(const std::vector<SecretMatch>& matches);
  void hide_values(const std::vector<SecretMatch>& matches);
  void join_hidden();

  std::string_view bytes_;
  SecretExcerpt excerpt_;
  std::vector<text::Range> hidden_;  // in order, apart from each other
};

}  // namespace fleet::analysis
