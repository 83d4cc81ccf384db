#pragma once

#include <set>
#include <string>
#include <vector>

namespace fleet::analysis {

// The libraries that cppcheck comes with descriptions of, by the headers that a source reads: with
// `gtest/gtest.h` it knows what TEST() is, where it would stumble else. By name, each once; what it takes by
// itself (the standard's, POSIX') is not among them.
[[nodiscard]] std::vector<std::string> cppcheck_libraries(const std::set<std::string>& headers);

}  // namespace fleet::analysis
