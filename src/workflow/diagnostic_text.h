#pragma once

#include <string>
#include <string_view>

#include "model/diagnostic.h"

namespace fleet::workflow {

enum class Colour { off, on };

// Diagnostics of one file for people, by place, with an empty line between them:
//
//   .fleet/workflow.yml:7:5: error: unknown key `need`
//      7 |     need: [setup]
//        |     ^~~~
//   help: did you mean `needs`?
//
// `source` is the file's text. Lines are trimmed around what is underlined; what a terminal would obey or
// that would hide is shown as `\x1b`, and what looks like an API key is never shown.
[[nodiscard]] std::string diagnostic_text(model::Diagnostics diagnostics, std::string_view source,
                                          Colour colour = Colour::off);

}  // namespace fleet::workflow
