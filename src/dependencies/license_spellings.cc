#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "dependencies/license_expression.h"
#include "text/ascii.h"
#include "text/utf8.h"

// What stands in package.json, METADATA and the like instead of an SPDX expression.
namespace fleet::dependencies {
namespace {

struct Spelling {
  std::string_view plain;  // as plain() leaves it
  std::string_view means;  // an expression
};

// A name that could be several licences means all of them: nobody knows which one holds.
constexpr std::array kSpellings = std::to_array<Spelling>({
    {"agpl", "AGPL-1.0-or-later"},
    {"agpl 3", "AGPL-3.0-only"},
    {"agplv3", "AGPL-3.0-only"},
    {"gnu affero general public 3", "AGPL-3.0-only"},
    {"gnu affero general public 3 or later", "AGPL-3.0-or-later"},
    {"apache", "Apache-2.0"},
    {"apache 2", "Apache-2.0"},
    {"apache2", "Apache-2.0"},
    {"apachev2", "Apache-2.0"},
    {"apache software", "Apache-2.0"},
    {"apache software 2", "Apache-2.0"},
    {"asl 2", "Apache-2.0"},
    {"bsd", "BSD-2-Clause AND BSD-3-Clause"},
    {"bsd like", "BSD-2-Clause AND BSD-3-Clause"},
    {"bsd style", "BSD-2-Clause AND BSD-3-Clause"},
    {"2 clause bsd", "BSD-2-Clause"},
    {"bsd 2 clause", "BSD-2-Clause"},
    {"simplified bsd", "BSD-2-Clause"},
    {"freebsd", "BSD-2-Clause"},
    {"3 clause bsd", "BSD-3-Clause"},
    {"bsd 3 clause", "BSD-3-Clause"},
    {"bsd 3", "BSD-3-Clause"},
    {"bsd3", "BSD-3-Clause"},
    {"modified bsd", "BSD-3-Clause"},
    {"new bsd", "BSD-3-Clause"},
    {"revised bsd", "BSD-3-Clause"},
    {"boost software 1", "BSL-1.0"},
    {"boost", "BSL-1.0"},
    {"cc0", "CC0-1.0"},
    {"cc0 1 universal", "CC0-1.0"},
    {"cc by 4", "CC-BY-4.0"},
    {"eclipse public 1", "EPL-1.0"},
    {"eclipse public 2", "EPL-2.0"},
    {"gpl", "GPL-1.0-or-later"},
    {"gnu gpl", "GPL-1.0-or-later"},
    {"gnu general public", "GPL-1.0-or-later"},
    {"gpl 2", "GPL-2.0-only"},
    {"gplv2", "GPL-2.0-only"},
    {"gnu gpl 2", "GPL-2.0-only"},
    {"gnu gplv2", "GPL-2.0-only"},
    {"gnu general public 2", "GPL-2.0-only"},
    {"gplv2+", "GPL-2.0-or-later"},
    {"gpl 2+", "GPL-2.0-or-later"},
    {"gnu general public 2 or later", "GPL-2.0-or-later"},
    {"gpl 3", "GPL-3.0-only"},
    {"gplv3", "GPL-3.0-only"},
    {"gnu gpl 3", "GPL-3.0-only"},
    {"gnu gplv3", "GPL-3.0-only"},
    {"gnu general public 3", "GPL-3.0-only"},
    {"gplv3+", "GPL-3.0-or-later"},
    {"gpl 3+", "GPL-3.0-or-later"},
    {"gnu general public 3 or later", "GPL-3.0-or-later"},
    {"isc", "ISC"},
    {"iscl", "ISC"},
    {"lgpl", "LGPL-2.0-or-later"},
    {"gnu lesser general public", "LGPL-2.0-or-later"},
    {"lgpl 2 1", "LGPL-2.1-only"},
    {"lgplv2 1", "LGPL-2.1-only"},
    {"lgplv2+", "LGPL-2.0-or-later"},
    {"lgplv3", "LGPL-3.0-only"},
    {"lgpl 3", "LGPL-3.0-only"},
    {"gnu lesser general public 3", "LGPL-3.0-only"},
    {"lgplv3+", "LGPL-3.0-or-later"},
    {"gnu lesser general public 3 or later", "LGPL-3.0-or-later"},
    {"mit x11", "MIT"},
    {"mit expat", "MIT"},
    {"expat", "MIT"},
    {"mit", "MIT"},
    {"mozilla public 2", "MPL-2.0"},
    {"mpl 2", "MPL-2.0"},
    {"mplv2", "MPL-2.0"},
    {"public domain", "LicenseRef-Public-Domain"},
    {"psf", "PSF-2.0"},
    {"psfl", "PSF-2.0"},
    {"python software foundation", "PSF-2.0"},
    {"unlicense", "Unlicense"},
    {"unlicensed", "LicenseRef-UNLICENSED"},
    {"wtfpl", "WTFPL"},
    {"zlib", "Zlib"},
    {"zlib libpng", "Zlib"},
    {"zope public", "ZPL-2.1"},
});

// Lower case, without "the", "license" and "version", one blank between words, `2.0` as `2`: "The Apache
// License, Version 2.0" is "apache 2".
std::string plain(std::string_view text) {
  std::string words;
  std::string word;
  const auto end_word = [&] {
    if (word == "v" || word == "the" || word == "license" || word == "licence" || word == "licensed" ||
        word == "version" || word == "0") {
      word.clear();
    }
    if (word.size() > 1 && word[0] == 'v' && text::is_ascii_digit(word[1])) word.erase(0, 1);
    if (word.empty()) return;
    if (!words.empty()) words += ' ';
    words += word;
    word.clear();
  };
  for (const char c : text) {
    if (text::is_ascii_letter(c) || text::is_ascii_digit(c) || c == '+') {
      word += text::to_ascii_lower(c);
    } else {
      end_word();
    }
  }
  end_word();
  return words;
}

const Spelling* find_spelling(std::string_view text) {
  const std::string key = plain(text);
  const auto found = std::find_if(kSpellings.begin(), kSpellings.end(),
                                  [&](const Spelling& spelling) { return spelling.plain == key; });
  return found == kSpellings.end() ? nullptr : &*found;
}

// `MIT/Apache-2.0`, as Cargo and others once wrote a choice.
std::string with_or_for_slashes(std::string_view text) {
  std::string out;
  for (const char c : text)
    out += c == '/' ? std::string(" OR ") : std::string(1, c);
  return out;
}

bool is_all_listed(const LicenseExpression& expression) {
  if (expression.kind == LicenseExpression::Kind::term) {
    return expression.term.is_listed || expression.term.id.starts_with("LicenseRef-") ||
           expression.term.id.starts_with("DocumentRef-");
  }
  return std::all_of(expression.parts.begin(), expression.parts.end(), is_all_listed);
}

std::string quoted(std::string_view text) {
  return fmt::format("`{}`", text::truncate(text::printable(text, text::Newlines::escape), 60));
}

}  // namespace

LicenseReading read_license(std::string_view given) {
  std::string_view text = text::trim(given);
  if (text.empty()) return {tl::make_unexpected(std::string("no licence is told")), {}};
  // Of the classifiers on PyPI the last part names the licence.
  if (text.starts_with("License ::")) text = text::trim(text.substr(text.rfind("::") + 2));
  if (text.size() > kMostLicenseBytes) {
    return {tl::make_unexpected(std::string("the text of a licence stands in the place of its name")), {}};
  }
  auto parsed = parse_license(text);
  if (parsed && is_all_listed(*parsed)) return {std::move(parsed), {}};
  if (text::to_ascii_lower(text).starts_with("see ")) {
    return {tl::make_unexpected(fmt::format("{} names a file to be read by a person", quoted(text))), {}};
  }
  // Without an abbreviation behind the name: `GNU General Public License v3 (GPLv3)`.
  std::string_view outside = text;
  if (const std::size_t bracket = text.find(" ("); bracket != std::string_view::npos && text.ends_with(')')) {
    outside = text.substr(0, bracket);
  }
  for (const std::string_view candidate : {text, outside}) {
    if (const Spelling* spelling = find_spelling(candidate)) {
      return {parse_license(spelling->means),
              fmt::format("{} is taken to be {}", quoted(text), spelling->means)};
    }
  }
  if (text.find('/') != std::string_view::npos && text.find("://") == std::string_view::npos) {
    const std::string choice = with_or_for_slashes(text);
    auto either = parse_license(choice);
    if (either && is_all_listed(*either)) {
      std::string remark = fmt::format("{} is taken to be {}", quoted(text), either->text());
      return {std::move(either), std::move(remark)};
    }
  }
  if (!parsed)
    return {tl::make_unexpected(fmt::format("{} is no SPDX expression: {}", quoted(text), parsed.error())),
            {}};
  return {std::move(parsed), fmt::format("{} is not on the SPDX list", quoted(text))};
}

}  // namespace fleet::dependencies
