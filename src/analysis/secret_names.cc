#include <algorithm>
#include <string>
#include <string_view>

#include "analysis/secret_assignment.h"
#include "text/ascii.h"

namespace fleet::analysis {
namespace {

// A word of a name begins and ends where letters do, or with a hump: `userPassword`.
bool is_name_hump(char before, char c) {
  return text::to_ascii_lower(c) != c && text::to_ascii_lower(before) == before;
}

enum class NameWordPart { whole, start };

// Whether a name has a word, or one that starts so, whatever its style: `TOKEN_TYPE`, `tokenType`.
bool name_has_word(std::string_view name, std::string_view word, NameWordPart part) {
  for (std::size_t at = 0; at + word.size() <= name.size(); ++at) {
    if (!text::equal_ignoring_case(name.substr(at, word.size()), word)) continue;
    const std::size_t end = at + word.size();
    const bool begins =
        at == 0 || !text::is_ascii_letter(name[at - 1]) || is_name_hump(name[at - 1], name[at]);
    const bool ends = part == NameWordPart::start || end == name.size() ||
                      !text::is_ascii_letter(name[end]) || is_name_hump(name[end - 1], name[end]);
    if (begins && ends) return true;
  }
  return false;
}

}  // namespace

bool names_another_thing(const SecretAssignment& assignment, const SecretOtherNames& names) {
  // `secretsManager`: of several of them.
  const std::string_view tail =
      assignment.tail.substr(text::to_ascii_lower(assignment.tail).starts_with('s') ? 1 : 0);
  return std::any_of(names.after.begin(), names.after.end(),
                     [&](std::string_view word) {
                       return name_has_word(assignment.tail, word, NameWordPart::start) ||
                              name_has_word(tail, word, NameWordPart::start);
                     }) ||
         std::any_of(names.before.begin(), names.before.end(), [&](std::string_view word) {
           return name_has_word(assignment.head, word, NameWordPart::whole);
         });
}

}  // namespace fleet::analysis
