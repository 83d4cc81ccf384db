#include "plan/conflicts.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "plan/reachability.h"
#include "text/glob.h"

namespace fleet::plan {

namespace {

// Bounds, each some tens of milliseconds.
constexpr std::size_t kMaxCandidates = 200'000;  // pairs of glob lists that may overlap
constexpr std::size_t kMaxComparisons = 50'000;  // of globs
constexpr std::size_t kMaxPairs = 20'000'000;    // of tasks
constexpr std::size_t kMaxEdgeVisits = 25'000'000;

// Tasks that may change the same paths, because their globs are the same.
struct Claim {
  text::GlobSet globs;
  std::vector<std::string> starts;  // what every path that a glob matches begins with, for each glob
  bool takes_back = false;          // has a `!`, which makes comparing dear
  std::vector<TaskIndex> tasks;     // ascending
};

struct Rival {
  std::uint32_t claim = 0;
  std::string path;  // a witness
};

// `app/[slug]/page.tsx`, as a glob that means this one path.
std::string glob_of_path(std::string_view path) {
  std::string glob = "/";
  for (const char c : path) {
    if (c == '*' || c == '?' || c == '[' || c == ']' || c == '\\') glob += '\\';
    glob += c;
  }
  return glob;
}

// What a task declares that it may change; nothing when it declares nothing.
std::vector<std::string> declared(const model::TaskSpec& spec) {
  std::vector<std::string> globs;
  if (spec.writes) {
    for (const model::Text& glob : *spec.writes)
      globs.push_back(glob.value);
  } else {
    for (const model::Text& path : spec.expect)
      globs.push_back(glob_of_path(path.value));
  }
  return globs;
}

// A glob that is not anchored at the root matches at any depth, so its paths begin with anything.
std::string fixed_start(std::string_view glob) {
  const std::size_t slash = glob.find('/');
  if (slash == std::string_view::npos || slash == glob.size() - 1) return "";
  if (slash == 0) glob.remove_prefix(1);
  return std::string(glob.substr(0, glob.find_first_of("*?[\\")));
}

std::vector<Claim> claims_of(const model::Plan& plan) {
  std::vector<Claim> claims;
  std::map<std::vector<std::string>, std::optional<std::uint32_t>> known;
  for (std::uint32_t task = 0; task < plan.tasks.size(); ++task) {
    const std::vector<std::string> globs = declared(plan.tasks[task].spec);
    if (globs.empty()) continue;
    const auto [found, is_new] = known.try_emplace(globs);
    if (is_new) {
      auto parsed = text::GlobSet::parse(globs);
      if (!parsed) continue;  // the reader reported it
      found->second = static_cast<std::uint32_t>(claims.size());
      Claim claim{*std::move(parsed), {}, false, {}};
      for (const std::string& glob : globs) {
        if (glob.front() == '!') {
          claim.takes_back = true;
        } else {
          claim.starts.push_back(fixed_start(glob));
        }
      }
      claims.push_back(std::move(claim));
    }
    if (found->second) claims[*found->second].tasks.push_back({task});
  }
  return claims;
}

using ClaimPair = std::pair<std::uint32_t, std::uint32_t>;

// Pairs of claims of which one has a glob whose fixed start begins with that of a glob of the other: no
// others can overlap. Sorted by their starts, all that extend a start follow it at once, so one sweep with a
// stack of the starts that are still extended finds them.
std::vector<ClaimPair> candidates(const std::vector<Claim>& claims, bool& complete) {
  std::vector<std::pair<std::string_view, std::uint32_t>> starts;
  std::vector<ClaimPair> pairs;
  for (std::uint32_t i = 0; i < claims.size(); ++i) {
    for (const std::string& start : claims[i].starts)
      starts.emplace_back(start, i);
    if (claims[i].tasks.size() > 1) pairs.emplace_back(i, i);
  }
  std::sort(starts.begin(), starts.end());
  std::vector<std::size_t> extended;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const auto& [start, claim] = starts[i];
    while (!extended.empty() &&
           start.substr(0, starts[extended.back()].first.size()) != starts[extended.back()].first)
      extended.pop_back();
    for (const std::size_t other : extended) {
      if (starts[other].second != claim) pairs.push_back(std::minmax(starts[other].second, claim));
    }
    extended.push_back(i);
    if (pairs.size() > kMaxCandidates) {
      complete = false;
      break;
    }
  }
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  return pairs;
}

std::size_t cost_of(const Claim& left, const Claim& right) {
  constexpr std::size_t kTakingBack = 100;  // a search over sets of states
  return left.starts.size() * right.starts.size() * (left.takes_back || right.takes_back ? kTakingBack : 1);
}

// For each claim, those that it overlaps.
std::vector<std::vector<Rival>> rivals_of(const std::vector<Claim>& claims, bool& complete) {
  std::vector<std::vector<Rival>> rivals(claims.size());
  std::size_t comparisons = 0;
  for (const auto& [left, right] : candidates(claims, complete)) {
    comparisons += cost_of(claims[left], claims[right]);
    if (comparisons > kMaxComparisons) {
      complete = false;
      break;
    }
    const text::Overlap overlap =
        text::common_path(claims[left].globs, claims[right].globs, text::Reading::likely);
    if (overlap.answer == text::Overlap::Answer::none) continue;
    rivals[left].push_back({right, overlap.path});
    if (left != right) rivals[right].push_back({left, overlap.path});
  }
  return rivals;
}

// Tasks whose claim has rivals, in plan order, with their claims.
std::vector<std::pair<TaskIndex, std::uint32_t>> contenders(const std::vector<Claim>& claims,
                                                            const std::vector<std::vector<Rival>>& rivals) {
  std::vector<std::pair<TaskIndex, std::uint32_t>> out;
  for (std::uint32_t claim = 0; claim < claims.size(); ++claim) {
    if (rivals[claim].empty()) continue;
    for (const TaskIndex task : claims[claim].tasks)
      out.emplace_back(task, claim);
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

Foreseen foresee_conflicts(const model::Plan& plan) {
  Foreseen out;
  const std::vector<Claim> claims = claims_of(plan);
  const std::vector<std::vector<Rival>> rivals = rivals_of(claims, out.complete);
  const auto tasks = contenders(claims, rivals);
  Reachability reachability(plan.graph);
  std::size_t pairs = 0;
  std::size_t edge_visits = 0;
  std::vector<TaskIndex> sources;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const std::uint32_t source = i % Reachability::kSources;
    if (source == 0) {
      edge_visits += plan.graph.edge_count() + plan.graph.size();
      if (i > 0 && (pairs > kMaxPairs || edge_visits > kMaxEdgeVisits)) {
        out.complete = false;
        return out;
      }
      sources.clear();
      for (std::size_t j = i; j < std::min(tasks.size(), i + Reachability::kSources); ++j)
        sources.push_back(tasks[j].first);
      reachability.set_sources(sources);
    }
    const auto& [first, claim] = tasks[i];
    const auto begin = static_cast<std::ptrdiff_t>(out.conflicts.size());
    for (const Rival& rival : rivals[claim]) {
      const std::vector<TaskIndex>& others = claims[rival.claim].tasks;
      for (auto second = std::upper_bound(others.begin(), others.end(), first); second != others.end();
           ++second) {
        ++pairs;
        if (!reachability.reaches(source, *second)) out.conflicts.push_back({first, *second, rival.path});
      }
    }
    std::sort(out.conflicts.begin() + begin, out.conflicts.end(),
              [](const auto& left, const auto& right) { return left.second < right.second; });
    if (out.conflicts.size() > kMaxConflicts) {
      out.conflicts.resize(kMaxConflicts);
      out.complete = false;
      return out;
    }
  }
  return out;
}

}  // namespace fleet::plan
