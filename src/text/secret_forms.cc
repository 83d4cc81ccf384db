#include "text/secret_forms.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/base64.h"
#include "text/ascii.h"
#include "text/mask.h"
#include "text/utf8.h"

namespace fleet::text {
namespace {

using Forms = std::set<std::string>;

// Base64 of a longer text that holds the secret shows these characters, whatever stands around it: those
// whose six bits all come from the secret, for each of the three places it can have in a group of three
// bytes. When the secret ends the text, the last character and the padding are known as well.
void add_base64(std::string_view secret, Forms& forms) {
  for (std::size_t before = 0; before < 3; ++before) {
    const std::string whole = base::encode_base64(std::string(before, '\0') + std::string(secret));
    const std::size_t begin = (8 * before + 5) / 6;
    const std::size_t end = 8 * (before + secret.size()) / 6;
    std::string certain = whole.substr(begin, end - begin);
    std::string ending = whole.substr(begin);
    for (std::string* form : {&certain, &ending}) {
      forms.insert(*form);
      for (char& c : *form)
        c = c == '+' ? '-' : c == '/' ? '_' : c;
      forms.insert(*form);
      forms.insert(form->substr(0, form->find('=')));  // the URL alphabet often goes without padding
    }
  }
}

void add_hex(std::string_view secret, std::string_view before_each, Forms& forms) {
  std::string lower;
  std::string upper;
  for (const char c : secret) {
    lower += fmt::format("{}{:02x}", before_each, static_cast<unsigned char>(c));
    upper += fmt::format("{}{:02X}", before_each, static_cast<unsigned char>(c));
  }
  forms.insert(std::move(lower));
  forms.insert(std::move(upper));
}

enum class Blank { percent, plus };

// Encoders differ in what they leave as it is: RFC 3986's unreserved characters, and some more.
void add_url(std::string_view secret, Forms& forms) {
  constexpr std::pair<std::string_view, Blank> kEncoders[] = {
      {"-._~", Blank::percent},                  // RFC 3986
      {"-._~/", Blank::percent},                 // Python's quote()
      {"-._~!*'()", Blank::percent},             // encodeURIComponent()
      {"-._~!*'();/?:@&=+$,#", Blank::percent},  // encodeURI()
      {"-._~", Blank::plus},                     // Python's quote_plus(), Go's QueryEscape()
      {"-._*", Blank::plus},                     // application/x-www-form-urlencoded
  };
  for (const auto& [kept, blank] : kEncoders) {
    std::string lower;
    std::string upper;
    for (const char c : secret) {
      if (is_ascii_letter(c) || is_ascii_digit(c) || kept.find(c) != std::string_view::npos) {
        lower += c;
        upper += c;
      } else if (c == ' ' && blank == Blank::plus) {
        lower += '+';
        upper += '+';
      } else {
        lower += fmt::format("%{:02x}", static_cast<unsigned char>(c));
        upper += fmt::format("%{:02X}", static_cast<unsigned char>(c));
      }
    }
    forms.insert(std::move(lower));
    forms.insert(std::move(upper));
  }
}

std::string replaced(std::string_view text, std::initializer_list<std::pair<char, std::string_view>> table) {
  std::string out;
  for (const char c : text) {
    std::string_view into(&c, 1);
    for (const auto& [from, to] : table) {
      if (from == c) into = to;
    }
    out += into;
  }
  return out;
}

void add_escaped(std::string_view secret, Forms& forms) {
  using nlohmann::json;
  for (const bool ascii : {false, true}) {
    const std::string quoted = json(secret).dump(-1, ' ', ascii, json::error_handler_t::replace);
    const std::string inner = quoted.substr(1, quoted.size() - 2);
    forms.insert(inner);
    forms.insert(replaced(inner, {{'/', "\\/"}}));                                          // PHP
    forms.insert(replaced(inner, {{'<', "\\u003c"}, {'>', "\\u003e"}, {'&', "\\u0026"}}));  // Go
    forms.insert(replaced(inner, {{'\\', "\\\\"}, {'"', "\\\""}}));                         // JSON in JSON
  }
  forms.insert(replaced(secret, {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}}));
  forms.insert(
      replaced(secret, {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}}));
  forms.insert(
      replaced(secret, {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&apos;"}}));
  forms.insert(replaced(secret, {{'\'', "'\\''"}}));  // a shell's, as `set -x` shows it
  forms.insert(replaced(secret, {{'\'', "''"}}));     // our own expressions, YAML, SQL
  for (const Newlines newlines : {Newlines::keep, Newlines::escape})
    forms.insert(printable(secret, newlines));
}

void add_all(std::string_view secret, SecretForms& forms) {
  Forms encoded;
  add_base64(secret, encoded);
  add_hex(secret, "", encoded);
  forms.all.insert(std::string(secret));
  forms.all.insert(encoded.begin(), encoded.end());
  forms.encoded.merge(encoded);
  add_url(secret, forms.all);
  add_hex(secret, "%", forms.all);    // a URL whose encoder leaves nothing as it is
  add_hex(secret, "\\x", forms.all);  // as literals of many languages have it
  add_escaped(secret, forms.all);
}

}  // namespace

void add_secret_forms(std::string_view secret, SecretForms& forms) {
  if (secret.size() >= Masker::kMinLength) add_all(secret, forms);
  // A secret of several lines is seldom printed as a whole.
  std::size_t begin = 0;
  while (begin < secret.size() && secret.find('\n') != std::string_view::npos) {
    const std::size_t end = std::min(secret.find('\n', begin), secret.size());
    const std::string_view line = trim(secret.substr(begin, end - begin));
    if (line.size() >= Masker::kMinLength) add_all(line, forms);
    begin = end + 1;
  }
  for (Forms* set : {&forms.all, &forms.encoded})
    std::erase_if(*set, [](const std::string& form) { return form.size() < Masker::kMinLength; });
}

}  // namespace fleet::text
