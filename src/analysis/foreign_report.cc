#include "analysis/foreign_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/compile_commands.h"
#include "text/ascii.h"
#include "text/codepoint.h"
#include "text/utf8.h"

namespace fleet::analysis {
namespace {

constexpr std::size_t kMaxKept = std::size_t{64} << 20;

// Where a column that counts UTF-16 units stands, counted in code points.
std::uint32_t codepoint_column(std::string_view line, std::uint32_t column) {
  std::uint32_t units = 1, points = 1;
  while (!line.empty() && units < column) {
    const auto point = text::first_codepoint(line);
    line.remove_prefix(point.length);
    units += point.valid && point.value > 0xffff ? 2 : 1;
    ++points;
  }
  return points + (units < column ? column - units : 0);
}

int hex_value(char c) {
  if (text::is_ascii_digit(c)) return c - '0';
  const char lower = text::to_ascii_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_code =
        text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0;
    const int value = is_code ? hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]) : 0;
    if (value == 0) {
      decoded += text[i];
    } else {
      decoded += static_cast<char>(value);
      i += 2;
    }
  }
  return decoded;
}

std::optional<std::string> cwe_in(std::string_view text, bool is_number_enough) {
  const std::string lower = text::to_ascii_lower(text);
  std::size_t at = lower.rfind("cwe-");
  if (at == std::string::npos) at = lower.rfind("cwe:");
  if (at == std::string::npos && !is_number_enough) return std::nullopt;
  std::size_t digit = at == std::string::npos ? 0 : at + 4;
  while (digit < lower.size() && lower[digit] == '0')
    ++digit;
  std::size_t end = digit;
  while (end < lower.size() && text::is_ascii_digit(lower[end]))
    ++end;
  if (end == digit || end - digit > 6) return std::nullopt;
  if (at == std::string::npos && end != lower.size()) return std::nullopt;
  return "CWE-" + lower.substr(digit, end - digit);
}

std::string tool_slug(std::string_view name) {
  std::string slug;
  for (const char c : name) {
    if (text::is_ascii_letter(c) || text::is_ascii_digit(c)) {
      slug += text::to_ascii_lower(c);
    } else if (!slug.empty() && slug.back() != '-') {
      slug += '-';
    }
  }
  while (!slug.empty() && slug.back() == '-')
    slug.pop_back();
  // One tool, whichever edition of it was run.
  if (slug.compare(0, 8, "semgrep-") == 0) return "semgrep";
  return slug.empty() ? "unnamed" : slug;
}

std::string ForeignPlaces::path(const std::string& path_or_uri) {
  std::string found = path_or_uri;
  const std::size_t colon = found.find(':');
  const bool has_scheme = colon != std::string::npos && colon > 1 && found.find('/') == colon + 1;
  if (!has_scheme) found = found.empty() ? found : path_below(options_.root, options_.root, found);
  if (!found.empty() && found.front() != '/' && !has_scheme) return found;
  if (++outside_ == 1) first_outside_ = found;
  return found;
}

model::Region ForeignPlaces::region(const std::string& path, Bounds bounds, ColumnUnit unit) {
  bounds.line = std::max(bounds.line, 1U);
  bounds.column = std::max(bounds.column, 1U);
  bounds.end_line = std::max(bounds.end_line, bounds.line);
  const auto* source = lines(path);
  const auto line_of = [&](std::uint32_t number) {
    return source != nullptr && number <= source->size()
               ? std::optional(std::string_view((*source)[number - 1]))
               : std::nullopt;
  };
  const auto start = line_of(bounds.line), end = line_of(bounds.end_line);
  if (unit == ColumnUnit::utf16 && start) bounds.column = codepoint_column(*start, bounds.column);
  if (bounds.end_column == 0) {
    const bool is_start = bounds.end_line == bounds.line;
    bounds.end_column = end        ? static_cast<std::uint32_t>(text::count_codepoints(*end) + 1)
                        : is_start ? bounds.column
                                   : 1;
  } else if (unit == ColumnUnit::utf16 && end) {
    bounds.end_column = codepoint_column(*end, bounds.end_column);
  }
  if (bounds.end_line == bounds.line) bounds.end_column = std::max(bounds.end_column, bounds.column);
  return {bounds.line, bounds.column, bounds.end_line, bounds.end_column};
}

const std::vector<std::string>* ForeignPlaces::lines(const std::string& path) {
  if (!options_.source || path.empty() || path.front() == '/') return nullptr;
  const auto known = lines_.find(path);
  if (known != lines_.end()) return known->second ? &*known->second : nullptr;
  if (kept_bytes_ > kMaxKept) {
    lines_.clear();
    kept_bytes_ = 0;
  }
  std::optional<std::vector<std::string>> lines;
  if (const auto text = options_.source(path)) {
    lines.emplace();
    for (std::size_t at = 0; at < text->size();) {
      const std::size_t end = std::min(text->find('\n', at), text->size());
      const bool has_return = end > at && (*text)[end - 1] == '\r';
      lines->push_back(text->substr(at, end - at - (has_return ? 1 : 0)));
      at = end + 1;
    }
    kept_bytes_ += text->size();
  }
  const auto& kept = lines_.emplace(path, std::move(lines)).first->second;
  return kept ? &*kept : nullptr;
}

void ForeignPlaces::add_remarks(std::vector<std::string>& remarks) const {
  if (outside_ == 0) return;
  remarks.push_back(fmt::format("{} places are outside of {}, the first {}", outside_, options_.root,
                                first_outside_.empty() ? "without a name" : text::printable(first_outside_)));
}

}  // namespace fleet::analysis
