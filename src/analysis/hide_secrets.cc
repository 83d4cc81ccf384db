#include "analysis/hide_secrets.h"

#include <algorithm>
#include <cstdint>

#include "analysis/source_lines.h"

namespace fleet::analysis {
namespace {

constexpr std::string_view kHidden = "***";
constexpr std::size_t kRun = 8;
constexpr std::size_t kShortest = 4;          // of a value
constexpr std::size_t kLongestValue = 4'096;  // of which parts are looked for
constexpr std::size_t kMostPlaces = 50;       // in the lines of one finding

}  // namespace

std::string without_secrets(std::string_view text, std::initializer_list<std::string_view> values) {
  std::vector<bool> is_hidden(text.size(), false);
  for (const std::string_view value : values) {
    if (value.size() < kShortest) continue;
    const std::size_t run = std::min(kRun, value.size());
    const std::string_view looked_for = value.substr(0, kLongestValue);
    for (std::size_t i = 0; i + run <= looked_for.size(); ++i) {
      const std::string_view part = looked_for.substr(i, run);
      for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1))
        std::fill_n(is_hidden.begin() + static_cast<std::ptrdiff_t>(at), run, true);
    }
  }
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_hidden[i]) {
      out += text[i];
    } else if (i == 0 || !is_hidden[i - 1]) {
      out += kHidden;
    }
  }
  return out;
}

void hide_secrets(std::vector<model::Finding>& findings, std::string_view source,
                  const std::vector<ValuePlace>& places) {
  if (places.empty()) return;
  const SourceLines lines(source);
  for (model::Finding& finding : findings) {
    // Those of secrets hide their values themselves, and say how they begin.
    if (finding.rule.starts_with("secrets.")) continue;
    if (finding.at.line == 0 || finding.at.line > lines.count_lines()) continue;
    const std::uint32_t last = std::clamp(finding.at.end_line, finding.at.line, lines.count_lines());
    const std::size_t begin = lines.start(finding.at.line);
    const std::size_t end = lines.start(last) + lines.text(last).size();
    std::size_t seen = 0;
    for (const ValuePlace& place : places) {  // SecretScanner::kMostMatches at most
      if (place.end <= begin || place.begin >= end) continue;
      if (++seen > kMostPlaces) {
        finding.excerpt = kHidden;
        break;
      }
      const std::string_view raw = source.substr(place.begin, place.end - place.begin);
      for (std::string* shown : {&finding.excerpt, &finding.message})
        *shown = without_secrets(*shown, {place.value, raw});
    }
  }
}

}  // namespace fleet::analysis
