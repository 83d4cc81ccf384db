#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/finding.h"

// What code measures. docs/metrics.md defines each number exactly.
namespace fleet::model {

struct LineCounts {
  std::uint32_t total = 0;
  std::uint32_t code = 0;     // lines with anything but blanks and comments
  std::uint32_t comment = 0;  // lines with nothing but comments and blanks
  std::uint32_t blank = 0;
  bool operator==(const LineCounts&) const = default;
};

// Halstead, "Elements of Software Science", 1977.
struct Halstead {
  std::uint32_t distinct_operators = 0, distinct_operands = 0;  // n1, n2
  std::uint32_t operators = 0, operands = 0;                    // N1, N2

  [[nodiscard]] double volume() const;      // V = N log2 n, bits
  [[nodiscard]] double difficulty() const;  // D = n1/2 * N2/n2
  [[nodiscard]] double effort() const;      // E = D V
  [[nodiscard]] double seconds() const;     // T = E / 18
  [[nodiscard]] double bugs() const;        // B = V / 3000
};

struct FunctionMetrics {
  std::string
      name;  // with what it is in: `Parser.parse`, `ns::Parser::parse`; `(anonymous)` where it has none
  Region at;
  LineCounts lines;
  std::uint32_t cyclomatic = 1;
  std::uint32_t cognitive = 0;
  std::uint32_t nesting = 0;  // of control structures, at most
  std::uint32_t parameters = 0;
  Halstead halstead;
  double maintainability = 100;  // 0 to 100

  bool is_known = false;  // it was there before the change, word for word
};

struct ClassMetrics {
  std::string name;
  Region at;
  LineCounts lines;
  std::uint32_t methods = 0;
  std::uint32_t cyclomatic = 0;  // of its methods, together
};

struct FileMetrics {
  std::string path;
  std::string language;
  LineCounts lines;
  std::uint32_t cyclomatic = 0;  // of its functions, together, and the decisions outside of them
  std::uint32_t cognitive = 0;   // the same
  Halstead halstead;
  double maintainability = 100;
  double error_share = 0;                  // of its bytes: what the parser did not understand, 0 to 1
  std::vector<FunctionMetrics> functions;  // outer before inner, in the file's order
  std::vector<ClassMetrics> classes;
};

}  // namespace fleet::model
