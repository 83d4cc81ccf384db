#include "analysis/sides.h"

namespace fleet::analysis {
namespace {

// Go has a list on each side, also of one.
std::uint32_t only_item(const Code& code, std::uint32_t side) {
  if (side == kNowhere || code.language() != syntax::Language::go || code.kind(side) != "expression_list")
    return side;
  const std::uint32_t first = code.first_child(side);
  return first != kNowhere && code.next_child(first, side) == kNowhere ? first : side;
}

}  // namespace

Sides sides_of(const Code& code, std::uint32_t binding) {
  Sides sides;
  const bool type_first = code.kind(binding) == "resource";  // `try (Reader r = open())`
  std::uint32_t last = kNowhere;
  for (std::uint32_t at = binding + 1; at < code.node(binding).next && code.steps().take();
       at = code.node(at).next) {
    if (code.node(at).extra) continue;
    if (!code.node(at).named) {
      const std::string_view text = code.text(at);
      if (sides.left != kNowhere && sides.sign.empty() && text.ends_with('=')) {
        sides.sign = text;
        if (type_first) sides.left = last;
      }
      continue;
    }
    const std::string_view kind = code.kind(at);
    if (kind == "mutable_specifier" || kind == "visibility_modifier" || kind == "modifiers") continue;
    if (sides.left == kNowhere) {
      sides.left = at;
    } else if (!sides.sign.empty()) {
      sides.value = only_item(code, at);
      break;
    }
    last = at;
  }
  if (sides.sign.empty() && last != sides.left) {
    const Shape shape = code.shape(last);
    if (shape == Shape::arguments || shape == Shape::collection) sides.value = last;
  }
  sides.left = only_item(code, sides.left);
  return sides;
}

}  // namespace fleet::analysis
