#include "app/analyze_checkout.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>

#include "analysis/analyze_files.h"
#include "analysis/cppcheck_settings.h"
#include "analysis/duplicate_findings.h"
#include "app/analysis_files.h"
#include "app/cppcheck.h"
#include "app/dependencies.h"
#include "app/other_findings.h"
#include "git/path.h"
#include "git/tree.h"
#include "os/files.h"

namespace fleet::app {
namespace {

constexpr std::uint64_t kMostCoverageBytes = 256 << 20;

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

// What one analysis of a checkout works on.
class CheckoutAnalysis {
 public:
  CheckoutAnalysis(const World& world, const Checkout& checkout, const git::WorkTree& files,
                   const Subject& subject)
      : use_(cppcheck_use(world, checkout)),
        store_(checkout.repository.objects()),
        root_(std::filesystem::weakly_canonical(*checkout.repository.work_folder()).string()),
        files_(files),
        subject_(subject) {
    sides_.now.paths = subject.paths;
    sides_.now.read = [&files](const std::string& path) { return files.read(path, kMostAnalysedBytes); };
  }

  Result<model::Analysis> run(const analysis::Analyzer& analyzer, const FindingSources& sources,
                              analysis::AnalyzeOptions options) {
    if (has_base()) {
      FLEET_TRY(base_tree_, store_.tree_of(subject_.base));
      sides_.is_change = true;
    }
    sides_.base = files_in(store_, base_tree_, subject_.base_paths);
    if (sources.cppcheck) FLEET_CHECK(run_cppcheck());
    if (sources.duplicates) FLEET_CHECK(look_for_duplicates());
    FLEET_CHECK(read_other_reports(sources));
    if (!sources.advisories.empty() || sources.licenses.judges()) FLEET_CHECK(judge_dependencies(sources));
    if (!sides_.now.reported.empty() || !sides_.base.reported.empty()) FLEET_CHECK(know_project());
    look_where_reported(sides_, [&](const std::string& path) { return project_.contains(path); });
    FLEET_TRY(const analysis::Coverage coverage, read_all_coverage(sources.coverage));
    if (!sources.coverage.empty()) options.coverage = &coverage;
    FLEET_TRY(model::Analysis out, analysis::analyze_files(analyzer, sides_.now, sides_.base, options));
    out.duplication = duplication_;
    std::move(sides_.remarks.begin(), sides_.remarks.end(), std::back_inserter(out.remarks));
    return out;
  }

 private:
  [[nodiscard]] bool has_base() const { return !subject_.base.is_none(); }

  // It takes a look at every folder: only where it is needed.
  Result<> know_project() {
    if (!project_.empty()) return {};
    FLEET_TRY(const auto all, files_.files());
    project_.insert(all.begin(), all.end());
    return {};
  }

  Result<> run_cppcheck() {
    if (!has_cpp(sides_.now)) return {};
    analysis::Reported now;
    const auto settings = cppcheck_settings(has_base() ? cppcheck_settings_in(store_, base_tree_, root_)
                                                       : analysis::find_cppcheck_settings(root_),
                                            now);
    if (has_base()) {
      analysis::Files before = sides_.base;
      std::erase_if(before.paths, [&](const std::string& path) { return !is_named(subject_.named, path); });
      FLEET_CHECK(know_project());
      // What a build makes is there now only, and was there then as well.
      const auto untracked = [this](const std::string& path) -> Result<std::string> {
        if (!project_.contains(path)) return sides_.now.read(path);
        return base::fail_input("read", path, "it was not there");
      };
      FLEET_TRY(analysis::Reported found,
                cppcheck_in_tree(use_, store_, base_tree_, before, {}, settings, untracked));
      add(std::move(found.findings), sides_.base);
    }
    FLEET_TRY(analysis::Reported found, cppcheck_in_folder(use_, root_, sides_.now, sides_.base, settings));
    add(std::move(now), sides_);
    add(std::move(found), sides_);
    return {};
  }

