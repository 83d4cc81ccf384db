#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "text/path_pattern.h"

namespace fleet::text {

enum class Ignored { no, yes };

// What a repository's .gitignore files say about a path, as git decides it: the deepest level with a pattern
// that matches decides, and in it the last such pattern. Case-sensitive; patterns that git would never match
// (an open `[`) are passed over as git does. A value; const methods may be called by many threads at once.
class IgnoreRules {
 public:
  static constexpr std::size_t kMaxPatternLength = 4096;  // bytes; longer lines are passed over

  // `directory` is where the file lies, relative to the root, "" for the root itself, no slash at the end. Of
  // two contents for one directory the later is stronger: add the user's core.excludesFile and info/exclude,
  // in this order, to "" before the root's .gitignore. Whoever reads the files bounds their size.
  void add(std::string_view directory, std::string_view content);

  // What the patterns say of this path alone, for a walk from the root down that does not enter directories
  // that are ignored: git never re-includes what is below one. `path` has no slash at the end.
  [[nodiscard]] Ignored check(std::string_view path, bool is_directory) const;

  // The same for a path that was not reached by such a walk: it is ignored as well when a directory above is.
  [[nodiscard]] Ignored check_with_parents(std::string_view path, bool is_directory) const;

 private:
  enum class Kind { name, name_end, name_pattern, path_pattern };  // what of a path it looks at, and how
  struct Rule {
    Kind kind = Kind::path_pattern;
    std::string literal;  // the name, or its end
    PathPattern pattern;
    bool negated = false;
    bool directory_only = false;
  };
  // `name` is the last component, `relative` the path from the rule's level.
  [[nodiscard]] static bool matches(const Rule& rule, std::string_view name, std::string_view relative);

  std::map<std::string, std::vector<Rule>, std::less<>> levels_;
};

}  // namespace fleet::text
