#include <string>

#include "analysis/rule_file.h"
#include "analysis/rule_set.h"
#include "fuzz/fuzz.h"
#include "syntax/tree.h"

// A file of rules, and behind a line `--` a source. The rules are refused with a place and a reason, or look
// at the source in each of their languages, and find the same each time, within the source.
namespace fleet::fuzz {
namespace {

using analysis::RuleSet;

syntax::Bounds rule_bounds() {
  syntax::Bounds bounds;
  bounds.max_bytes = 64 << 10;
  bounds.time = std::chrono::seconds(5);
  bounds.match_steps = 300'000;
  return bounds;
}

void check_findings(const analysis::RuleResult& result, std::string_view source) {
  const auto lines = static_cast<std::uint32_t>(std::count(source.begin(), source.end(), '\n') + 1);
  for (const model::Finding& finding : result.findings) {
    const model::Region& at = finding.at;
    require(at.line >= 1 && at.column >= 1 && at.end_line <= lines, "a finding lies in the source",
            finding.rule);
    require(std::pair(at.line, at.column) <= std::pair(at.end_line, at.end_column), "a finding has an end");
  }
}

void check_rules(const RuleSet& rules, syntax::Language language, std::string_view source) {
  const auto tree = syntax::parse(language, source, rule_bounds(), syntax::Keep::nodes_and_parsed);
  if (!tree) return;
  const auto once = rules.run({"file", source, &*tree}, rule_bounds());
  check_findings(once, source);
  const auto again = rules.run({"file", source, &*tree}, rule_bounds());
  if (!once.gave_up.empty() || !again.gave_up.empty()) return;  // the clock may stop one of them
  require(once.findings.size() == again.findings.size(), "the same is found again");
}

}  // namespace
}  // namespace fleet::fuzz

// tree-sitter 0.25 leaves some bytes behind for a query that it refuses.
extern "C" const char* __lsan_default_suppressions();  // NOLINT(bugprone-reserved-identifier): its name
extern "C" const char* __lsan_default_suppressions() {
  return "leak:ts_query__parse_pattern\n";
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fleet;
  const auto parts = fuzz::parts_of(fuzz::text_of(data, size), "\n--\n", 2);
  const analysis::RuleSource file{"rules.yml", parts[0]};
  auto read = analysis::read_rules({&file, 1});
  for (const model::Diagnostic& each : read.diagnostics)
    fuzz::require(!each.message.empty() && each.at.line > 0, "what is wrong has a place and a reason",
                  each.message);
  if (!read.diagnostics.empty()) return 0;
  const analysis::RuleSet rules(std::move(read.rules));
  for (const syntax::Language language :
       {syntax::Language::python, syntax::Language::javascript, syntax::Language::c})
    fuzz::check_rules(rules, language, parts[1]);
  fuzz::check_findings(rules.run({"file", parts[1], nullptr}, fuzz::rule_bounds()), parts[1]);
  return 0;
}
