#include "app/gate.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "analysis/gate.h"
#include "app/analysis_files.h"
#include "app/analysis_report.h"
#include "app/load.h"
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

bool is_same(const std::optional<model::Gate>& a, const std::optional<model::Gate>& b) {
  if (!a || !b) return !a && !b;
  return a->new_findings == b->new_findings && a->allow == b->allow && a->complexity == b->complexity &&
         a->score == b->score;
}

}  // namespace

Result<std::optional<model::Gate>> gate_in_force(const World& world, const git::Repository& repository,
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
  world.err(fmt::format("note: the gate is that of {} in the commit {}: a change does not loosen its own\n",
                        plan.workflow_path, judge.hex().substr(0, 10)));
  return gate;
}

Result<Judgement> judge_change(const World& world, const git::Repository& repository, const model::Gate& gate,
                               ObjectId judge, ObjectId from, ObjectId to) {
  const git::ObjectStore& store = repository.objects();
  FLEET_TRY(std::vector<analysis::Rule> read, rules_at(world, repository, judge));
  const analysis::RuleSet rules(std::move(read));
  const analysis::Analyzer analyzer(rules, analysis::SecretScanner::built_in());
  FLEET_TRY(const ObjectId before, store.tree_of(from));
  FLEET_TRY(const ObjectId after, store.tree_of(to));
  FLEET_TRY(const auto changes, git::diff(store, before, after));
  std::vector<std::string> was, is;
  for (const model::Change& change : changes) {
    if (change.before.is_file()) was.push_back(change.path);
    if (change.after.is_file()) is.push_back(change.path);
  }
  analysis::AnalyzeOptions options;
  options.threads = std::max(1U, std::thread::hardware_concurrency());
  FLEET_TRY(model::Analysis found, analysis::analyze_files(analyzer, files_in(store, after, std::move(is)),
                                                           files_in(store, before, std::move(was)), options));
  FLEET_TRY(const ObjectId judging, store.tree_of(judge));
  FLEET_TRY(analysis::KnownFindings baseline, attempt::baseline_in(store, judging));
  baseline.mark(found.findings);
  Judgement out{analysis::hold_against(gate, found), analysis_report(analyzer, found)};
  out.gate.remarks = out.analysis.notes;
  return out;
}

Result<std::vector<std::string>> write_findings(const model::AnalysisReport& analysis,
                                                const std::filesystem::path& folder) {
  const std::vector<std::string> files{folder / "findings.json", folder / "findings.sarif"};
  FLEET_CHECK(os::write_file_atomically(files[0], report::to_json(analysis)));
  FLEET_CHECK(os::write_file_atomically(files[1], report::to_sarif(analysis)));
  return files;
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
