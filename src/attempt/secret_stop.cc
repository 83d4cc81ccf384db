#include "attempt/secret_stop.h"

#include <fmt/format.h>

#include <optional>
#include <string>

#include "analysis/baseline.h"
#include "analysis/known_findings.h"
#include "analysis/secrets.h"
#include "git/path.h"
#include "git/tree.h"

namespace fleet::attempt {
namespace {

using model::Finding;

constexpr std::uint64_t kMostBytes = 32 << 20;  // of a file; several are held at once, one a worker
constexpr std::size_t kEnough = 100;            // secrets, to stop it
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
  return findings;
}

// What is let be: it was there before the changes, or is in the baseline. Found out when first asked for.
class KnownSecrets {
 public:
  KnownSecrets(const git::ObjectStore& store, const std::vector<model::Change>& changes, ObjectId start_tree)
      : store_(store), changes_(changes), start_tree_(start_tree) {}

  Result<> remove_from(std::vector<Finding>& findings) {
    if (findings.empty()) return {};
    if (!is_read_) FLEET_CHECK(read());
    std::erase_if(findings, [&](const Finding& finding) {
      // What was not looked at may be new.
      if (finding.rule == analysis::kUnfinishedSecrets) return false;
      return before_.take(finding.fingerprint);
    });
    if (baseline_.empty() || findings.empty()) return {};
    FLEET_CHECK(analysis::apply_baseline(baseline_, findings));
    std::erase_if(findings, [](const Finding& finding) { return finding.is_known; });
    return {};
  }

 private:
  Result<> read() {
    is_read_ = true;
    for (const model::Change& change : changes_) {
      FLEET_TRY(const auto found, secrets_of(store_, change.path, change.before));
      if (!found) continue;
      for (const Finding& finding : *found)
        before_.add(finding.fingerprint);
    }
    FLEET_TRY(const auto entry, git::entry_at(store_, start_tree_, kBaselinePath));
    if (!entry.is_file()) return {};
    FLEET_TRY(const std::uint64_t size, store_.blob_size(entry.id));
    if (size > kMostBaselineBytes)
      return base::fail_input("read", kBaselinePath,
                              fmt::format("it has {} bytes, more than {}", size, kMostBaselineBytes));
    FLEET_TRY(baseline_, store_.read_blob(entry.id));
    return {};
  }

  const git::ObjectStore& store_;
  const std::vector<model::Change>& changes_;
  const ObjectId start_tree_;
  bool is_read_ = false;
  analysis::KnownFindings before_;
  std::string baseline_;
};

}  // namespace

Result<SecretsFound> find_new_secrets(const git::ObjectStore& store,
                                      const std::vector<model::Change>& changes, ObjectId start_tree) {
  SecretsFound out;
  KnownSecrets known(store, changes, start_tree);
  for (const model::Change& change : changes) {
    if (out.secrets.size() >= kEnough) break;
    FLEET_TRY(auto found, secrets_of(store, change.path, change.after));
    if (!found) {
      if (change.after.is_file())
        out.notes.push_back(git::quote_path(change.path) + " is too large to be looked through for secrets");
      continue;
    }
    FLEET_CHECK(known.remove_from(*found));
    for (const Finding& finding : *found) {
      out.secrets.push_back(fmt::format("{}:{}: {} ({}, {})", git::quote_path(finding.path), finding.at.line,
                                        finding.message, finding.rule, finding.fingerprint));
    }
  }
  return out;
}

}  // namespace fleet::attempt
