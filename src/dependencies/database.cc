#include "dependencies/database.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <numeric>
#include <optional>

#include "dependencies/paths.h"
#include "text/utf8.h"

namespace fleet::dependencies {
namespace {

// A record that concerns a dependency.
struct Told {
  const Advisory* advisory;
  const Affected* affected;
};

// Groups records that share an id or alias.
std::vector<std::vector<Told>> grouped(const std::vector<Told>& told) {
  std::vector<std::size_t> leader(told.size());
  std::iota(leader.begin(), leader.end(), std::size_t{0});
  const auto find = [&](std::size_t i) {
    while (leader[i] != i)
      i = leader[i] = leader[leader[i]];
    return i;
  };
  std::map<std::string_view, std::size_t> seen;
  const auto meet = [&](std::string_view id, std::size_t i) {
    const auto [place, is_new] = seen.emplace(id, i);
    if (is_new) return;
    const std::size_t one = find(place->second), other = find(i);
    leader[std::max(one, other)] = std::min(one, other);
  };
  for (std::size_t i = 0; i < told.size(); ++i) {
    meet(told[i].advisory->id, i);
    for (const std::string& alias : told[i].advisory->aliases)
      meet(alias, i);
  }
  std::map<std::size_t, std::vector<Told>> groups;
  for (std::size_t i = 0; i < told.size(); ++i)
    groups[find(i)].push_back(told[i]);
  std::vector<std::vector<Told>> out;
  out.reserve(groups.size());
  for (auto& [first, group] : groups)
    out.push_back(std::move(group));
  return out;
}

bool is_worse(const AdvisorySeverity& left, const AdvisorySeverity& right) {
  if (left.rating != right.rating) return left.rating > right.rating;
  return left.score > right.score;
}

// `group` is sorted by id.
Vulnerability summed_up(const std::vector<Told>& group, const std::optional<Version>& version) {
  Vulnerability sum;
  sum.id = group.front().advisory->id;
  std::set<std::string> also;
  std::optional<Version> fixed;
  for (const Told& told : group) {
    also.insert(told.advisory->id);
    also.insert(told.advisory->aliases.begin(), told.advisory->aliases.end());
    if (sum.summary.empty()) sum.summary = told.advisory->summary;
    if (is_worse(told.affected->severity, sum.severity)) sum.severity = told.affected->severity;
    if (!version) continue;
    // What the last of them calls fixed is fixed for all.
    const std::string in = fixing_version(*told.affected, *version);
    const auto candidate = Version::parse(told.affected->package.first, in);
    if (candidate && (!fixed || *candidate > *fixed)) {
      fixed = candidate;
      sum.fixed_in = in;
    }
  }
  if (sum.severity.text.empty()) sum.severity.text = group.front().affected->severity.text;
  also.erase(sum.id);
  sum.also.assign(also.begin(), also.end());
  return sum;
}

}  // namespace

Result<Database> Database::read(const std::string& folder, const std::set<Package>& packages, Duration time) {
  const auto deadline = std::chrono::steady_clock::now() + time;
  FLEET_TRY(const Files files, files_in(folder));
  Database database;
  std::vector<std::string> left{std::string()};
  std::size_t seen = 0;
  while (!left.empty()) {
    const std::string path = std::move(left.back());
    left.pop_back();
    auto entries = files.list(path);
    if (!entries) {
      if (path.empty()) return tl::make_unexpected(std::move(entries).error());
      database.remark(join_path(folder, path), 1, entries.error().line());
      continue;
    }
    std::sort(entries->begin(), entries->end(),
              [](const FolderEntry& a, const FolderEntry& b) { return a.name < b.name; });
    seen += entries->size();
    if (seen > kMostFiles) {
      return base::fail_input("read the advisories", folder,
                              fmt::format("it holds more than {} files", kMostFiles),
                              "name a folder with OSV records alone");
    }
    for (const FolderEntry& entry : *entries) {
      const std::string inner = join_path(path, entry.name);
      if (entry.kind == FolderEntry::Kind::folder) {
        left.push_back(inner);
      } else if (entry.kind == FolderEntry::Kind::link) {
        database.remark(join_path(folder, inner), 1, "it is a symbolic link, which is not followed");
      } else if (entry.name.ends_with(".json")) {
        const auto bytes = files.read(inner, kMostRecordBytes);
        if (bytes) {
          database.read_record(*bytes, join_path(folder, inner), packages);
        } else {
          database.remark(join_path(folder, inner), 1, bytes.error().line());
        }
        if (std::chrono::steady_clock::now() > deadline) {
          return base::fail_input("read the advisories", folder,
                                  fmt::format("it took longer than {}", base::describe_duration(time)),
                                  "give the records of the ecosystems that you use alone");
        }
      }
    }
  }
  if (database.records_ == 0) {
    return base::fail_input("read the advisories", folder, "there is no OSV record (a .json file) in it",
                            "unpack an ecosystem's records of an OSV database there");
  }
  if (database.left_out_ > 0) {
    model::Diagnostic& more = database.remarks_.emplace_back();
    more.path = folder;
    more.message = fmt::format("{} more records could not be read whole", database.left_out_);
  }
  return database;
}

void Database::read_record(const std::string& bytes, const std::string& shown,
                           const std::set<Package>& packages) {
  const auto value = read_json(bytes, shown, is_member_of_advisory);
  if (!value) {
    remark(shown, static_cast<std::size_t>(value.error().at.line), value.error().message);
    return;
  }
  std::string why;
  auto read = read_advisory(
      *value,
      [&](Ecosystem ecosystem, const std::string& name) {
        return packages.contains({ecosystem, name});
      },
      why);
  if (!read) {
    remark(shown, 1, why);
    return;
  }
  ++records_;
  if (read->is_withdrawn) {
    ++withdrawn_;
    return;
  }
  for (const std::string& wrong : read->wrong)
    remark(shown, 1, wrong);
  if (read->advisory.affected.empty()) return;
  const auto advisory = std::make_shared<const Advisory>(std::move(read->advisory));
  for (std::size_t i = 0; i < advisory->affected.size(); ++i)
    entries_[advisory->affected[i].package].push_back({advisory, i});
}

void Database::remark(const std::string& path, std::size_t line, std::string message) {
  if (remarks_.size() >= kMostRemarks) {
    ++left_out_;
    return;
  }
  model::Diagnostic& remark = remarks_.emplace_back();
  remark.path = path;
  remark.at.line = static_cast<int>(line);
  remark.message = std::move(message);
}

std::vector<Vulnerability> Database::vulnerabilities(const Dependency& dependency) const {
  const auto found = entries_.find({dependency.ecosystem, dependency.name});
  if (found == entries_.end()) return {};
  const auto version = Version::parse(dependency.ecosystem, dependency.version);
  std::vector<Told> told;
  for (const Entry& entry : found->second) {
    const Affected& affected = entry.advisory->affected[entry.affected];
    if (is_affected(affected, dependency.version, version ? &*version : nullptr)) {
      told.push_back({entry.advisory.get(), &affected});
    }
  }
  std::stable_sort(told.begin(), told.end(),
                   [](const Told& a, const Told& b) { return a.advisory->id < b.advisory->id; });
  std::vector<Vulnerability> vulnerabilities;
  for (const auto& group : grouped(told))
    vulnerabilities.push_back(summed_up(group, version));
  return vulnerabilities;
}

}  // namespace fleet::dependencies
