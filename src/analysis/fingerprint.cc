#include "analysis/fingerprint.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <tuple>
#include <unordered_map>

#include "analysis/source_lines.h"
#include "base/sha256.h"
#include "text/ascii.h"

namespace fleet::analysis {
namespace {

constexpr std::size_t kMostBytes = 2'000;  // of the code that a finding points at; it may be a whole class
constexpr std::size_t kDigits = 32;

// The code of regions that come in the order of their starts, in one pass over the source.
class RegionReader {
 public:
  explicit RegionReader(std::string_view source) : source_(source), lines_(source) {}

  // What a region holds, cut off at kMostBytes; the whole line where it has no width.
  [[nodiscard]] std::string_view read(const model::Region& region) {
    if (region.line == 0 || region.line > lines_.count_lines()) return {};
    go_to(region.line, region.column);
    const std::size_t end = end_of(region);
    if (end > at_) return source_.substr(at_, end - at_);
    return lines_.text(region.line).substr(0, kMostBytes);
  }

 private:
  void go_to(std::uint32_t line, std::uint32_t column) {
    if (line != line_) {
      line_ = line;
      column_ = 1;
      at_ = lines_.start(line);
    }
    for (; column_ < column && at_ < source_.size() && source_[at_] != '\n'; ++column_)
      at_ = after_character(at_);
  }

  [[nodiscard]] std::size_t end_of(const model::Region& region) const {
    std::uint32_t line = line_;
    std::uint32_t column = column_;
    std::size_t at = at_;
    while (at < source_.size() && at < at_ + kMostBytes &&
           std::tie(line, column) < std::tie(region.end_line, region.end_column)) {
      if (source_[at] == '\n') {
        // Past the end of its last line there is nothing that it could hold.
        if (line == region.end_line) break;
        ++line;
        column = 1;
        ++at;
      } else {
        ++column;
        at = after_character(at);
      }
    }
    return at;
  }

  [[nodiscard]] std::size_t after_character(std::size_t at) const {
    do {
      ++at;
    } while (at < source_.size() && (static_cast<unsigned char>(source_[at]) & 0xc0) == 0x80);
    return at;
  }

  std::string_view source_;
  SourceLines lines_;
  std::uint32_t line_ = 0;  // of the last place
  std::uint32_t column_ = 1;
  std::size_t at_ = 0;
};

// Blanks between words become one; there are none at the ends.
std::string normalised(std::string_view code) {
  std::string out;
  for (const char c : code) {
    if (!text::is_ascii_blank(c)) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

// Other tools point at a word or a sign, which is the same in many faults: their whole lines tell them apart.
model::Region fingerprinted(const model::Finding& finding) {
  if (finding.tool == "fleet") return finding.at;
  return {finding.at.line, 1, finding.at.end_line + 1, 1};
}

}  // namespace

void set_fingerprints(std::vector<model::Finding>& findings, std::string_view source) {
  RegionReader regions(source);
  std::vector<std::size_t> order(findings.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const model::Region& left = findings[a].at;
    const model::Region& right = findings[b].at;
    return std::tie(left.line, left.column) < std::tie(right.line, right.column);
  });
  std::unordered_map<std::string, std::size_t> alike;
  for (const std::size_t index : order) {
    model::Finding& finding = findings[index];
    if (!finding.fingerprint.empty()) continue;
    // No id, symbol or code holds a NUL byte that would make two of them look like others.
    const std::string key =
        base::sha256_hex(fmt::format("{}{}{}{}{}", finding.rule, '\0', finding.symbol, '\0',
                                     normalised(regions.read(fingerprinted(finding)))));
    const std::size_t occurrence = alike[key]++;
    finding.fingerprint = base::sha256_hex(fmt::format("{}{}", key, occurrence)).substr(0, kDigits);
  }
}

}  // namespace fleet::analysis
