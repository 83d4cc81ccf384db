#include "analysis/fingerprint.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <string>
#include <tuple>

#include "base/random.h"
#include "text/ascii.h"

namespace fleet::analysis {
namespace {

constexpr std::size_t kMostBytes = 2'000;  // of the code that a finding points at; it may be a whole class

class Lines {
 public:
  explicit Lines(std::string_view source) : source_(source), starts_{0} {
    for (std::size_t end = source.find('\n'); end != std::string_view::npos; end = source.find('\n', end + 1))
      starts_.push_back(end + 1);
  }

  // What a region holds, cut off at kMostBytes; the whole line where it has no width.
  [[nodiscard]] std::string_view of(const model::Region& at) const {
    if (at.line == 0 || at.line > starts_.size()) return {};
    const std::size_t start = offset(at.line, at.column);
    const std::size_t end = offset(at.end_line, at.end_column);
    if (end > start) return source_.substr(start, std::min(end - start, kMostBytes));
    const std::size_t line = starts_[at.line - 1];
    return source_.substr(line, std::min(source_.find('\n', line) - line, kMostBytes));
  }

 private:
  [[nodiscard]] std::size_t offset(std::uint32_t line, std::uint32_t column) const {
    if (line == 0 || line > starts_.size()) return source_.size();
    std::size_t at = starts_[line - 1];
    for (std::uint32_t left = column; left > 1 && at < source_.size() && source_[at] != '\n'; --left) {
      do {
        ++at;
      } while (at < source_.size() && (static_cast<unsigned char>(source_[at]) & 0xc0) == 0x80);
    }
    return at;
  }

  std::string_view source_;
  std::vector<std::size_t> starts_;  // of each line
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

}  // namespace

void set_fingerprints(std::vector<model::Finding>& findings, std::string_view source) {
  const Lines lines(source);
  std::vector<std::size_t> order(findings.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const model::Region& left = findings[a].at;
    const model::Region& right = findings[b].at;
    return std::tie(left.line, left.column) < std::tie(right.line, right.column);
  });
  std::map<std::string, std::size_t> alike;
  for (const std::size_t index : order) {
    model::Finding& finding = findings[index];
    if (!finding.fingerprint.empty()) continue;
    // No id, symbol or code holds a NUL byte that would make two of them look like others.
    std::string key =
        fmt::format("{}{}{}{}{}", finding.rule, '\0', finding.symbol, '\0', normalised(lines.of(finding.at)));
    const std::size_t occurrence = alike[key]++;
    key += fmt::format("{}{}", '\0', occurrence);
    // Two hashes of different seeds: one alone could meet another in a large repository.
    finding.fingerprint = fmt::format("{:016x}{:016x}", base::mix(base::hash(key)),
                                      base::mix(base::hash(key, 0x9e3779b97f4a7c15u)));
  }
}

}  // namespace fleet::analysis
