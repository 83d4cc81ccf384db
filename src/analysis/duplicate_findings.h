#pragma once

#include <functional>
#include <string>

#include "analysis/analyze_files.h"
#include "analysis/duplicates.h"
#include "base/result.h"
#include "syntax/tree.h"

namespace fleet::analysis {

inline constexpr const char* kDuplicate = "duplicates.block";

struct DuplicateReport {
  Reported reported;
  double percentage = 0;  // of the lines that were compared
};

// Finds code that stands in several places of the sources among `files`; `base` are those before a change.
// `is_asked_for`: only what has a
// place in such a file is found. What could not be parsed or compared is remarked.
[[nodiscard]] DuplicateReport find_duplicates(const Files& files, const Files& base,
                                              const std::function<bool(const std::string&)>& is_asked_for,
                                              const DuplicateOptions& options = {},
                                              const syntax::Bounds& bounds = {});

}  // namespace fleet::analysis
