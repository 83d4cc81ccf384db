#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "syntax/tree.h"

namespace fleet::syntax {

// A query in tree-sitter's language ("Query Syntax" of its guide), for shapes that no pattern can say. Of its
// predicates, #eq? #not-eq? #match? #not-match? #any-of? and #not-any-of? are known; the expressions of
// #match? are RE2's. Immutable, cheap to copy; any thread.
class Query {
 public:
  static constexpr std::size_t kMaxLength = 16'384;  // bytes

  // Fault::input; `why` says what is wrong and at which line and column of the text.
  [[nodiscard]] static Result<Query> compile(Language language, std::string_view text);

  [[nodiscard]] Language language() const;
  [[nodiscard]] const std::vector<std::string>& names() const;  // of the captures, without `@`
  // Where in the text each of its patterns starts: many queries, joined into one, are looked for much faster.
  [[nodiscard]] const std::vector<std::uint32_t>& pattern_starts() const;

  struct Compiled;
  [[nodiscard]] const Compiled& compiled() const { return *compiled_; }

 private:
  explicit Query(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
  std::shared_ptr<const Compiled> compiled_;
};

struct QueryCapture {
  std::uint32_t name = 0;  // the index in Query::names()
  Span span;
};
struct QueryMatch {
  std::uint32_t pattern = 0;  // the index in Query::pattern_starts()
  std::vector<QueryCapture> captures;
};

struct QueryMatches {
  std::vector<QueryMatch> all;
  bool is_cut_off = false;  // there were too many at once, or time was over: some are not here
};

// The tree must come from parse() with Keep::nodes_and_parsed. Never takes longer than `bounds.time`, nor
// holds more than a bound of matches that are open at once.
[[nodiscard]] QueryMatches find_all(const Query& query, const Tree& tree, const Bounds& bounds = {});

}  // namespace fleet::syntax
