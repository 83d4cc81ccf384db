#include "attempt/change_gate.h"

#include <fmt/format.h>

#include <map>

#include "analysis/analyze_files.h"
#include "analysis/gate.h"
#include "analysis/secrets.h"
#include "attempt/secret_stop.h"
#include "git/path.h"
#include "text/utf8.h"

namespace fleet::attempt {
namespace {

constexpr std::size_t kMostTold = 20;  // findings

using Entries = std::map<std::string, ObjectId, std::less<>>;

analysis::Files files_of(const git::ObjectStore& store, const Entries& entries) {
  analysis::Files files;
  for (const auto& [path, id] : entries)
    files.paths.push_back(path);
  files.read = [&store, &entries](const std::string& path) -> Result<std::string> {
    const auto entry = entries.find(path);
    if (entry == entries.end()) return base::fail_input("read", git::quote_path(path), "it is not there");
    FLEET_TRY(const std::uint64_t size, store.blob_size(entry->second));
    if (size > kMostLookedAt) return base::fail_input("read", git::quote_path(path), "it is too large");
    return store.read_blob(entry->second);
  };
  return files;
}

std::string told(const model::Finding& finding, const analysis::Analyzer& analyzer) {
  std::string out = fmt::format("{}:{}: {} ({})\n", git::quote_path(finding.path), finding.at.line,
                                finding.message, finding.rule);
  if (!finding.excerpt.empty()) out += "    " + finding.excerpt + "\n";
  const analysis::Rule* rule = analyzer.rule(finding.rule);
  if (rule != nullptr && !rule->fix.empty()) out += "    " + text::printable(rule->fix) + "\n";
  return out;
}

}  // namespace

ChangeGate::ChangeGate(const git::ObjectStore& store, const model::Gate& gate,
                       std::vector<analysis::Rule> rules)
    : store_(store),
      gate_(gate),
      rules_(std::move(rules)),
      analyzer_(rules_, analysis::SecretScanner::built_in()) {
  // Of the whole change, not of one task's.
  gate_.score.reset();
}

Result<std::shared_ptr<const ChangeGate>> ChangeGate::create(const git::ObjectStore& store,
                                                             const model::Gate& gate,
                                                             std::vector<analysis::Rule> rules,
                                                             ObjectId judge_tree) {
  std::shared_ptr<ChangeGate> made(new ChangeGate(store, gate, std::move(rules)));
  FLEET_TRY(made->baseline_, baseline_in(store, judge_tree));
  return made;
}

Result<GateFailures> ChangeGate::hold(const std::vector<model::Change>& changes) const {
  GateFailures out;
  if (!gate_.new_findings && !gate_.complexity) return out;
  Entries before, after;
  std::uint64_t bytes = 0;
  for (const model::Change& change : changes) {
    for (const auto& [entry, into] : {std::pair(&change.before, &before), std::pair(&change.after, &after)}) {
      if (!entry->is_file()) continue;
      into->emplace(change.path, entry->id);
      FLEET_TRY(const std::uint64_t size, store_.blob_size(entry->id));
      bytes += size;
    }
    if (bytes > kMostHeld) {
      out.note = "it changed too much to be held against the gate before the run ends";
      return out;
    }
  }
  FLEET_TRY(model::Analysis found,
            analysis::analyze_files(analyzer_, files_of(store_, after), files_of(store_, before), {}));
  analysis::KnownFindings baseline = baseline_;
  baseline.mark(found.findings);
  out.failures = analysis::hold_against(gate_, found).failures;
  if (out.failures.empty()) return out;
  out.feedback = "What was changed must not fail the workflow's gate. Mend this:\n";
  for (const std::string& failure : out.failures)
    out.feedback += failure + "\n";
  std::size_t count = 0;
  for (const model::Finding& finding : found.findings) {
    if (!finding.counts() || !gate_.new_findings || finding.severity > *gate_.new_findings) continue;
    if (++count <= kMostTold) out.feedback += told(finding, analyzer_);
  }
  if (count > kMostTold) out.feedback += fmt::format("and {} more findings\n", count - kMostTold);
  return out;
}

}  // namespace fleet::attempt
