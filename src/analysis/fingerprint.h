#pragma once

#include <string_view>
#include <vector>

#include "model/finding.h"

namespace fleet::analysis {

// Gives every finding of one file its fingerprint: of its rule, its symbol, the code that it points at (of
// another tool's, its lines) with blanks collapsed, and which of several alike it is, from the top of the
// file. It stays when lines are added above, when code is indented otherwise, and when the file is renamed;
// it goes when the code itself changes: the first half of its SHA-256, in hexadecimal digits. One that has a
// fingerprint already keeps it. `source` is the file's text.
void set_fingerprints(std::vector<model::Finding>& findings, std::string_view source);

}  // namespace fleet::analysis
