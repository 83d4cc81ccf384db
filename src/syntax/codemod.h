#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "syntax/rewrite.h"

namespace fleet::syntax {

// `codemod:` of a task: find and replace over syntax trees, or over plain text by a regular expression.
struct CodemodRequest {
  std::string language;  // its name; not used with `regex`
  std::string find;
  std::string replace;
  bool regex = false;
};

// A file that holds a NUL byte is none.
[[nodiscard]] bool is_text(std::string_view source);

// Compiled once for all files of a task. A value, immutable, cheap to copy; any number of threads may apply
// it at once.
class Codemod {
 public:
  // Fault::input: an unknown language, a pattern that does not parse in it, an unknown metavariable or group.
  [[nodiscard]] static Result<Codemod> compile(const CodemodRequest& request);

  // Whether files of this name are to be looked at, unless the task's `paths` say which: those that the
  // language covers (language.h), all of them with `regex`.
  [[nodiscard]] bool covers(std::string_view path) const;

  // The text that the file becomes, and where. A file that is no text has no places, nor has one that
  // lacks a name of the pattern; neither is parsed, nor refused for its size. With `regex`, a
  // file whose language is known is parsed before and after as well, and refused when it got worse; a stop is
  // seen before and after the search. Fails as rewrite does.
  [[nodiscard]] Result<Rewritten> apply(std::string_view path, std::string_view source,
                                        const Bounds& bounds = {}) const;

 private:
  struct Compiled;
  explicit Codemod(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace fleet::syntax
