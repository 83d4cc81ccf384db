#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "text/path_pattern.h"

// Globs as in gitignore(5), over paths as git stores them: bytes, components joined by `/`, relative to the
// repository's root, with no leading slash. A path that ends in `/` names a directory.
//
//   *      any bytes within one component        ?        one byte that is not `/`
//   [a-z]  one byte of a set, [!a] of the rest   \x       x itself
//   **/    any directories, also none            /**      everything below
//
// A slash at the start or in the middle anchors the glob at the root; without one it matches at any depth. A
// slash at the end asks for a directory. A glob that matches a directory matches all that is below it.
// Values; every const method may be called by many threads at once.
namespace fleet::text {

class Glob {
 public:
  static constexpr std::size_t kMaxLength = 1000;  // bytes

  // Fails (Fault::input, `why` says what and at which byte) on what gitignore would let pass as a pattern
  // that never matches: an open `[`, a lone `\` at the end, empty, `.` and `..` components. A leading `!`
  // too: it has a meaning only in a GlobSet; `\!` is the character.
  [[nodiscard]] static Result<Glob> parse(std::string_view text);

  // In time proportional to the product of both lengths at worst, near to the path's length as a rule.
  [[nodiscard]] bool matches(std::string_view path) const;
  // The path, when the glob says exactly one path (and what would be below it): `/README.md`, `src/a.cc`.
  [[nodiscard]] std::optional<std::string> literal() const;
  [[nodiscard]] const std::string& text() const { return text_; }
  // It ends in what looks like an extension: `*.ts`, `src/main.cc`, not `.github` or `v1.2`.
  [[nodiscard]] bool means_files() const;

 private:
  friend class PathSearch;
  friend class SetSearch;
  explicit Glob(std::string text, PathPattern pattern)
      : text_(std::move(text)), pattern_(std::move(pattern)) {}

  std::string text_;
  PathPattern pattern_;
};

// How a glob that two are compared by is read.
enum class Reading {
  exact,   // as gitignore: `*.ts` and `*.css` meet below a directory `a.ts`, in `a.ts/a.css`
  likely,  // what ends in an extension (`*.ts`, `src/main.cc`) is a file, with nothing below it
};

// A shortest path of a file that both globs match, or nothing when there is none: exact, and polynomial. Only
// paths that can exist in a repository count: no empty, `.` or `..` component, no zero byte.
[[nodiscard]] std::optional<std::string> common_path(const Glob& left, const Glob& right,
                                                     Reading reading = Reading::exact);

// A list of globs in which one with a leading `!` takes back: the last that matches a path decides. An empty
// list matches nothing. Unlike gitignore, a path may be taken back from below a directory that is matched.
class GlobSet {
 public:
  static constexpr std::size_t kMaxGlobs = 1000;

  [[nodiscard]] static Result<GlobSet> parse(const std::vector<std::string>& globs);

  [[nodiscard]] bool matches(std::string_view path) const;
  [[nodiscard]] bool empty() const { return rules_.empty(); }

 private:
  struct Rule {
    Glob glob;
    bool takes_back = false;
  };
  friend struct Overlap common_path(const GlobSet& left, const GlobSet& right, Reading reading);
  friend class SetSearch;

  std::vector<Rule> rules_;
};

struct Overlap {
  enum class Answer {
    none,      // no path is matched by both
    certain,   // `path` is matched by both
    possible,  // not decided within the bound on the search: take it as an overlap
  };
  Answer answer = Answer::none;
  std::string path;  // a witness where the answer is certain; shortest where no set takes anything back
};

// Exact wherever no set takes back. With `!` the search for a path is over subsets of the globs' states, of
// which there can be exponentially many: it gives up after kMaxOverlapStates of them,
// or 64 MiB, and answers `possible`.
inline constexpr std::size_t kMaxOverlapStates = 20'000;
[[nodiscard]] Overlap common_path(const GlobSet& left, const GlobSet& right,
                                  Reading reading = Reading::exact);

}  // namespace fleet::text
