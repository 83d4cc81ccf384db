#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>
#include <memory>
#include <set>
#include <thread>

#include "analysis/analyze_files.h"
#include "analysis/baseline.h"
#include "app/analysis_files.h"
#include "app/analysis_report.h"
#include "app/commands/commands.h"
#include "app/commands/options.h"
#include "app/rules.h"
#include "git/path.h"
#include "git/work_tree.h"
#include "os/files.h"
#include "report/findings.h"
#include "terminal/findings.h"

namespace fleet::app {

enum class AnalyzeFormat { text, json, sarif, junit };
enum class FailOn { error, warning, note, never };

}  // namespace fleet::app

namespace fleet {
FLEET_ENUM_NAMES(app::AnalyzeFormat, "text", "json", "sarif", "junit");
FLEET_ENUM_NAMES(app::FailOn, "error", "warning", "note", "never");
}  // namespace fleet

namespace fleet::app {
namespace {

constexpr std::uint64_t kMostBaselineBytes = 64 << 20;

struct AnalyzeOptions {
  Where where;
  std::vector<std::string> paths;
  std::string since, baseline, write_baseline, output;
  AnalyzeFormat format = AnalyzeFormat::text;
  FailOn fail_on = FailOn::error;
  analysis::AnalyzeOptions analysis;
  terminal::FindingsView view;
  bool all = false;
};

// The paths that were named, as the repository has them.
Result<std::vector<std::string>> named_paths(const git::Repository& repository,
                                             const std::vector<std::string>& given) {
  std::vector<std::string> out;
  for (const std::string& each : given) {
    std::error_code error;
    const auto whole = std::filesystem::weakly_canonical(std::filesystem::absolute(each), error);
    const auto root = std::filesystem::weakly_canonical(*repository.work_folder(), error);
    const std::string path = whole.lexically_relative(root).string();
    if (error || path.empty() || path == ".." || path.starts_with("../")) {
      return base::fail_input("analyze", git::quote_path(each), "it is not in the repository",
                              "name files and folders of " + root.string());
    }
    out.push_back(path == "." ? "" : path);
  }
  return out;
}

bool is_named(const std::vector<std::string>& named, const std::string& path) {
  return named.empty() || std::any_of(named.begin(), named.end(), [&](const std::string& each) {
           return each.empty() || path == each ||
                  (path.starts_with(each) && path.size() > each.size() && path[each.size()] == '/');
         });
}

// What is analysed, and what it is compared with.
struct Subject {
  std::vector<std::string> paths, base_paths;
  ObjectId base;  // a commit; none: all is new
};

Result<Subject> subject_of(const git::Repository& repository, const git::WorkTree& files,
                           const AnalyzeOptions& options) {
  Subject out;
  FLEET_TRY(const auto named, named_paths(repository, options.paths));
  if (options.since.empty()) {
    FLEET_TRY(out.paths, files.files());
  } else {
    FLEET_TRY(out.base, repository.resolve(options.since));
    FLEET_TRY(const auto changes, files.changes_since(out.base));
    for (const git::WorkChange& change : changes) {
      if (change.is_there) out.paths.push_back(change.path);
      if (change.was_there) out.base_paths.push_back(change.path);
    }
  }
  std::erase_if(out.paths, [&](const std::string& path) { return !is_named(named, path); });
  for (const std::string& path : named) {
    const bool is_there = std::any_of(out.paths.begin(), out.paths.end(),
                                      [&](const std::string& each) { return is_named({path}, each); });
    if (is_there || !options.since.empty()) continue;
    return base::fail_input("analyze", git::quote_path(path), "git would take no file of that name",
                            "name a file or folder that is there, and not ignored");
  }
  return out;
}

Result<model::Analysis> analyze(const Checkout& checkout, const git::WorkTree& files,
                                const analysis::Analyzer& analyzer, const Subject& subject,
                                const AnalyzeOptions& options) {
  const git::ObjectStore& store = checkout.repository.objects();
  ObjectId tree;
  if (!subject.base.is_none()) {
    FLEET_TRY(tree, store.tree_of(subject.base));
  }
  const analysis::Files now{subject.paths,
                            [&](const std::string& path) { return files.read(path, kMostAnalysedBytes); }};
  return analysis::analyze_files(analyzer, now, files_in(store, tree, subject.base_paths), options.analysis);
}

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
    case AnalyzeFormat::text:
      break;
  }
  terminal::Look look = world.terminal->look(terminal::Stream::out);
  if (!options.output.empty()) look.colour = false;
  return terminal::findings_text(report, options.view, look);
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
  FLEET_TRY(const Subject subject, subject_of(checkout.repository, files, options));
  FLEET_TRY(std::vector<analysis::Rule> read, rules_for(world, checkout.repository, subject.base));
  const analysis::RuleSet rules(std::move(read));
  const analysis::Analyzer analyzer(rules, analysis::SecretScanner::built_in());
  options.analysis.threads = std::max(1U, std::thread::hardware_concurrency());
  FLEET_TRY(model::Analysis analysis, analyze(checkout, files, analyzer, subject, options));

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
  const model::AnalysisReport report = analysis_report(analyzer, analysis);
  const std::string text = rendered(world, report, options);
  if (options.output.empty()) {
    world.out(text);
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
  app.add_option("--most", options->view.most, "How many findings are shown as text")
      ->check(CLI::PositiveNumber);
  app.add_flag("--explain", options->view.explains, "With the reason for each, and what to do");
  app.add_flag("--all", options->view.has_marked, "Also those that do not count, and why");
  add_where(app, options->where);
  app.callback(
      [options, &action] { action = [options](World& world) { return run_analyze(world, *options); }; });
}

}  // namespace fleet::app
