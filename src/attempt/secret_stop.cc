#include "attempt/secret_stop.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "analysis/baseline.h"
#include "analysis/secrets.h"
#include "base/sha256.h"
#include "git/path.h"
#include "git/tree.h"

namespace fleet::attempt {
namespace {

using model::Finding;

constexpr std::uint64_t kMostBytes = 32 << 20;  // of a file; several are held at once, one a worker
constexpr std::size_t kEnough = 100;            // secrets, to stop it
constexpr std::uint64_t kMostBaselineBytes = 64 << 20;
constexpr std::size_t kShortestOwn = 8;  // bytes; a shorter value may well be a word
constexpr const char* kOwnSecret = "secrets.workflow-secret";

// What of a value tells it apart: the lines of a key in JSON or PEM have some that many files have.
std::string_view longest_line(std::string_view value) {
  std::string_view longest;
  while (!value.empty()) {
    const std::string_view line = value.substr(0, value.find('\n'));
    if (line.size() > longest.size()) longest = line;
    value.remove_prefix(std::min(line.size() + 1, value.size()));
  }
  while (longest.ends_with('\r'))
    longest.remove_suffix(1);
  return longest;
}

}  // namespace

Result<analysis::KnownFindings> baseline_in(const git::ObjectStore& store, ObjectId tree) {
  FLEET_TRY(const auto entry, git::entry_at(store, tree, kBaselinePath));
  if (!entry.is_file()) return analysis::KnownFindings{};
  FLEET_TRY(const std::uint64_t size, store.blob_size(entry.id));
  if (size > kMostBaselineBytes)
    return base::fail_input("read", kBaselinePath,
                            fmt::format("it has {} bytes, more than {}", size, kMostBaselineBytes));
  FLEET_TRY(const std::string text, store.read_blob(entry.id));
  auto known = analysis::read_baseline(text);
  if (!known) known.error().on = kBaselinePath;
  return known;
}

Result<SecretStop> SecretStop::create(const git::ObjectStore& store, ObjectId start_tree,
                                      const std::map<std::string, std::string>& secrets) {
  SecretStop stop(store);
  FLEET_TRY(stop.baseline_, baseline_in(store, start_tree));
  std::vector<text::Secret> all;
  for (const auto& [name, value] : secrets) {
    const std::string_view line = longest_line(value);
    if (line.size() < kShortestOwn) continue;
    all.push_back({name, std::string(line)});
    stop.own_.push_back({name, text::Masker({all.back()})});
  }
  stop.any_ = text::Masker(all);
  return stop;
}

// False: it is no file, or too large.
Result<bool> SecretStop::scan(const std::string& path, const model::TreeEntry& entry,
                              std::vector<Finding>& findings) const {
  if (!entry.is_file()) return false;
  FLEET_TRY(const std::uint64_t size, store_->blob_size(entry.id));
  if (size > kMostBytes) return false;
  FLEET_TRY(const std::string bytes, store_->read_blob(entry.id));
  findings = analysis::SecretScanner::built_in().scan(path, bytes);
  std::erase_if(findings, [](const Finding& each) { return each.confidence < model::Confidence::medium; });
  scan_for_own(path, bytes, findings);
  return true;
}

// The first place of each. Its fingerprint tells no more than the name.
void SecretStop::scan_for_own(const std::string& path, const std::string& bytes,
                              std::vector<Finding>& findings) const {
  if (own_.empty() || any_.mask(bytes) == bytes) return;
  for (const Own& own : own_) {
    const std::string masked = own.masker.mask(bytes);
    if (masked == bytes) continue;
    const auto place = std::mismatch(bytes.begin(), bytes.end(), masked.begin(), masked.end()).first;
    Finding& finding = findings.emplace_back();
    finding.rule = kOwnSecret;
    finding.path = path;
    finding.at.line = static_cast<std::uint32_t>(std::count(bytes.begin(), place, '\n') + 1);
    finding.message = fmt::format("The value of the run's secret {}", own.name);
    finding.fingerprint = base::sha256_hex(fmt::format("{}\n{}", kOwnSecret, own.name)).substr(0, 32);
  }
}

Result<analysis::KnownFindings> SecretStop::before(const std::vector<model::Change>& changes) const {
  analysis::KnownFindings known;
  for (const model::Change& change : changes) {
    std::vector<Finding> found;
    FLEET_CHECK(scan(change.path, change.before, found));
    for (const Finding& finding : found)
      known.add(finding.fingerprint);
  }
  return known;
}

Result<SecretsFound> SecretStop::find(const std::vector<model::Change>& changes) const {
  SecretsFound out;
  std::optional<analysis::KnownFindings> known;  // found out when first asked for
  analysis::KnownFindings baseline;
  for (const model::Change& change : changes) {
    if (out.secrets.size() >= kEnough) break;
    std::vector<Finding> found;
    FLEET_TRY(const bool scanned, scan(change.path, change.after, found));
    if (!scanned && change.after.is_file())
      out.notes.push_back(git::quote_path(change.path) + " is too large to be looked through for secrets");
    if (!found.empty() && !known) {
      FLEET_TRY(known, before(changes));
      baseline = baseline_;
    }
    for (const Finding& finding : found) {
      // What was not looked at before may be new.
      const bool was_there = finding.rule != analysis::kUnfinishedSecrets && known->take(finding.fingerprint);
      if (was_there || baseline.take(finding.fingerprint)) continue;
      out.secrets.push_back(fmt::format("{}:{}: {} ({}, {})", git::quote_path(finding.path), finding.at.line,
                                        finding.message, finding.rule, finding.fingerprint));
    }
  }
  return out;
}

}  // namespace fleet::attempt
