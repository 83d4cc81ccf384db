#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace fleet::text {

// A regular expression in RE2's syntax: matching takes time linear in the text, whatever the expression. `^`
// and `$` match at lines. Text is UTF-8; bytes that are not are matched by nothing and pass through unharmed.
// Immutable, cheap to copy; any thread.
class Regex {
 public:
  static constexpr std::size_t kMaxLength = 10'000;  // bytes

  // Fault::input; `why` is RE2's message.
  [[nodiscard]] static Result<Regex> parse(std::string_view text);

  struct Replaced {
    std::string text;
    std::size_t count = 0;             // places
    std::vector<std::size_t> offsets;  // where in the text each of them started, in bytes
  };
  // In the replacement `$1` or `${1}` is the first group, `${name}` the one written `(?P<name>...)`, `$0` the
  // match, `$$` a dollar; any other dollar, a group that there is not, and a `\1` (which other tools take for
  // a group) are errors. So is a result of more than kMaxResult bytes.
  static constexpr std::size_t kMaxResult = 64 << 20;
  [[nodiscard]] Result<Replaced> replace_all(std::string_view text, std::string_view replacement) const;
  // Only what replace_all() would say of the replacement.
  [[nodiscard]] Result<> check_replacement(std::string_view replacement) const;
  [[nodiscard]] bool is_found_in(std::string_view text) const;

  struct Span {  // [begin, end) of a text in bytes; both npos: a group that took no part
    std::size_t begin = std::string_view::npos;
    std::size_t end = std::string_view::npos;
    bool operator==(const Span&) const = default;
  };
  enum class Start { at_once, anywhere };
  // The first match in `text` from byte `from` on; what stands before is seen by `^` and `\b`. Fills
  // `groups`, whose first is the whole match, as far as it goes.
  [[nodiscard]] bool find(std::string_view text, std::size_t from, Start start, std::span<Span> groups) const;
  // The number of a group written `(?P<name>...)`; nothing when there is none.
  [[nodiscard]] std::optional<std::size_t> group(std::string_view name) const;
  [[nodiscard]] std::size_t count_groups() const;
  // The names of its groups, by their number, with that of the match itself; empty where a group has none.
  [[nodiscard]] std::vector<std::string> group_names() const;

 private:
  struct Compiled;
  explicit Regex(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace fleet::text
