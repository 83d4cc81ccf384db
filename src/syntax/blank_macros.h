#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fleet::syntax {

// `class Foo_API Bar` reads as a function to a parser that does not know that Foo_API expands to nothing it
// cares for. A copy of C or C++ source in which such export macros (names in _API, _EXPORT, _PUBLIC and their
// like, before another name) are blanks, so that every position stays; nothing where there is none.
[[nodiscard]] std::optional<std::string> blank_export_macros(std::string_view source);

}  // namespace fleet::syntax
