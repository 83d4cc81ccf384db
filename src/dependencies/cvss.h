#pragma once

#include <optional>
#include <string_view>

namespace fleet::dependencies {

// The base score, 0.0 to 10.0, of a CVSS 3.0 or 3.1 vector, by the formulas of FIRST's specification
// (https://www.first.org/cvss/v3.1/specification-document, section 7.1 and appendix A). Temporal and
// environmental metrics may stand in the vector and do not count. Nothing for what is no such vector.
[[nodiscard]] std::optional<double> cvss3_base_score(std::string_view vector);

}  // namespace fleet::dependencies
