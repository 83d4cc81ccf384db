#include "analysis/foreign_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/compile_flags.h"
#include "analysis/hash_parts.h"
#include "text/ascii.h"

namespace fleet::analysis {
namespace {

constexpr std::size_t kMaxForeignName = 200;
constexpr std::size_t kMaxForeignMessage = 1000;
constexpr std::size_t kMaxForeignPath = 4096;
constexpr std::size_t kMaxForeignBytes = std::size_t{256} << 20;  // of all findings
constexpr std::size_t kMaxCwe = 20;

std::size_t bytes_of(const model::Finding& finding) {
  std::size_t bytes = sizeof finding + finding.rule.size() + finding.tool.size() + finding.message.size() +
                      finding.path.size() + finding.symbol.size();
  for (const auto& step : finding.flow)
    bytes += sizeof step + step.path.size() + step.what.size();
  return bytes;
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
  text = text.substr(0, kMaxForeignName);
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

void add_cwe(std::vector<std::string>& all, std::optional<std::string> cwe) {
  if (cwe && all.size() < kMaxCwe && std::find(all.begin(), all.end(), *cwe) == all.end()) {
    all.push_back(*std::move(cwe));
  }
}

std::string tool_slug(std::string_view name) {
  std::string slug;
  for (const char c : name.substr(0, kMaxForeignName)) {
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

std::string ForeignFindings::path(std::string_view path_or_uri) {
  std::string found(path_or_uri.substr(0, kMaxForeignPath));
  const std::size_t colon = found.find(':');
  const bool has_scheme = colon != std::string::npos && colon > 1 && found.find('/') == colon + 1;
  if (!has_scheme) found = found.empty() ? found : path_below(options_.root, options_.root, found);
  if (!found.empty() && found.front() != '/' && !has_scheme) return found;
  if (!found.empty() && ++outside_ == 1) first_outside_ = found;
  return found;
}

void ForeignFindings::add_tool(std::string_view name, std::string_view version) {
  std::string tool = printable_line(name, kMaxForeignName);
  if (!version.empty()) tool += " " + printable_line(version, kMaxForeignName);
  auto& tools = report_.tools;
  const bool is_room = tools.size() < Remarks::kMaxRemarks;
  if (is_room && std::find(tools.begin(), tools.end(), tool) == tools.end()) tools.push_back(std::move(tool));
}

void ForeignFindings::add(model::Finding finding, std::string_view rule, ForeignMarks marks,
                          std::vector<std::string> identity) {
  is_full_ = is_full_ || report_.findings.size() == options_.max_findings || bytes_ > kMaxForeignBytes;
  if (is_full_) return;
  finding.rule = tool_slug(finding.tool) + "." + printable_line(rule, kMaxForeignName);
  for (std::string* name : {&finding.tool, &finding.symbol, &finding.owasp})
    *name = printable_line(*name, kMaxForeignName);
  finding.message = printable_line(finding.message, kMaxForeignMessage);
  for (auto& step : finding.flow)
    step.what = printable_line(step.what, kMaxForeignMessage);
  if (options_.takes_marks) {
    finding.is_known = marks.is_known;
    if (marks.suppression) finding.suppression = printable_line(*marks.suppression, kMaxForeignMessage);
  } else if (marks.is_known || marks.suppression) {
    ++not_taken_;
  }
  if (!identity.empty()) {
    identity.push_back(finding.rule);
    const std::string same = hash_parts(identity);
    const std::size_t occurrence = alike_[hash_parts({finding.path, same})]++;
    finding.fingerprint = hash_parts({same, std::to_string(occurrence)});
  }
  if (finding.path.empty()) ++nowhere_;
  bytes_ += bytes_of(finding);
  report_.findings.push_back(std::move(finding));
}

Result<ForeignReport> ForeignFindings::take(const JsonInput& input, const char* hint) {
  FLEET_CHECK(input.verdict(name_, hint));
  if (is_full_) {
    return base::fail_input(
        "read", name_,
        fmt::format("it holds more than {} findings, or 256 MB of them", options_.max_findings),
        "let the tool look at less, or at fewer rules");
  }
  if (nowhere_ > 0) remark(fmt::format("{} findings name no file", nowhere_));
  if (outside_ > 0) {
    remark(fmt::format("{} places are outside of {}, the first {}", outside_, options_.root, first_outside_));
  }
  if (not_taken_ > 0) {
    remark(fmt::format("{} findings count, though the report says that they are known or suppressed",
                       not_taken_));
  }
  report_.remarks = remarks_.list();
  return std::move(report_);
}

}  // namespace fleet::analysis
