#include "dependencies/dependency.h"

#include "text/ascii.h"

namespace fleet::dependencies {

std::string normalised_name(Ecosystem ecosystem, std::string_view name) {
  if (ecosystem != Ecosystem::pypi) return std::string(name);
  std::string normal;
  for (const char c : name) {
    const bool separates = c == '-' || c == '_' || c == '.';
    if (!separates) {
      normal += text::to_ascii_lower(c);
    } else if (!normal.ends_with('-')) {
      normal += '-';
    }
  }
  return normal;
}

}  // namespace fleet::dependencies
