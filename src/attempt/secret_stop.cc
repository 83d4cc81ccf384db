#include "attempt/secret_stop.h"

#include <fmt/format.h>

#include <map>
#include <optional>

#include "analysis/baseline.h"
#include "analysis/fingerprint.h"
#include "analysis/secrets.h"
#include "git/path.h"
#include "git/tree.h"

namespace fleet::attempt {
namespace {

using model::Finding;

constexpr std::uint64_t kMostBytes = 128 << 20;  // of a file
constexpr std::size_t kMostFindings = 10'000;
constexpr std::uint64_t kMostBaselineBytes = 64 << 20;

// Nothing: it is no file, or too large.
Result<std::optional<std::vector<Finding>>> secrets_of(const git::ObjectStore& store, const std::string& path,
                                                       const model::TreeEntry& entry) {
  if (!entry.is_file()) return std::nullopt;
  FLEET_TRY(const std::uint64_t size, store.blob_size(entry.id));
  if (size > kMostBytes) return std::nullopt;
  FLEET_TRY(const std::string bytes, store.read_blob(entry.id));
  std::vector<Finding> findings = analysis::SecretScanner::built_in().scan(path, bytes);
  std::erase_if(findings, [](const Finding& each) { return each.confidence < model::Confidence::medium; });
  analysis::set_fingerprints(findings, bytes);
  return findings;
}

Result<> mark_those_of_baseline(const git::ObjectStore& store, ObjectId start_tree,
                                std::vector<Finding>& findings) {
  FLEET_TRY(const auto entry, git::entry_at(store, start_tree, kBaselinePath));
  if (!entry.is_file()) return {};
  FLEET_TRY(const std::uint64_t size, store.blob_size(entry.id));
  if (size > kMostBaselineBytes) return {};
  FLEET_TRY(const std::string text, store.read_blob(entry.id));
  FLEET_CHECK(analysis::apply_baseline(text, findings));
  return {};
}

Result<> mark_those_before(const git::ObjectStore& store, const std::vector<model::Change>& changes,
                           std::vector<Finding>& findings) {
  std::map<std::string, std::size_t> before;
  for (const model::Change& change : changes) {
    FLEET_TRY(const auto found, secrets_of(store, change.path, change.before));
    if (!found) continue;
    for (const Finding& finding : *found)
      ++before[finding.fingerprint];
  }
  for (Finding& finding : findings) {
    const auto at = before.find(finding.fingerprint);
    if (at == before.end() || at->second == 0) continue;
    --at->second;
    finding.is_known = true;
  }
  return {};
}

}  // namespace

Result<SecretsFound> find_new_secrets(const git::ObjectStore& store,
                                      const std::vector<model::Change>& changes, ObjectId start_tree) {
  SecretsFound out;
  std::vector<Finding> findings;
  for (const model::Change& change : changes) {
    if (findings.size() > kMostFindings) break;  // enough to stop it
    FLEET_TRY(auto found, secrets_of(store, change.path, change.after));
    if (found) {
      std::move(found->begin(), found->end(), std::back_inserter(findings));
    } else if (change.after.is_file()) {
      out.notes.push_back(git::quote_path(change.path) + " is too large to be looked through for secrets");
    }
  }
  if (findings.empty()) return out;
  FLEET_CHECK(mark_those_before(store, changes, findings));
  FLEET_CHECK(mark_those_of_baseline(store, start_tree, findings));
  for (const Finding& finding : findings) {
    if (finding.is_known) continue;
    out.secrets.push_back(fmt::format("{}:{}: {} ({}, {})", git::quote_path(finding.path), finding.at.line,
                                      finding.message, finding.rule, finding.fingerprint));
  }
  return out;
}

}  // namespace fleet::attempt
