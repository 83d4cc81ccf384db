#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

// What every fuzzer here defines: it is given any bytes, and ends the program where the code that it drives
// does not keep its word. libFuzzer calls it (tests/fuzz/run.sh), and so does mutate.cc in ordinary builds.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace fleet::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// `detail` is what a person wants to see of a finding.
inline void require(bool holds, const char* what, std::string_view detail = {}) {
  if (holds) return;
  std::cerr << "NOT KEPT: " << what << "\n" << detail << std::endl;
  std::abort();
}

// The parts of an input that needs several, so that a seed can be read: `mark` stands between them, and the
// last part takes all that is left. Parts that are not there are empty.
inline std::vector<std::string_view> parts_of(std::string_view text, std::string_view mark,
                                              std::size_t count) {
  std::vector<std::string_view> parts(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t end = i + 1 == count ? text.npos : text.find(mark);
    parts[i] = text.substr(0, end);
    if (end == text.npos) break;
    text.remove_prefix(end + mark.size());
  }
  return parts;
}

inline std::vector<std::string> lines_of(std::string_view text, std::size_t most) {
  std::vector<std::string> lines;
  while (!text.empty() && lines.size() < most) {
    const std::size_t end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
  return lines;
}

}  // namespace fleet::fuzz
