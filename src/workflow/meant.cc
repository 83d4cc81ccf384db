#include "workflow/meant.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include "base/time.h"
#include "text/ascii.h"
#include "text/key_like.h"
#include "text/utf8.h"

namespace fleet::workflow {
namespace {

constexpr std::string_view kDigits = "0123456789";

struct Unit {
  std::string_view word;  // and each of its beginnings
  std::string_view shown;
};
constexpr std::array kUnits{Unit{"days", "d"},    Unit{"hours", "h"},         Unit{"hrs", "h"},
                            Unit{"minutes", "m"}, Unit{"mins", "m"},          Unit{"seconds", "s"},
                            Unit{"secs", "s"},    Unit{"milliseconds", "ms"}, Unit{"ms", "ms"},
                            Unit{"msecs", "ms"}};

std::string initials(std::string_view name) {
  std::string letters;
  for (std::size_t at = 0; at < name.size(); at = std::min(name.find('-', at), name.size() - 1) + 1)
    letters += name[at];
  return letters;
}

}  // namespace

std::optional<std::string> duration_meant(std::string_view text) {
  constexpr std::size_t kMostBytes = 100;
  if (text.size() > kMostBytes) return std::nullopt;
  std::vector<std::pair<std::size_t, std::string>> parts;  // by unit, in the order of kUnits
  for (text = text::trim(text); !text.empty(); text = text::trim(text)) {
    const std::string_view number = text.substr(0, text.find_first_not_of("0123456789."));
    text = text::trim(text.substr(number.size()));
    const auto end = std::find_if_not(text.begin(), text.end(), text::is_ascii_letter);
    const std::string word =
        text::to_ascii_lower(text.substr(0, static_cast<std::size_t>(end - text.begin())));
    text.remove_prefix(word.size());
    const auto* const unit = std::find_if(kUnits.begin(), kUnits.end(),
                                          [&](const Unit& each) { return each.word.starts_with(word); });
    if (number.empty() || word.empty() || unit == kUnits.end()) return std::nullopt;
    parts.emplace_back(unit - kUnits.begin(), std::string(number).append(unit->shown));
  }
  std::sort(parts.begin(), parts.end());
  std::string meant;
  for (const auto& part : parts)
    meant += part.second;
  return base::parse_duration(meant) ? std::optional(std::move(meant)) : std::nullopt;
}

std::optional<std::string> number_meant(std::string_view text) {
  const std::size_t begin = text.find_first_of(kDigits);
  if (begin == std::string_view::npos) return std::nullopt;
  const std::string_view number = text.substr(begin, text.find_last_of(kDigits) - begin + 1);
  double value = 0;
  const auto [end, error] =
      std::from_chars(number.data(), number.data() + number.size(), value, std::chars_format::fixed);
  if (error != std::errc{} || end != number.data() + number.size()) return std::nullopt;
  return std::string(number);
}

std::optional<std::string_view> name_meant(std::string_view word, std::span<const std::string_view> names) {
  const std::string lower = text::to_ascii_lower(word);
  std::optional<std::string_view> meant;
  for (const std::string_view name : names) {
    if (lower.empty() || (!name.starts_with(lower) && initials(name) != lower)) continue;
    if (meant) return std::nullopt;
    meant = name;
  }
  return meant;
}

std::string in_braces(std::string_view text) {
  constexpr std::size_t kMostBytes = 60;
  const bool shown = !text.empty() && text.size() <= kMostBytes && text::printable(text) == text &&
                     text.find('\n') == std::string_view::npos && text::without_api_keys(text) == text;
  if (!shown) return "...";
  if (text.find_first_of("{}[],&*!|>'\"%@`#:?-\\") == std::string_view::npos) return std::string(text);
  std::string quoted = "'";
  for (const char c : text)
    quoted += c == '\'' ? std::string("''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace fleet::workflow
