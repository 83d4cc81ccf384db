#include "app/other_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>

#include "analysis/sarif.h"
#include "analysis/sonar.h"
#include "os/files.h"

namespace fleet::app {
namespace {

constexpr std::uint64_t kMostReportBytes = 64 << 20;

std::string findings(std::size_t count) {
  return fmt::format("{} {}", count, count == 1 ? "finding" : "findings");
}

Result<analysis::ForeignReport> read_report(const std::string& report,
                                            const analysis::ForeignOptions& options) {
  FLEET_TRY(const std::string text, os::read_file(report, kMostReportBytes));
  // As a whole text in quotes it stands nowhere else: within others its quotes are escaped.
  const bool is_sarif = text.find("\"runs\"") != text.npos;
  return is_sarif ? analysis::read_sarif(text, report, options) : analysis::read_sonar(text, report, options);
}

}  // namespace

void add(analysis::FindingsByPath&& found, analysis::Files& files) {
  for (auto& [path, findings] : found)
    std::move(findings.begin(), findings.end(), std::back_inserter(files.reported[path]));
}

void add(analysis::Reported found, Sides& sides) {
  add(std::move(found.findings), sides.now);
  std::move(found.remarks.begin(), found.remarks.end(), std::back_inserter(sides.remarks));
}

void look_where_reported(Sides& sides, const std::function<bool(const std::string&)>& is_ours) {
  std::set<std::string> more;
  std::size_t left_out = 0;
  const std::set<std::string> changed(sides.now.paths.begin(), sides.now.paths.end());
  for (analysis::Files* files : {&sides.now, &sides.base}) {
    const std::set<std::string> there(files->paths.begin(), files->paths.end());
    std::erase_if(files->reported, [&](const auto& reported) {
      if (there.contains(reported.first)) return false;
      if (is_ours(reported.first)) {
        more.insert(reported.first);
        return false;
      }
      if (files == &sides.now) left_out += reported.second.size();
      return true;
    });
  }
  for (const std::string& path : more) {
    for (analysis::Files* files : {&sides.now, &sides.base}) {
      const bool is_there = std::find(files->paths.begin(), files->paths.end(), path) != files->paths.end();
      if (!is_there && files->read && files->read(path)) files->beside.push_back(path);
    }
    // It has not changed. What is wrong there is new only where something that has changed leads to it.
    const auto found = sides.now.reported.find(path);
    if (found == sides.now.reported.end() || changed.contains(path) || !sides.is_change) continue;
    for (model::Finding& finding : found->second) {
      finding.is_known = finding.is_known || std::none_of(finding.flow.begin(), finding.flow.end(),
                                                          [&](const model::FlowStep& step) {
                                                            return changed.contains(step.path);
                                                          });
    }
  }
  if (left_out > 0)
    sides.remarks.push_back(
        {"", fmt::format("{} left out: the files are not of the project, or ignored by git",
                         findings(left_out))});
}

Result<analysis::Reported> read_reports(const std::vector<std::string>& reports, const std::string& root,
                                        const analysis::Files& files) {
  const std::set<std::string> there(files.paths.begin(), files.paths.end());
  analysis::Reported out;
  analysis::ForeignOptions options;
  options.root = root;
  options.source = [&](const std::string& path) -> std::optional<std::string> {
    if (!there.contains(path)) return std::nullopt;
    auto bytes = files.read(path);
    return bytes ? std::optional(*std::move(bytes)) : std::nullopt;
  };
  for (const std::string& report : reports) {
    FLEET_TRY(analysis::ForeignReport read, read_report(report, options));
    std::size_t elsewhere = 0;
    for (model::Finding& finding : read.findings) {
      if (there.contains(finding.path)) {
        out.findings[finding.path].push_back(std::move(finding));
      } else {
        ++elsewhere;
      }
    }
    for (std::string& remark : read.remarks)
      out.remarks.push_back({report, std::move(remark)});
    if (elsewhere > 0)
      out.remarks.push_back({report, fmt::format("{} of files that were not analysed", findings(elsewhere))});
  }
  return out;
}

}  // namespace fleet::app
