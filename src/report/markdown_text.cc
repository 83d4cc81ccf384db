#include "report/markdown_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "text/columns.h"
#include "text/utf8.h"

namespace fleet::report {

namespace {

// GitHub looks for mentions (`@name`) and references (`#12`) after Markdown is done, where an escape no
// longer counts; a space of no width between the sign and the name is what stops it. GitLab also knows `!12`
// and `&12`, which leave a trace where they lead to.
constexpr std::string_view kNoWidth = "\u200b";

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Whether a mention or reference would begin with the sign at this place: `@`, `#`, `!`, `&`, or the dash of
// `GH-12`.
bool begins_reference(std::string_view text, std::size_t i) {
  const char c = text[i];
  const bool is_sign = c == '@' || c == '#' ||
                       (c == '-' && i >= 2 && (text[i - 1] | 0x20) == 'h' && (text[i - 2] | 0x20) == 'g');
  if (i + 1 == text.size()) return false;
  const char next = text[i + 1];
  return (is_sign && is_word(next)) || ((c == '!' || c == '&') && next >= '0' && next <= '9');
}

// The dot of `www.`, which makes a link of what follows.
bool ends_www(std::string_view text, std::size_t i) {
  return text[i] == '.' && i > 0 && (text[i - 1] | 0x20) == 'w';
}

std::size_t longest_run_of_backticks(std::string_view text) {
  std::size_t longest = 0, run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

}  // namespace

std::string escape_prose(std::string_view bytes, std::size_t width) {
  constexpr std::string_view kMarkup = "\\`*_[]<>|~&$!{}^=";
  const std::string text = text::fit(bytes, width, text::Charset::unicode);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool starts_link = text.compare(i, 3, "://") == 0 || ends_www(text, i);
    if (kMarkup.find(c) != std::string_view::npos || c == '@' || c == '#' || starts_link) out += '\\';
    out += c;
    if (begins_reference(text, i)) out += kNoWidth;
  }
  return out;
}

std::string code_span(std::string_view bytes, Place place, std::size_t width) {
  std::string text = text::fit(bytes, width, text::Charset::unicode);
  if (text.empty()) return text;
  const std::string ticks(longest_run_of_backticks(text) + 1, '`');
  const bool needs_blanks =
      text.front() == '`' || text.back() == '`' || text.front() == ' ' || text.back() == ' ';
  if (needs_blanks) text = " " + text + " ";
  std::string out = ticks;
  for (const char c : text) {
    if (c == '|' && place == Place::table) out += '\\';
    out += c;
  }
  return out + ticks;
}

std::string html_text(std::string_view bytes, std::size_t width) {
  const std::string text = text::fit(bytes, width, text::Charset::unicode);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool is_plain = is_word(c) || static_cast<unsigned char>(c) >= 0x80 || c == ' ' || c == '-' ||
                          (c == '.' && !ends_www(text, i));
    if (is_plain) {
      out += c;
    } else {
      out += fmt::format("&#{};", static_cast<unsigned char>(c));
    }
    if (begins_reference(text, i)) out += kNoWidth;
  }
  return out;
}

std::string fenced(std::string_view bytes) {
  const std::string text = text::printable(bytes);
  const std::string fence(std::max<std::size_t>(3, longest_run_of_backticks(text) + 1), '`');
  const bool ends_line = text.empty() || text.back() == '\n';
  return fence + "text\n" + text + (ends_line ? "" : "\n") + fence + "\n";
}

}  // namespace fleet::report
