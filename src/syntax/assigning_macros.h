#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fleet::syntax {

// `ASSIGN_OR_RETURN(const auto x, f(y));` declares x, and is an error to a parser that does not know the
// macro. A copy of C or C++ source in which such calls read `const auto x = f(y) ;`, with every position as
// it was: statements that begin with a name in capitals, whose first argument is a declaration; nothing where
// there is none. What is made of the copy's tree must show the source itself. Time linear in the source.
[[nodiscard]] std::optional<std::string> assigning_macros_as_declarations(std::string_view source);

}  // namespace fleet::syntax
