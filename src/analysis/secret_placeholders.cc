#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "analysis/secret_values.h"
#include "base/sha256.h"
#include "text/ascii.h"

namespace fleet::analysis {
namespace {

constexpr std::string_view kPlaceholderWords[] = {
    "example", "sample",  "placeholder", "changeme", "change_me", "change-me",  "changeit", "replace",
    "insert",  "your",    "dummy",       "redacted", "removed",   "xxxx",       "****",     "....",
    "todo",    "fixme",   "foobar",      "notreal",  "not-real",  "not_real",   "_here",    "-here",
    "lorem",   "masked",  "hidden",      "fake",     "deadbeef",  "notasecret", "not-a-",   "not_a_",
    "foo-bar", "foo_bar", "----",        "____"};

// What reads a secret from elsewhere, or is filled in later.
constexpr std::string_view kReferences[] = {
    "${",          "{{",           "}}",         "<%",     "%>",    "$(",     "#{",    "%(",       "$[",
    "%s",          "process.env",  "os.environ", "getenv", "env(",  "env[",   "env.",  "secrets.", "vault:",
    "vault://",    "arn:aws",      "op://",      "ref+",   "kms:",  "ssm:",   "file:", "env:",     "config.",
    "import.meta", "localstorage", "std::",      "this.",  "self.", "lookup("};

constexpr std::string_view kNothings[] = {"null", "none",  "nil",   "undefined",
                                          "true", "false", "empty", "unset"};

// How far bytes count up by one each, letters of either case, 9 followed by 0 or a.
std::size_t longest_count_up(std::string_view text) {
  std::size_t longest = 1;
  std::size_t run = 1;
  for (std::size_t i = 1; i < text.size(); ++i) {
    const char before = text::to_ascii_lower(text[i - 1]);
    const char now = text::to_ascii_lower(text[i]);
    const bool up = (now == before + 1 && (text::is_ascii_digit(now) || text::is_ascii_letter(now))) ||
                    (before == '9' && (now == '0' || now == 'a')) || (before == 'z' && now == '0');
    run = up ? run + 1 : 1;
    longest = std::max(longest, run);
  }
  return longest;
}

std::size_t longest_repeat(std::string_view text) {
  std::size_t longest = 1;
  std::size_t run = 1;
  for (std::size_t i = 1; i < text.size(); ++i) {
    run = text[i] == text[i - 1] ? run + 1 : 1;
    longest = std::max(longest, run);
  }
  return longest;
}

// The shortest period of the text, by the failure function of Knuth, Morris and Pratt.
std::size_t period_of(std::string_view text) {
  std::vector<std::size_t> border(text.size() + 1, 0);
  std::size_t length = 0;
  for (std::size_t i = 1; i < text.size(); ++i) {
    while (length > 0 && text[i] != text[length])
      length = border[length];
    if (text[i] == text[length]) ++length;
    border[i + 1] = length;
  }
  return text.size() - border[text.size()];
}

bool is_wrapped(std::string_view text, std::string_view open, std::string_view close) {
  return text.size() > open.size() + close.size() && text.starts_with(open) && text.ends_with(close);
}

// `$NAME`, and no more.
bool is_variable_reference(std::string_view text) {
  return text.size() > 1 && text[0] == '$' &&
         std::all_of(text.begin() + 1, text.end(),
                     [](char c) {
                       return text::is_ascii_letter(c) || text::is_ascii_digit(c) || c == '_' || c == ':' ||
                              c == '.';
                     }) &&
         !text::is_ascii_digit(text[1]);
}

}  // namespace

bool is_monotonous(std::string_view text) {
  std::array<bool, 256> seen{};
  std::size_t distinct = 0;
  for (const char c : text) {
    bool& is_seen = seen[static_cast<unsigned char>(c)];
    if (!is_seen) ++distinct;
    is_seen = true;
  }
  constexpr std::size_t kLong = 12;
  if (distinct <= 3 && text.size() >= 6) return true;
  if (longest_repeat(text) >= std::max<std::size_t>(5, text.size() / 4)) return true;
  if (text.size() >= kLong && period_of(text) * 2 <= text.size()) return true;
  const std::size_t up = longest_count_up(text);
  return up >= 10 || (up >= 5 && 2 * up >= text.size());
}

bool is_placeholder(std::string_view text) {
  constexpr std::size_t kLooked = 4096;
  const std::string lower = text::to_ascii_lower(text::trim(text.substr(0, kLooked)));
  if (lower.empty()) return true;
  const auto is_in = [&](std::string_view part) { return lower.find(part) != std::string::npos; };
  if (std::any_of(std::begin(kNothings), std::end(kNothings), [&](auto word) { return lower == word; }))
    return true;
  if (std::any_of(std::begin(kPlaceholderWords), std::end(kPlaceholderWords), is_in)) return true;
  if (std::any_of(std::begin(kReferences), std::end(kReferences), is_in)) return true;
  if (is_wrapped(lower, "<", ">") || is_wrapped(lower, "{", "}") || is_wrapped(lower, "[", "]") ||
      is_wrapped(lower, "%", "%") || is_wrapped(lower, "__", "__") || is_variable_reference(lower))
    return true;
  return is_monotonous(lower);
}

bool is_documented_example(std::string_view text) {
  // The first 16 digits of the SHA-256 of each.
  static constexpr std::string_view kExamples[] = {
      "2cafc0970149a84f",  // Stripe
      "f2d6ca16515033e5",  // Stripe
      "0011cc25eb432071",  // Azure's storage emulator
      "aa6547439583c3a2",  // Azure's Cosmos DB emulator
  };
  // A key drawn at random does not say so.
  if (text.find("EXAMPLE") != std::string_view::npos) return true;
  const std::string hash = base::sha256_hex(text).substr(0, 16);
  return std::find(std::begin(kExamples), std::end(kExamples), hash) != std::end(kExamples);
}

}  // namespace fleet::analysis
