#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "syntax/tree.h"

namespace fleet::syntax {

// Code of a language in which some nodes are left open. The metavariables follow ast-grep (its guide,
// "Pattern Syntax"):
//
//   $X         one node; where the name comes twice, both must be the same code (blanks and comments aside)
//   $_, $_X    one node, another one each time
//   $$$ARGS    any number of neighbours: arguments, statements, members; as few as fit
//   $$$, $$$_  the same without a name
//
// A name is of capitals, digits and `_`. What a match needs and what it overlooks:
// - kinds of nodes, names, literals (with their quotes), operators and keywords must be the same;
// - blanks, comments, a `,` after the last element and a `;` at the end of a statement do not matter;
// - with `$$$` empty, the comma next to it is gone too: `f($A, $$$)` finds `f(1)`;
// - unlike ast-grep, what the pattern does not have is not overlooked, for a rewrite would lose it: keywords
//   (`async`, `static`), an `else`, type arguments and annotations;
// - a bare name (also with `.`, `::` or type arguments) is found as a value and, in typed languages, as a
//   type; as a member only with its object: `$A.name`.
//
// The pattern is parsed as the first of these that makes sense: a file's text, an expression, a statement, a
// member of a class, an object or a type, a clause (case, except). It must be one node. In scripts, a
// metavariable after `from` may be the module's string: `import { $$$N } from $M`.
//
// A value, immutable; any thread.
class Pattern {
 public:
  static constexpr std::size_t kMaxLength = 16'384;  // bytes

  // Fault::input; `why` says what does not parse, and where.
  [[nodiscard]] static Result<Pattern> compile(Language language, std::string_view text);

  [[nodiscard]] Language language() const;
  [[nodiscard]] const std::string& text() const;  // without blanks around it
  [[nodiscard]] const std::vector<std::string>& names()
      const;  // of the metavariables, without dollars, no `_`

  // Whether a source can hold a match at all: it has every name and literal of the pattern. Far quicker than
  // a parse.
  [[nodiscard]] bool may_match(std::string_view source) const;

  // What a match begins with: nodes of other kinds need not be looked at.
  [[nodiscard]] std::vector<Kind> root_kinds() const;
  // The longest name or literal that every source with a match holds; empty: there is none.
  [[nodiscard]] std::string_view needed_word() const;

  struct Compiled;
  [[nodiscard]] const Compiled& compiled() const { return *compiled_; }

 private:
  explicit Pattern(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
  std::shared_ptr<const Compiled> compiled_;
};

// What a metavariable stood for: neighbouring nodes [first, last) of the tree and their text, without the
// blanks and comments around them. Nodes of a `$$$` that stood for nothing are none.
struct Capture {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  Span span;
  [[nodiscard]] bool is_empty() const { return first == last; }
};

struct Match {
  std::uint32_t node = 0;
  Span span;                      // of the node, without a closing separator that the pattern does not have
  std::vector<Capture> captures;  // one for each of Pattern::names()
  std::vector<std::optional<Span>> tokens;  // where each word of the pattern's text was found (words.h)
};

// All places where the pattern fits, outer before inner; they may nest. Fails with Fault::input when it needs
// more than `match_steps`, and with Fault::world when stopped.
[[nodiscard]] Result<std::vector<Match>> find_all(const Pattern& pattern, const Tree& tree,
                                                  const Bounds& bounds = {});

class Steps;

// Fits patterns to nodes that the caller chooses: for one walk over a tree with many patterns. When the steps
// are over nothing fits any more, which says nothing about the tree. Of one thread; it views the tree, the
// steps and every pattern that it was given.
class Fitter {
 public:
  Fitter(const Tree& tree, Steps& steps);
  ~Fitter();
  Fitter(const Fitter&) = delete;
  Fitter& operator=(const Fitter&) = delete;

  [[nodiscard]] std::optional<Match> fit(const Pattern& pattern, std::uint32_t node);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace fleet::syntax
