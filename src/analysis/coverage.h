#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace fleet::analysis {

// Which lines tests ran: by path from the root, of each line that can run whether one did.
struct Coverage {
  std::map<std::string, std::map<std::uint32_t, bool>, std::less<>> files;
  std::size_t outside = 0;  // files of the report that do not lie below the root

  // Lines that can run in these files, and how many did; of files that no report tells of, none.
  struct Lines {
    std::size_t all = 0, ran = 0;
    [[nodiscard]] std::optional<double> percentage() const;
  };
  [[nodiscard]] Lines of(const std::vector<std::string>& paths) const;
  // A line ran where it did in either.
  void add(const Coverage& other);
};

// A report of coverage, trusted in nothing, told by what is in it:
// - lcov's tracefile (geninfo(1)): the DA lines;
// - Cobertura's XML (coverage-04.dtd), whose files are named from one of its `sources`;
// - coverage.py's JSON (its `coverage json`): executed and missing lines.
// `root` is a whole path; `is_there` says whether a path from there is a file. An Error says what is wrong.
[[nodiscard]] Result<Coverage> read_coverage(std::string_view text, const std::string& name,
                                             const std::string& root,
                                             const std::function<bool(const std::string&)>& is_there);

}  // namespace fleet::analysis
