#include "dependencies/judge.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "dependencies/database.h"
#include "dependencies/findings.h"
#include "dependencies/tree.h"

namespace fleet::dependencies {
namespace {

Result<TreeDependencies> read_with_licenses(const Files& files, const JudgeOptions& options) {
  FLEET_TRY(auto tree, read_tree(files, options.time));
  if (options.licenses.judges()) add_installed_licenses(files, tree.dependencies);
  return tree;
}

void add_packages(const std::vector<Dependency>& dependencies, std::set<Package>& packages) {
  for (const Dependency& dependency : dependencies)
    packages.emplace(dependency.ecosystem, dependency.name);
}

Result<Database> read_database(const std::set<Package>& packages, const JudgeOptions& options) {
  if (options.database.empty()) return Database();
  return Database::read(options.database, packages, options.time);
}

DependencyReport report_of(TreeDependencies tree, Judgement judgement, const Database& database) {
  DependencyReport report;
  for (Judged& judged : judgement.judged)
    report.findings.push_back(std::move(judged.finding));
  report.remarks = std::move(tree.remarks);
  report.remarks.insert(report.remarks.end(), judgement.remarks.begin(), judgement.remarks.end());
  report.remarks.insert(report.remarks.end(), database.remarks().begin(), database.remarks().end());
  report.dependencies = std::move(tree.dependencies);
  report.lock_files = tree.lock_files.size();
  report.records = database.records();
  return report;
}

using VersionKey = std::tuple<Ecosystem, std::string_view, std::string_view>;  // name, version
using AboutKey =
    std::tuple<std::string_view, std::string_view, Ecosystem, std::string_view, std::string_view>;

AboutKey about(const Judged& judged, std::string_view name) {
  return {judged.finding.path, judged.finding.rule, judged.dependency->ecosystem, judged.dependency->name,
          name};
}

void mark_known(std::vector<Judged>& judged, const Judgement& before, const std::vector<Dependency>& base) {
  std::set<VersionKey> versions;
  for (const Dependency& dependency : base)
    versions.emplace(dependency.ecosystem, dependency.name, dependency.version);
  std::set<AboutKey> known;
  for (const Judged& one : before.judged) {
    known.insert(about(one, one.about));
    for (const std::string& name : one.also)
      known.insert(about(one, name));
  }
  for (Judged& one : judged) {
    const Dependency& dependency = *one.dependency;
    const auto is_known = [&](std::string_view name) { return known.contains(about(one, name)); };
    one.finding.is_known = versions.contains({dependency.ecosystem, dependency.name, dependency.version}) ||
                           is_known(one.about) || std::any_of(one.also.begin(), one.also.end(), is_known);
  }
}

}  // namespace

Result<DependencyReport> judge(const Files& files, const JudgeOptions& options) {
  FLEET_CHECK(check_policy(options.licenses));
  FLEET_TRY(auto tree, read_with_licenses(files, options));
  std::set<Package> packages;
  add_packages(tree.dependencies, packages);
  FLEET_TRY(const auto database, read_database(packages, options));
  Judgement judgement = judge_dependencies(tree.dependencies, database, options.licenses);
  return report_of(std::move(tree), std::move(judgement), database);
}

Result<DependencyReport> judge_change(const Files& base, const Files& head, const JudgeOptions& options) {
  FLEET_CHECK(check_policy(options.licenses));
  FLEET_TRY(const auto before, read_with_licenses(base, options));
  FLEET_TRY(auto tree, read_with_licenses(head, options));
  std::set<Package> packages;
  add_packages(before.dependencies, packages);
  add_packages(tree.dependencies, packages);
  FLEET_TRY(const auto database, read_database(packages, options));
  const Judgement known = judge_dependencies(before.dependencies, database, options.licenses);
  Judgement judgement = judge_dependencies(tree.dependencies, database, options.licenses);
  mark_known(judgement.judged, known, before.dependencies);
  return report_of(std::move(tree), std::move(judgement), database);
}

}  // namespace fleet::dependencies
