#include "yaml/scalar.h"

#include <algorithm>
#include <initializer_list>

namespace fleet::yaml {
namespace {

bool one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::size_t skip_digits(std::string_view& text) {
  std::size_t count = 0;
  while (count < text.size() && is_digit(text[count]))
    ++count;
  text.remove_prefix(count);
  return count;
}

bool all_of(std::string_view text, std::string_view digits) {
  return !text.empty() && text.find_first_not_of(digits) == std::string_view::npos;
}

Kind number(std::string_view text) {
  if (text.starts_with("0o")) return all_of(text.substr(2), "01234567") ? Kind::integer : Kind::string;
  if (text.starts_with("0x")) {
    return all_of(text.substr(2), "0123456789abcdefABCDEF") ? Kind::integer : Kind::string;
  }
  if (text == ".nan" || text == ".NaN" || text == ".NAN") return Kind::real;
  if (text[0] == '-' || text[0] == '+') text.remove_prefix(1);
  if (one_of(text, {".inf", ".Inf", ".INF"})) return Kind::real;
  const std::size_t whole = skip_digits(text);
  if (whole > 0 && text.empty()) return Kind::integer;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (skip_digits(text) + whole == 0) return Kind::string;
  } else if (whole == 0) {
    return Kind::string;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    if (skip_digits(text) == 0) return Kind::string;
  }
  return text.empty() ? Kind::real : Kind::string;
}

}  // namespace

Kind resolve(std::string_view text) {
  if (text.empty()) return Kind::null;
  const char c = text[0];
  if (is_digit(c) || c == '-' || c == '+' || c == '.') return number(text);
  if (text.size() > 5) return Kind::string;
  if (one_of(text, {"~", "null", "Null", "NULL"})) return Kind::null;
  if (one_of(text, {"true", "True", "TRUE", "false", "False", "FALSE"})) return Kind::boolean;
  return Kind::string;
}

std::size_t skip_properties(std::string_view source, std::size_t offset) {
  while (offset < source.size() && (source[offset] == '&' || source[offset] == '!')) {
    offset = std::min(source.find_first_of(" \t\r\n", offset), source.size());
    offset = std::min(source.find_first_not_of(" \t\r\n", offset), source.size());
  }
  return offset;
}

std::size_t closing_quote(std::string_view source, std::size_t start) {
  const char quote = source[start];
  const std::string_view stops = quote == '"' ? "\"\\" : "'";
  std::size_t at = start + 1;
  while ((at = source.find_first_of(stops, at)) < source.size()) {
    const bool escaped = source[at] == '\\' || (quote == '\'' && source.substr(at + 1).starts_with('\''));
    if (!escaped) return at;
    at += 2;
  }
  return source.size();
}

}  // namespace fleet::yaml
