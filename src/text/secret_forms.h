#pragma once

#include <set>
#include <string>
#include <string_view>

namespace fleet::text {

// The texts by which secrets may show up in a log: themselves, their lines, and both encoded as programs
// encode strings. None is shorter than Masker::kMinLength.
struct SecretForms {
  std::set<std::string> all;
  std::set<std::string> encoded;  // those in base64 and hex, which programs break into lines
};

void add_secret_forms(std::string_view secret, SecretForms& forms);

}  // namespace fleet::text
