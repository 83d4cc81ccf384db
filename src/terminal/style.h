#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "terminal/terminal.h"

namespace fleet::terminal {

// ANSI colours by what they mean (ECMA-48, SGR).
enum class Tone { plain, strong, faint, good, bad, warning, active };

[[nodiscard]] inline std::string toned(std::string_view text, Tone tone, const Look& look) {
  if (!look.colour || text.empty() || tone == Tone::plain) return std::string(text);
  std::string_view code;
  switch (tone) {
    case Tone::plain:
      break;
    case Tone::strong:
      code = "1";
      break;
    case Tone::faint:
      code = "2";
      break;
    case Tone::good:
      code = "32";
      break;
    case Tone::bad:
      code = "31";
      break;
    case Tone::warning:
      code = "33";
      break;
    case Tone::active:
      code = "36";
      break;
  }
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

}  // namespace fleet::terminal
