#include "text/slug.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/random.h"
#include "text/ascii.h"

namespace fleet::text {
namespace {

constexpr std::size_t kHashDigits = 12;

bool is_word(char c) {
  return is_ascii_letter(c) || is_ascii_digit(c) || c == '_';
}
bool is_hex(char c) {
  return is_ascii_digit(c) || (c >= 'a' && c <= 'f');
}

// What slug() itself makes of other texts: such a text is hashed again, so that it does not meet them.
bool looks_hashed(std::string_view text) {
  if (text.size() <= kHashDigits || text[text.size() - kHashDigits - 1] != '-') return false;
  const std::string_view tail = text.substr(text.size() - kHashDigits);
  return std::all_of(tail.begin(), tail.end(), is_hex);
}

bool is_slug(std::string_view text) {
  return !text.empty() && text.size() <= kMaxSlug && text.front() != '-' && text.back() != '-' &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_word(c) || c == '-'; });
}

}  // namespace

std::string slug(std::string_view text) {
  if (is_slug(text) && !looks_hashed(text)) return std::string(text);
  std::string out;
  for (const char c : text) {
    if (out.size() == kMaxSlug - kHashDigits - 1) break;
    if (is_word(c)) {
      out += c;
    } else if (!out.empty() && out.back() != '-') {
      out += '-';
    }
  }
  while (!out.empty() && out.back() == '-')
    out.pop_back();
  if (out.empty()) out += 'x';
  const std::uint64_t hash = base::mix(base::hash(text)) >> (64 - 4 * kHashDigits);
  return fmt::format("{}-{:0{}x}", out, hash, kHashDigits);
}

bool is_task_id(std::string_view text) {
  return !text.empty() && text.size() <= kMaxTaskId && is_word(text.front()) &&
         !is_ascii_digit(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_word(c) || c == '-'; });
}

}  // namespace fleet::text
