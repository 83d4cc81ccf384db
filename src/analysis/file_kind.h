#pragma once

#include <string_view>

#include "model/analysis.h"

namespace fleet::analysis {

// By where a file lies (folders of other people's code), what it is called (`*.pb.go`, `package-lock.json`,
// `*.min.js`) and what is in it: NUL bytes near the start make it binary, a header that says that it was
// generated and is not to be edited makes it generated, JavaScript and CSS of which most is on very long
// lines is minified. Takes time linear in `bytes`.
[[nodiscard]] model::FileKind kind_of(std::string_view path, std::string_view bytes);

}  // namespace fleet::analysis
