#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>
#include <memory>
#include <thread>

#include "analysis/analyze_files.h"
#include "analysis/baseline.h"
#include "app/analysis_report.h"
#include "app/analyze_checkout.h"
#include "app/commands/commands.h"
#include "app/commands/options.h"
#include "app/rules.h"
#include "git/work_tree.h"
#include "os/files.h"
#include "report/findings.h"
#include "terminal/findings.h"
#include "terminal/metrics.h"

namespace fleet::app {

enum class AnalyzeFormat { text, json, sarif, junit, code_quality };
enum class FailOn { error, warning, note, never };

}  // namespace fleet::app

namespace fleet {
FLEET_ENUM_NAMES(app::AnalyzeFormat, "text", "json", "sarif", "junit", "code-quality");
FLEET_ENUM_NAMES(app::FailOn, "error", "warning", "note", "never");
}  // namespace fleet

namespace fleet::app {
namespace {

constexpr std::uint64_t kMostBaselineBytes = 64 << 20;

struct AnalyzeOptions {
  Where where;
  std::vector<std::string> paths;
  std::string since, baseline, write_baseline, output;
  FindingSources sources;
  AnalyzeFormat format = AnalyzeFormat::text;
  FailOn fail_on = FailOn::error;
  analysis::AnalyzeOptions analysis;
  terminal::FindingsView view;
  bool metrics = false;
};

Result<std::vector<analysis::Rule>> rules_for(const World& world, const git::Repository& repository,
                                              ObjectId base) {
  if (!base.is_none()) return rules_at(world, repository, base);
  std::vector<RuleText> texts = built_in_rule_texts();
  const std::string folder = (*repository.work_folder() / kOwnRules).string();
  if (os::is_directory(folder)) {
    FLEET_TRY(std::vector<RuleText> own, read_rule_folder(folder));
    std::move(own.begin(), own.end(), std::back_inserter(texts));
  }
  return load_rules(world, texts, RuleCheck::what_is_not_ours);
}

std::string rendered(const World& world, const model::AnalysisReport& report, const AnalyzeOptions& options) {
  switch (options.format) {
    case AnalyzeFormat::json:
      return report::to_json(report);
    case AnalyzeFormat::sarif:
      return report::to_sarif(report);
    case AnalyzeFormat::junit:
      return report::to_junit(report);
    case AnalyzeFormat::code_quality:
      return report::to_code_quality(report);
    case AnalyzeFormat::text:
      break;
  }
  terminal::Look look = world.terminal->look(terminal::Stream::out);
  if (!options.output.empty()) look.colour = false;
  std::string text =
      terminal::findings_text(report, options.view, look) + terminal::scores_text(report, look);
  if (options.metrics) text += "\n" + terminal::metrics_text(report, options.view.most, look);
  return text;
}

bool fails(const std::vector<model::Finding>& findings, FailOn fail_on) {
  if (fail_on == FailOn::never) return false;
  return std::any_of(findings.begin(), findings.end(), [&](const model::Finding& finding) {
    return finding.counts() && static_cast<int>(finding.severity) <= static_cast<int>(fail_on);
  });
}

Result<base::ExitCode> run_analyze(World& world, AnalyzeOptions options) {
  FLEET_TRY(const Checkout checkout, open_checkout(world, options.where));
  FLEET_TRY(const git::WorkTree files, git::WorkTree::open(checkout.repository));
  FLEET_TRY(const Subject subject, subject_of(checkout.repository, files, options.paths, options.since));
  FLEET_TRY(std::vector<analysis::Rule> read, rules_for(world, checkout.repository, subject.base));
  const analysis::RuleSet rules(std::move(read));
  const analysis::Analyzer analyzer(rules, analysis::SecretScanner::built_in());
  options.analysis.threads = std::max(1U, std::thread::hardware_concurrency());
  FLEET_TRY(model::Analysis analysis,
            analyze_checkout(world, checkout, files, analyzer, subject, options.sources, options.analysis));

  if (!options.write_baseline.empty()) {
    std::string before;
    if (os::exists(options.write_baseline)) {
      FLEET_TRY(before, os::read_file(options.write_baseline, kMostBaselineBytes));
    }
    const auto written = analysis::write_baseline(analysis.findings, before);
    FLEET_CHECK(os::write_file_atomically(options.write_baseline, written));
  }
  if (!options.baseline.empty()) {
    FLEET_TRY(const std::string text, os::read_file(options.baseline, kMostBaselineBytes));
    FLEET_TRY(analysis::KnownFindings known, analysis::read_baseline(text));
    known.mark(analysis.findings);
    if (known.left() > 0) {
      analysis.remarks.push_back(
          {"", fmt::format("{} findings of the baseline are not there any more", known.left())});
    }
  }
  model::AnalysisReport report = analysis_report(analyzer, analysis);
  if (options.metrics) report.metrics = std::move(analysis.metrics);
  const std::string text = rendered(world, report, options);
  if (options.output.empty()) {
    options.format == AnalyzeFormat::text ? world.say(text, terminal::Stream::out) : world.out(text);
    FLEET_CHECK(world.printed());
  } else {
    FLEET_CHECK(os::write_file_atomically(options.output, text));
  }
  if (!options.write_baseline.empty()) return base::ExitCode::good;
  return fails(analysis.findings, options.fail_on) ? base::ExitCode::failed : base::ExitCode::good;
}

}  // namespace

void add_analyze(CLI::App& app, Action& action) {
  auto options = std::make_shared<AnalyzeOptions>();
  app.add_option("paths", options->paths, "Files and folders (default: the whole checkout)");
  app.add_option("--since", options->since,
                 "Only what has changed since this revision; what was there already is known, and the rules "
                 "of the repository are those of that revision")
      ->type_name("REV");
  add_choice<AnalyzeFormat>(app, "--format", options->format, "How the findings are written");
  app.add_flag_callback(
      "--json", [options] { options->format = AnalyzeFormat::json; }, "The same as --format json");
  app.add_option("--output", options->output, "Write to a file")->type_name("FILE");
  app.add_option("--baseline", options->baseline, "A file of findings that are known")->type_name("FILE");
  app.add_option("--write-baseline", options->write_baseline,
                 "Write all that is found to such a file, and end with exit code 0")
      ->type_name("FILE");
  add_choice<model::Severity>(app, "--severity", options->analysis.severity,
                              "The least severity that counts (default: note)");
  add_choice<model::Confidence>(app, "--confidence", options->analysis.confidence,
                                "The least confidence that counts (default: medium)");
  add_choice<FailOn>(app, "--fail-on", options->fail_on,
                     "Findings this bad and worse end in exit code 1 (default: error)");
  app.add_flag_callback(
      "--no-cppcheck", [options] { options->sources.cppcheck = false; },
      "Without cppcheck, which looks at C and C++");
  app.add_flag("--metrics", options->metrics,
               "Also what the code measures: lines, complexity, maintainability");
  app.add_flag("--duplicates", options->sources.duplicates, "Also find code that stands in several places");
  app.add_option("--import", options->sources.reports,
                 "A report of another tool, SARIF or SonarQube's: its findings are judged like ours")
      ->type_name("FILE")
      ->allow_extra_args(false);
  app.add_option("--import-base", options->sources.base_reports,
                 "The same of what was there before: those findings are known")
      ->type_name("FILE")
      ->allow_extra_args(false)
      ->needs(app.get_option("--since"));
  app.add_option("--advisories", options->sources.advisories,
                 "A folder of OSV records: known vulnerabilities of dependencies are findings")
      ->type_name("FOLDER");
  app.add_option("--allow-license", options->sources.licenses.allow,
                 "An SPDX id, or its beginning with a star: dependencies of other licences are findings")
      ->type_name("ID")
      ->allow_extra_args(false);
  app.add_option("--deny-license", options->sources.licenses.deny, "The same: of this licence")
      ->type_name("ID")
      ->allow_extra_args(false);
  app.add_option("--coverage", options->sources.coverage,
                 "A report of coverage, for the scores: lcov's, Cobertura's, or coverage.py's JSON")
      ->type_name("FILE")
      ->allow_extra_args(false);
  app.add_option("--most", options->view.most, "How many findings are shown as text")
      ->check(CLI::PositiveNumber);
  app.add_flag("--explain", options->view.explains, "With the reason for each, and what to do");
  app.add_flag("--all", options->view.has_marked, "Also those that do not count, and why");
  add_where(app, options->where);
  app.callback(
      [options, &action] { action = [options](World& world) { return run_analyze(world, *options); }; });
}

}  // namespace fleet::app
