#include <string>

#include "analysis/coverage.h"
#include "analysis/sarif.h"
#include "analysis/sonar.h"
#include "fuzz/fuzz.h"

// A report of another tool, behind a line that says which: `sarif`, `sonar` or `coverage`. It is refused with
// a reason, or read into findings that are printable and bounded, and lines of files that are there.
namespace fleet::fuzz {
namespace {

void check_report(const Result<analysis::ForeignReport>& report) {
  if (!report) return require(!report.error().why.empty(), "a report is refused with a reason");
  for (const model::Finding& finding : report->findings) {
    require(!finding.rule.empty() && finding.rule.find('\n') == std::string::npos, "a rule is on one line");
    require(finding.message.size() <= 1'200 && finding.message.find('\x1b') == std::string::npos,
            "a message is printable and bounded", finding.message);
    require(finding.at.line >= 1 && finding.at.column >= 1, "a place counts from 1");
  }
}

void check_coverage(std::string_view text) {
  const auto coverage = analysis::read_coverage(text, "report", "/project", [](const std::string& path) {
    return path.find("absent") == std::string::npos;
  });
  if (!coverage) return require(!coverage.error().why.empty(), "a report is refused with a reason");
  for (const auto& [path, lines] : coverage->files) {
    require(!path.empty() && path.front() != '/' && !path.starts_with("../"), "a file lies in the project",
            path);
    const auto percentage = coverage->of({path}).percentage();
    require(!percentage || (*percentage >= 0 && *percentage <= 100), "coverage is a share", path);
  }
}

}  // namespace
}  // namespace fleet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fleet;
  const auto parts = fuzz::parts_of(fuzz::text_of(data, size), "\n", 2);
  analysis::ForeignOptions options;
  options.root = "/project";
  options.source = [](const std::string&) { return std::optional<std::string>("one\ntwo\n"); };
  if (parts[0] == "sarif") fuzz::check_report(analysis::read_sarif(parts[1], "report", options));
  if (parts[0] == "sonar") fuzz::check_report(analysis::read_sonar(parts[1], "report", options));
  if (parts[0] == "coverage") fuzz::check_coverage(parts[1]);
  return 0;
}