  Result<> look_for_duplicates() {
    const auto asked_among = [](const std::vector<std::string>& paths) {
      return [asked = std::set<std::string>(paths.begin(), paths.end())](const std::string& path) {
        return asked.contains(path);
      };
    };
    FLEET_CHECK(know_project());
    auto now = analysis::find_duplicates({{project_.begin(), project_.end()}, sides_.now.read}, sides_.base,
                                         asked_among(subject_.paths));
    duplication_ = now.percentage;
    add(std::move(now.reported), sides_);
    if (!has_base()) return {};
    FLEET_TRY(const auto listed, git::list(store_, base_tree_));
    std::vector<std::string> paths;
    for (const git::Listed& each : listed)
      if (each.entry.is_file()) paths.push_back(each.path);
    auto before = analysis::find_duplicates(files_in(store_, base_tree_, std::move(paths)), {},
                                            asked_among(subject_.base_paths));
    add(std::move(before.reported.findings), sides_.base);
    return {};
  }

  Result<> read_other_reports(const FindingSources& sources) {
    FLEET_TRY(analysis::Reported now, read_reports(sources.reports, root_, sides_.now));
    FLEET_TRY(analysis::Reported before, read_reports(sources.base_reports, root_, sides_.base));
    add(std::move(now), sides_);
    add(std::move(before.findings), sides_.base);
    return {};
  }

  Result<> judge_dependencies(const FindingSources& sources) {
    dependencies::JudgeOptions options;
    options.database = sources.advisories;
    options.licenses = sources.licenses;
    FLEET_TRY(const dependencies::Files now, dependencies::files_in(root_));
    auto report = has_base() ? dependencies::judge_change(dependency_files(store_, base_tree_), now, options)
                             : dependencies::judge(now, options);
    if (!report) return tl::unexpected(report.error());
    analysis::Reported found = reported(*std::move(report));
    std::erase_if(found.findings, [&](const auto& each) { return !is_named(subject_.named, each.first); });
    add(std::move(found), sides_);
    return {};
  }

  Result<analysis::Coverage> read_all_coverage(const std::vector<std::string>& reports) {
    analysis::Coverage out;
    if (!reports.empty()) FLEET_CHECK(know_project());
    for (const std::string& report : reports) {
      FLEET_TRY(const std::string text, os::read_file(report, kMostCoverageBytes));
      FLEET_TRY(analysis::Coverage read,
                analysis::read_coverage(text, report, root_,
                                        [&](const std::string& path) { return project_.contains(path); }));
      if (read.files.empty()) sides_.remarks.push_back({report, "it tells of no file of the project"});
      if (out.files.empty()) {
        out = std::move(read);
      } else {
        out.add(read);
      }
    }
    return out;
  }

  CppcheckUse use_;
  const git::ObjectStore& store_;
  std::string root_;
  const git::WorkTree& files_;
  const Subject& subject_;
  std::set<std::string> project_;  // all that git would take
  ObjectId base_tree_;
  Sides sides_;
  std::optional<double> duplication_;
};

}  // namespace

Result<Subject> subject_of(const git::Repository& repository, const git::WorkTree& files,
                           const std::vector<std::string>& given, const std::string& since) {
  Subject out;
  FLEET_TRY(out.named, named_paths(repository, given));
  if (since.empty()) {
    FLEET_TRY(out.paths, files.files());
  } else {
    FLEET_TRY(out.base, repository.resolve(since));
    FLEET_TRY(const auto changes, files.changes_since(out.base));
    for (const git::WorkChange& change : changes) {
      if (change.is_there) out.paths.push_back(change.path);
      if (change.was_there) out.base_paths.push_back(change.path);
    }
  }
  std::erase_if(out.paths, [&](const std::string& path) { return !is_named(out.named, path); });
  for (const std::string& path : out.named) {
    const bool is_there = std::any_of(out.paths.begin(), out.paths.end(),
                                      [&](const std::string& each) { return is_named({path}, each); });
    if (is_there) continue;
    if (!since.empty()) {
      // It may not have changed, or be gone.
      if (os::exists((*repository.work_folder() / path).string())) continue;
      FLEET_TRY(const ObjectId tree, repository.objects().tree_of(out.base));
      FLEET_TRY(const git::Place place, git::look_up(repository.objects(), tree, path));
      if (place.entry.exists() || !place.folder.is_none()) continue;
    }
    return base::fail_input("analyze", git::quote_path(path), "git would take no file of that name",
                            "name a file or folder that is there, and not ignored");
  }
  return out;
}

Result<model::Analysis> analyze_checkout(const World& world, const Checkout& checkout,
                                         const git::WorkTree& files, const analysis::Analyzer& analyzer,
                                         const Subject& subject, const FindingSources& sources,
                                         analysis::AnalyzeOptions options) {
  return CheckoutAnalysis(world, checkout, files, subject).run(analyzer, sources, options);
}

}  // namespace fleet::app
