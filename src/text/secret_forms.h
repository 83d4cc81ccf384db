#pragma once

#include <set>
#include <string>
#include <string_view>

namespace fleet::text {

// The texts by which a secret may show up in a log: itself, its lines, and both encoded as programs encode
// strings. None is shorter than Masker::kMinLength.
[[nodiscard]] std::set<std::string> secret_forms(std::string_view secret);

}  // namespace fleet::text
