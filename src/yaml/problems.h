#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>

#include "model/diagnostic.h"
#include "text/distance.h"
#include "yaml/document.h"

namespace fleet::yaml {

inline constexpr std::size_t kMostDiagnostics = 1'000;  // of a file, and one more that says so

// Gathers what is wrong with one file, up to kMostDiagnostics.
class Problems {
 public:
  Problems(std::string path, const Document& document) : path_(std::move(path)), document_(document) {}

  void add(Node at, std::string message, std::string suggestion = {});
  // About a part of a scalar's text, in bytes of it. Underlines the whole scalar when the part stands
  // otherwise in the source (escaped, folded).
  void add_within(Node at, std::size_t offset, std::size_t length, std::string message,
                  std::string suggestion = {});
  // About a value that may be a secret.
  void add_secret(Node at, std::string message, std::string suggestion);

  // "did you mean `needs`?", else what is given. Comparing is bounded over all calls: a file with many errors
  // among many names gets fewer hints, not a long wait.
  template <class Strings>
  [[nodiscard]] std::string did_you_mean(std::string_view word, const Strings& candidates,
                                         std::string otherwise = {}) {
    if (compared_ > kMostCompared) return otherwise;
    compared_ += std::size(candidates);
    const auto meant = text::suggest(word, candidates);
    return meant ? fmt::format("did you mean `{}`?", *meant) : otherwise;
  }

  [[nodiscard]] std::size_t count() const { return count_; }
  // No more will be shown: looking further is of no use.
  [[nodiscard]] bool full() const;
  // In the file's order.
  [[nodiscard]] model::Diagnostics take();

 private:
  static constexpr std::size_t kMostCompared = 300'000;

  std::string path_;
  const Document& document_;
  model::Diagnostics found_;
  std::size_t count_ = 0;
  std::size_t compared_ = 0;
};

// A text of the file for a message: in backquotes, shortened, on one line, and never an API key.
[[nodiscard]] std::string quote(std::string_view text);

}  // namespace fleet::yaml
