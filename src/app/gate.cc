#include "app/gate.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <thread>

#include "analysis/gate.h"
#include "app/analysis_files.h"
#include "app/analysis_report.h"
#include "app/cppcheck.h"
#include "app/dependencies.h"
#include "app/load.h"
#include "app/other_findings.h"
#include "app/rules.h"
#include "attempt/secret_stop.h"
#include "git/tree.h"
#include "model/json.h"
#include "model/json_report.h"
#include "os/files.h"
#include "report/findings.h"
#include "workflow/reader.h"

namespace fleet::app {
namespace {

constexpr const char* kGateFile = "gate.json";
constexpr std::uint64_t kMostGateBytes = 8 << 20;
constexpr std::uint64_t kMostFindingsBytes = 512 << 20;

bool is_same(const std::optional<model::Gate>& a, const std::optional<model::Gate>& b) {
  if (!a || !b) return !a && !b;
  return a->new_findings == b->new_findings && a->allow == b->allow && a->complexity == b->complexity &&
         a->score == b->score && a->advisories == b->advisories && a->licenses == b->licenses;
}

struct Trees {
  ObjectId before, after;
};

Result<> run_cppcheck(const World& world, const Checkout& checkout, const Trees& trees, Sides& sides) {
  if (!has_cpp(sides.now)) return {};
  const CppcheckUse use = cppcheck_use(world, checkout);
  const git::ObjectStore& store = checkout.repository.objects();
  const auto& folder = checkout.repository.work_folder();
  analysis::Reported now;
  const auto settings = cppcheck_settings(
      cppcheck_settings_in(store, trees.before,
                           folder ? std::filesystem::weakly_canonical(*folder).string() : std::string()),
      now);
  FLEET_TRY(analysis::Reported before,
            cppcheck_in_tree(use, store, trees.before, sides.base, {}, settings, {}));
  FLEET_TRY(analysis::Reported after,
            cppcheck_in_tree(use, store, trees.after, sides.now, sides.base, settings, {}));
  add(std::move(before.findings), sides.base);
  add(std::move(now), sides);
  add(std::move(after), sides);
  return {};
}

// Whole, or from the checkout.
std::string advisories_of(const git::Repository& repository, const model::Gate& gate) {
  if (!gate.advisories) return {};
  const std::filesystem::path root = repository.work_folder().value_or(std::filesystem::path());
  return (root / *gate.advisories).string();
}

// A folder of advisories is of the user's disk: what is in it is no part of the change.
Result<> judge_dependencies(const Checkout& checkout, const model::Gate& gate, const Trees& trees,
                            Sides& sides) {
  if (!gate.advisories && !gate.licenses) return {};
  dependencies::JudgeOptions options;
  options.database = advisories_of(checkout.repository, gate);
  options.licenses = gate.licenses.value_or(model::LicensePolicy{});
  const git::ObjectStore& store = checkout.repository.objects();
  FLEET_TRY(auto report, dependencies::judge_change(dependency_files(store, trees.before),
                                                    dependency_files(store, trees.after), options));
  add(reported(std::move(report)), sides);
  return {};
}

Result<std::optional<model::Gate>> chosen_gate(const World& world, const git::Repository& repository,
                                               const model::Plan& plan, ObjectId judge) {
  // A file outside of the repository is no part of a change.
  if (std::filesystem::path(plan.workflow_path).is_absolute()) return plan.gate;
  const git::ObjectStore& store = repository.objects();
  FLEET_TRY(const ObjectId tree, store.tree_of(judge));
  FLEET_TRY(const auto entry, git::entry_at(store, tree, plan.workflow_path));
  if (!entry.is_file()) return plan.gate;
  FLEET_TRY(const std::uint64_t size, store.blob_size(entry.id));
  if (size > kMostWorkflowBytes) return plan.gate;
  FLEET_TRY(const std::string text, store.read_blob(entry.id));
  const std::optional<model::Gate> gate = workflow::read(plan.workflow_path, text).workflow.gate;
  if (!gate || is_same(gate, plan.gate)) return plan.gate;
  world.say(fmt::format("note: the gate is that of {} in the commit {}: a change does not loosen its own\n",
                        plan.workflow_path, judge.hex().substr(0, 10)));
  return gate;
}

}  // namespace

Result<std::optional<model::Gate>> gate_in_force(const World& world, const git::Repository& repository,
                                                 const model::Plan& plan, ObjectId judge) {
  FLEET_TRY(const std::optional<model::Gate> gate, chosen_gate(world, repository, plan, judge));
  if (!gate) return gate;
  if (gate->licenses) FLEET_CHECK(dependencies::check_policy(*gate->licenses));
  const std::string advisories = advisories_of(repository, *gate);
  if (!advisories.empty() && !os::is_directory(advisories)) {
    return base::fail_input("read", advisories, "there is no such folder",
                            "put OSV records there, or take `advisories` out of the gate");
  }
  return gate;
}

Result<std::shared_ptr<const attempt::ChangeGate>> gate_of_attempts(const World& world,
                                                                    const git::Repository& repository,
                                                                    const model::Plan& plan, ObjectId judge) {
  const bool is_mended = std::any_of(plan.tasks.begin(), plan.tasks.end(),
                                     [](const model::PlannedTask& task) { return task.retries.value > 0; });
  if (!plan.gate || !is_mended) return nullptr;
  FLEET_TRY(std::vector<analysis::Rule> rules, rules_at(world, repository, judge));
  FLEET_TRY(const ObjectId tree, repository.objects().tree_of(judge));
  return attempt::ChangeGate::create(repository.objects(), *plan.gate, std::move(rules), tree);
}

Result<Judgement> judge_change(const World& world, const Checkout& checkout, const model::Gate& gate,
                               ObjectId base, ObjectId to) {
  const git::ObjectStore& store = checkout.repository.objects();
  FLEET_TRY(std::vector<analysis::Rule> read, rules_at(world, checkout.repository, base));
  const analysis::RuleSet rules(std::move(read));
  const analysis::Analyzer analyzer(rules, analysis::SecretScanner::built_in());
  FLEET_TRY(const ObjectId before, store.tree_of(base));
  FLEET_TRY(const ObjectId after, store.tree_of(to));
  FLEET_TRY(const auto changes, git::diff(store, before, after));
  std::vector<std::string> was, is;
  for (const model::Change& change : changes) {
    if (change.before.is_file()) was.push_back(change.path);
    if (change.after.is_file()) is.push_back(change.path);
  }
  Sides sides{files_in(store, after, std::move(is)), files_in(store, before, std::move(was)), {}, true};
  FLEET_CHECK(run_cppcheck(world, checkout, {before, after}, sides));
  FLEET_CHECK(judge_dependencies(checkout, gate, {before, after}, sides));
  look_where_reported(sides, [](const std::string&) { return true; });
  analysis::AnalyzeOptions options;
  options.threads = std::max(1U, std::thread::hardware_concurrency());
  FLEET_TRY(model::Analysis found, analysis::analyze_files(analyzer, sides.now, sides.base, options));
  std::move(sides.remarks.begin(), sides.remarks.end(), std::back_inserter(found.remarks));
  FLEET_TRY(analysis::KnownFindings baseline, attempt::baseline_in(store, before));
  baseline.mark(found.findings);
  Judgement out{analysis::hold_against(gate, found), analysis_report(analyzer, found)};
  out.gate.remarks = out.analysis.notes;
  return out;
}

Result<std::vector<std::string>> write_findings(const model::AnalysisReport& analysis,
                                                const std::filesystem::path& folder) {
  const std::string file = folder / kFindingsFile;
  FLEET_CHECK(os::write_file_atomically(file, report::to_json(analysis)));
  return std::vector<std::string>{file};
}

Result<std::optional<model::AnalysisReport>> written_findings(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / kFindingsFile;
  if (!os::exists(file)) return std::nullopt;
  FLEET_TRY(const std::string text, os::read_file(file, kMostFindingsBytes));
  return report::findings_from_json(text);
}

Result<> keep_gate(const Checkout& checkout, const std::string& run, const model::GateReport& gate) {
  return os::write_file_atomically(checkout.layout.run(run) / kGateFile,
                                   model::dump_json(model::to_json(gate)) + "\n");
}

Result<std::optional<model::GateReport>> kept_gate(const Checkout& checkout, const std::string& run) {
  const std::filesystem::path file = checkout.layout.run(run) / kGateFile;
  if (!os::exists(file)) return std::nullopt;
  FLEET_TRY(const std::string text, os::read_file(file, kMostGateBytes));
  FLEET_TRY(const model::Json json, model::parse_json(text, file.string()));
  FLEET_TRY(model::GateReport gate, model::from_json<model::GateReport>(json, file.string()));
  return gate;
}

}  // namespace fleet::app
