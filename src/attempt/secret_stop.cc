#include "attempt/secret_stop.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>

#include "analysis/baseline.h"
#include "analysis/secrets.h"
#include "base/sha256.h"
#include "git/path.h"
#include "git/tree.h"
#include "os/files.h"
#include "text/ascii.h"

namespace fleet::attempt {
namespace {

using model::Finding;

constexpr std::size_t kEnough = 100;  // secrets, to stop it
constexpr std::uint64_t kMostBaselineBytes = 64 << 20;
constexpr std::size_t kShortestOwn = 8;  // bytes; a shorter value may well be a word

bool is_key_letter(char c) {
  return text::is_ascii_letter(c) || text::is_ascii_digit(c) || c == '+' || c == '/' || c == '=' ||
         c == '_' || c == '-';
}

// What every key of its kind has at this place: `openssh-key-v1` and what follows it, in base64.
bool is_heading(std::string_view part) {
  return part.starts_with("-----") || part.starts_with("b3BlbnNzaC1rZXktdjE");
}

// What tells a value apart: a value of one line is searched for as it is; of one of several (a key as PEM or
// JSON) the long parts that look as if they were drawn at random, since its other lines stand in many files.
std::vector<std::string> telling_parts(std::string_view value) {
  constexpr std::size_t kShortestPart = 24;
  while (value.ends_with('\n') || value.ends_with('\r'))
    value.remove_suffix(1);
  if (value.find('\n') == value.npos) return {std::string(value)};
  std::vector<std::string> parts;
  std::string_view longest;
  for (std::size_t at = 0; at < value.size();) {
    const auto begin =
        std::find_if(value.begin() + static_cast<std::ptrdiff_t>(at), value.end(), is_key_letter);
    const auto end = std::find_if_not(begin, value.end(), is_key_letter);
    const std::string_view part(begin, end);
    if (part.size() >= kShortestPart && !is_heading(part)) parts.emplace_back(part);
    if (part.size() > longest.size() && !is_heading(part)) longest = part;
    at = static_cast<std::size_t>(end - value.begin());
    if (begin == value.end()) break;
  }
  if (parts.empty()) parts.emplace_back(longest);
  return parts;
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
    std::vector<text::Secret> parts;
    for (std::string& part : telling_parts(value)) {
      if (part.size() >= kShortestOwn) parts.push_back({name, std::move(part)});
    }
    if (parts.empty()) continue;
    stop.own_.push_back({name, text::Masker(parts)});
    std::move(parts.begin(), parts.end(), std::back_inserter(all));
  }
  stop.any_ = text::Masker(all);
  return stop;
}

// False: it is too large.
Result<bool> SecretStop::scan(const std::string& path, const model::TreeEntry& entry,
                              std::vector<Finding>& findings) const {
  if (!entry.exists()) return true;
  scan_for_own(path, path, findings);
  const bool is_link = entry.mode == model::FileMode::symlink;
  if (!entry.is_file() && !is_link) return true;
  FLEET_TRY(const std::uint64_t size, store_->blob_size(entry.id));
  if (size > kMostLookedAt) return false;
  FLEET_TRY(const std::string bytes, store_->read_blob(entry.id));
  if (!is_link) {
    std::vector<Finding> found = analysis::SecretScanner::built_in().scan(path, bytes);
    std::erase_if(found, [](const Finding& each) { return each.confidence < model::Confidence::medium; });
    std::move(found.begin(), found.end(), std::back_inserter(findings));
  }
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
    finding.rule = analysis::kWorkflowSecret;
    finding.path = path;
    finding.at.line = static_cast<std::uint32_t>(std::count(bytes.begin(), place, '\n') + 1);
    finding.message = fmt::format("The value of the run's secret {}", own.name);
    finding.fingerprint =
        base::sha256_hex(fmt::format("{}\n{}", analysis::kWorkflowSecret, own.name)).substr(0, 32);
  }
}

Result<std::vector<std::string>> SecretStop::find_own_in(const std::filesystem::path& folder) const {
  namespace fs = std::filesystem;
  std::vector<std::string> found;
  if (own_.empty()) return found;
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    std::error_code unknown;
    if (!at->is_regular_file(unknown) || at->is_symlink(unknown)) continue;
    if (at->file_size(unknown) > kMostLookedAt || unknown) continue;
    FLEET_TRY(const std::string bytes, os::read_file(at->path(), kMostLookedAt));
    if (any_.mask(bytes) == bytes) continue;
    for (const Own& own : own_) {
      if (own.masker.mask(bytes) == bytes) continue;
      found.push_back(fmt::format("{} ({})", at->path().lexically_relative(folder).string(), own.name));
      break;
    }
  }
  if (error && error != std::errc::no_such_file_or_directory)
    return base::fail_errno("look through", folder.string(), error.value());
  return found;
}

// What a file has now and had not before. What it had and has no more may have gone to another one.
Result<std::vector<Finding>> SecretStop::new_in(const model::Change& change, std::vector<Finding> now,
                                                analysis::KnownFindings& gone) const {
  std::vector<Finding> before;
  FLEET_CHECK(scan(change.path, change.before, before));
  analysis::KnownFindings own;
  for (const Finding& finding : before)
    own.add(finding.fingerprint);
  // What was not looked at before may be new.
  std::erase_if(now, [&](const Finding& finding) {
    return finding.rule != analysis::kUnfinishedSecrets && own.take(finding.fingerprint);
  });
  for (const Finding& finding : before) {
    if (own.take(finding.fingerprint)) gone.add(finding.fingerprint);
  }
  return now;
}

Result<SecretsFound> SecretStop::find(const std::vector<model::Change>& changes) const {
  SecretsFound out;
  std::vector<Finding> all;
  std::vector<const model::Change*> without;  // in which nothing is found
  analysis::KnownFindings gone;
  for (const model::Change& change : changes) {
    std::vector<Finding> now;
    FLEET_TRY(const bool scanned, scan(change.path, change.after, now));
    if (!scanned)
      out.notes.push_back(git::quote_path(change.path) + " is too large to be looked through for secrets");
    if (now.empty()) {
      without.push_back(&change);
      continue;
    }
    FLEET_TRY(std::vector<Finding> found, new_in(change, std::move(now), gone));
    std::move(found.begin(), found.end(), std::back_inserter(all));
  }
  if (all.empty()) return out;
  for (const model::Change* change : without)
    FLEET_CHECK(new_in(*change, {}, gone));
  analysis::KnownFindings baseline = baseline_;
  for (const Finding& finding : all) {
    if (out.secrets.size() >= kEnough) break;
    const bool may_be_known = finding.rule != analysis::kUnfinishedSecrets;
    if (may_be_known && gone.take(finding.fingerprint)) continue;
    // A value that may be there may be there anywhere.
    const bool is_let_be = finding.rule == analysis::kWorkflowSecret ? baseline.has(finding.fingerprint)
                                                                     : baseline.take(finding.fingerprint);
    if (is_let_be) continue;
    out.secrets.push_back(fmt::format("{}:{}: {} ({}, {})", git::quote_path(finding.path), finding.at.line,
                                      finding.message, finding.rule, finding.fingerprint));
  }
  return out;
}

}  // namespace fleet::attempt
