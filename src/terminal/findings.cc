#include "terminal/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/enum_names.h"
#include "report/findings.h"
#include "terminal/style.h"
#include "text/columns.h"

namespace fleet::terminal {

using model::Finding;

namespace {

constexpr std::size_t kLongestFindingText = 1000;  // columns of what a terminal may break into lines
constexpr std::size_t kMostSteps = 20;
constexpr std::size_t kMostNotes = 20;

Tone tone_of(model::Severity severity) {
  switch (severity) {
    case model::Severity::error:
      return Tone::bad;
    case model::Severity::warning:
      return Tone::warning;
    case model::Severity::note:
      break;
  }
  return Tone::active;
}

std::string one_line(std::string_view bytes, std::size_t width, const Look& look) {
  return text::fit(bytes, width, look.unicode ? text::Charset::unicode : text::Charset::ascii);
}

std::string place(const std::string& path, const model::Region& at, const Look& look) {
  if (path.empty()) return "(no file)";
  return fmt::format("{}:{}:{}", one_line(path, kLongestFindingText, look), at.line, at.column);
}

std::string entry(const Finding& finding, const model::RuleFacts& rule, const FindingsView& view,
                  const Look& look) {
  const std::string why_not = report::why_not_counted(finding);
  std::string out = fmt::format(
      "{}: {} {}: {}\n", toned(place(finding.path, finding.at, look), Tone::strong, look),
      toned(base::name_of(finding.severity), why_not.empty() ? tone_of(finding.severity) : Tone::faint, look),
      one_line(finding.rule, kLongestFindingText, look),
      one_line(finding.message, kLongestFindingText, look));
  const auto below = [&](std::string_view title, std::string_view words) {
    if (words.empty()) return;
    out += fmt::format("    {}{}\n", toned(title, Tone::faint, look),
                       one_line(words, kLongestFindingText, look));
  };
  const auto width = static_cast<std::size_t>(std::max(look.width, 20)) - 4;
  if (!finding.excerpt.empty()) out += "    " + one_line(finding.excerpt, width, look) + "\n";
  below("does not count: ", why_not);
  if (!view.explains) return out;
  for (std::size_t i = 0; i < std::min(finding.flow.size(), kMostSteps); ++i) {
    const auto& step = finding.flow[i];
    below(i == 0 ? "from " : "to ",
          place(step.path, step.at, look) + (step.what.empty() ? "" : ": " + step.what));
  }
  if (finding.flow.size() > kMostSteps)
    below("", fmt::format("and {} more steps", finding.flow.size() - kMostSteps));
  below("why: ", rule.why);
  below("fix: ", rule.fix);
  return out;
}

}  // namespace

std::string findings_text(const model::AnalysisReport& report, const FindingsView& view, const Look& look) {
  std::vector<std::size_t> shown;
  for (std::size_t i = 0; i < report.findings.size(); ++i) {
    if (view.has_marked || report::why_not_counted(report.findings[i]).empty()) shown.push_back(i);
  }
  const std::size_t all = shown.size();
  const auto rules = report::all_rules(report);
  std::string out;
  for (const std::size_t i : report::most_telling(report.findings, std::move(shown), view.most))
    out += entry(report.findings[i], rules.at(report.findings[i].rule), view, look);
  if (all > view.most) out += fmt::format("and {} more findings\n", all - view.most);
  for (std::size_t i = 0; i < std::min(report.notes.size(), kMostNotes); ++i)
    out += toned("note: ", Tone::warning, look) + one_line(report.notes[i], kLongestFindingText, look) + "\n";
  if (report.notes.size() > kMostNotes)
    out += fmt::format("and {} more notes\n", report.notes.size() - kMostNotes);
  const auto counts = report::finding_counts(report.findings);
  const Tone tone = counts.errors > 0 ? Tone::bad : counts.counted() > 0 ? Tone::warning : Tone::good;
  return out + toned(report::describe(counts, report.files), tone, look) + "\n";
}

}  // namespace fleet::terminal
