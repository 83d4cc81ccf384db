#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

// What cppcheck prints: XML of version 2.
namespace fleet::analysis {

struct CppcheckPlace {
  std::string file;                    // as cppcheck names it
  std::uint32_t line = 1, column = 1;  // the column in bytes
  std::string info;                    // what happens here
};

struct CppcheckMessage {
  std::string id, severity, text;
  std::string cwe;  // a number; empty: none
  std::string of;   // the source file that was checked when it was found (file0); empty: of several
  bool inconclusive = false;
  // First the place that it is about, then back along the way to the cause. Empty: of no place.
  std::vector<CppcheckPlace> places;
};

struct CppcheckOutput {
  std::string version;
  std::vector<CppcheckMessage> messages;
};

// An Error for what is no such XML, or holds more than a hundred thousand messages.
[[nodiscard]] Result<CppcheckOutput> read_cppcheck_output(std::string_view xml);

}  // namespace fleet::analysis
