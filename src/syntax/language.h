#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/enum_names.h"

namespace fleet::syntax {

// The languages whose grammars are compiled in (grammars.cmake). Their names are those of `codemod.language`.
enum class Language { c, cpp, go, java, javascript, python, rust, tsx, typescript };

// By its name in the workflow file.
[[nodiscard]] std::optional<Language> find_language(std::string_view name);

// "c, cpp, javascript, ...", for messages.
[[nodiscard]] std::string language_names();

// Whether a file belongs to the language by how its name ends, in either case. A `.h` belongs to both c and
// cpp; `.tsx` is tsx and not typescript, for its grammar differs; `.jsx` is javascript. Paths may hold any
// bytes.
[[nodiscard]] bool covers(Language language, std::string_view path);

// The one language to read a file as: by how its name ends, and for a `.h` (C, or C++ where it uses words of
// C++ only) or a file without an ending (by its `#!` line) by what is in it.
[[nodiscard]] std::optional<Language> language_of(std::string_view path, std::string_view source);

}  // namespace fleet::syntax

namespace fleet {
FLEET_ENUM_NAMES(syntax::Language, "c", "cpp", "go", "java", "javascript", "python", "rust", "tsx",
                 "typescript");
}
