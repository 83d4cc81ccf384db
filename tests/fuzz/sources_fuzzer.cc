#include <string>

#include "analysis/analyzer.h"
#include "analysis/rule_file.h"
#include "fuzz/fuzz.h"

// A path on the first line, and the file's bytes. All that fleet knows of it: metrics, its own rules, flow of
// data, secrets, suppressions. Whatever the bytes, numbers add up, what is found lies in the file and is the
// same each time, and a secret that is found is printed nowhere.
namespace fleet::fuzz {
namespace {

const analysis::Analyzer& built_in_analyzer() {
  static const analysis::RuleSet rules(analysis::read_built_in_rules());
  static const analysis::Analyzer analyzer(rules, analysis::SecretScanner::built_in());
  return analyzer;
}

void check_metrics(const model::FileMetrics& file) {
  const auto adds_up = [](const model::LineCounts& lines) {
    return lines.total == lines.code + lines.comment + lines.blank;
  };
  require(adds_up(file.lines), "lines add up");
  require(file.maintainability >= 0 && file.maintainability <= 100, "maintainability is a share");
  require(file.error_share >= 0 && file.error_share <= 1, "errors are a share");
  for (const model::FunctionMetrics& function : file.functions) {
    require(adds_up(function.lines), "lines of a function add up", function.name);
    require(function.cyclomatic >= 1, "every function has a path", function.name);
    require(function.at.line >= 1 && function.at.end_line <= file.lines.total + 1,
            "a function lies in its file");
    require(function.maintainability >= 0 && function.maintainability <= 100, "maintainability is a share");
  }
}

void check_file(std::string_view path, std::string_view bytes) {
  syntax::Bounds bounds;
  bounds.max_bytes = 256 << 10;
  bounds.time = std::chrono::seconds(5);
  std::vector<analysis::ValuePlace> secrets;
  static_cast<void>(analysis::SecretScanner::built_in().scan(path, bytes, &secrets));
  const analysis::FileAnalysis once = built_in_analyzer().analyze(path, bytes, bounds);
  const analysis::FileAnalysis again = built_in_analyzer().analyze(path, bytes, bounds);
  if (once.metrics) check_metrics(*once.metrics);
  const auto lines = static_cast<std::uint32_t>(std::count(bytes.begin(), bytes.end(), '\n') + 1);
  for (const model::Finding& finding : once.findings) {
    require(finding.at.line >= 1 && finding.at.line <= lines, "a finding lies in the file", finding.rule);
    require(finding.fingerprint.size() == 32, "a finding has a fingerprint", finding.rule);
    require(finding.path == path && !finding.message.empty(), "a finding says where and what", finding.rule);
  }
  for (const analysis::ValuePlace& secret : secrets) {
    require(secret.begin <= secret.end && secret.end <= bytes.size(), "a secret lies in the file");
    if (secret.value.size() < 16) continue;
    for (const model::Finding& finding : once.findings) {
      if (finding.rule.starts_with("secrets.")) continue;
      require(finding.excerpt.find(secret.value) == std::string::npos &&
                  finding.message.find(secret.value) == std::string::npos,
              "a secret is not printed", finding.rule);
    }
  }
  if (!once.remarks.empty() || !again.remarks.empty()) return;  // the clock may stop one of them
  require(once.findings.size() == again.findings.size(), "the same is found again");
}

}  // namespace
}  // namespace fleet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fleet;
  const auto parts = fuzz::parts_of(fuzz::text_of(data, size), "\n", 2);
  const std::string path(parts[0].substr(0, 200));
  if (!path.empty()) fuzz::check_file(path, parts[1]);
  return 0;
}
