#include "attempt/judge.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>

#include "text/glob.h"
#include "text/utf8.h"

namespace fleet::attempt {
namespace {

using model::Verdict;

// Long lists say how long they are.
std::string enumerate(const std::vector<std::string>& paths) {
  constexpr std::size_t kShown = 5;
  std::vector<std::string> shown;
  for (const std::string& path : paths) {
    if (shown.size() == kShown) break;
    shown.push_back(text::printable(path));
  }
  std::string all = fmt::format("{}", fmt::join(shown, ", "));
  if (paths.size() > kShown) all += fmt::format(" and {} more", paths.size() - kShown);
  return all;
}

Judgement failed(std::string reason, std::string feedback = {}) {
  if (feedback.empty()) feedback = reason;
  return {Verdict::failed, std::move(reason), std::move(feedback)};
}

}  // namespace

bool must_change(const model::TaskSpec& task) {
  return !std::holds_alternative<model::Command>(task.work) || !task.expect.empty();
}

Result<std::vector<std::string>> outside_of_writes(const model::TaskSpec& task,
                                                   const std::vector<model::Change>& changes) {
  std::vector<std::string> outside;
  if (!task.writes) return outside;
  std::vector<std::string> globs;
  for (const model::Text& glob : *task.writes)
    globs.push_back(glob.value);
  FLEET_TRY(const text::GlobSet allowed, text::GlobSet::parse(globs));
  for (const model::Change& change : changes) {
    if (!allowed.matches(change.path)) outside.push_back(change.path);
  }
  return outside;
}

bool can_go_on(const model::TaskSpec& task, const Facts& facts) {
  if (!std::holds_alternative<model::Prompt>(task.work) || facts.changes.empty()) return false;
  const auto outside = outside_of_writes(task, facts.changes);
  return facts.secrets.empty() && outside && outside->empty();
}

Judgement judge(const model::TaskSpec& task, const Facts& facts) {
  if (facts.stopped == Verdict::timed_out) {
    const std::string reason =
        fmt::format("still at work after {}, its time limit", base::format_duration(facts.time_limit));
    return {Verdict::timed_out, reason, reason};
  }
  if (facts.stopped) return {*facts.stopped, std::string(base::name_of(*facts.stopped)), {}};
  if (!facts.could_not.empty()) return failed(facts.could_not);
  if (facts.said && facts.said->verdict != Verdict::done) {
    return {facts.said->verdict, facts.said->reason, facts.said->feedback};
  }
  const auto outside = outside_of_writes(task, facts.changes);
  if (!outside) return failed(outside.error().line());
  if (!outside->empty()) {
    return failed(fmt::format("changed {} outside its `writes`: {}",
                              outside->size() == 1 ? "a path" : "paths", enumerate(*outside)));
  }
  if (!facts.secrets.empty()) {
    const std::size_t more = facts.secrets.size() - 1;
    std::string reason = "its change holds a secret: " + text::printable(facts.secrets.front());
    if (more > 0) reason += fmt::format(" and {} more", more);
    constexpr std::size_t kShown = 20;
    const std::span shown = std::span(facts.secrets).first(std::min(kShown, facts.secrets.size()));
    return failed(reason,
                  fmt::format("A secret must not be in a file of the repository. Take it out, and read it "
                              "from the environment:\n{}",
                              fmt::join(shown, "\n")));
  }
  if (!facts.missing.empty()) {
    const std::string reason = fmt::format("expected {}, which {} not there", enumerate(facts.missing),
                                           facts.missing.size() == 1 ? "is" : "are");
    if (facts.changes.empty()) return {Verdict::no_change, reason + "; nothing was changed", reason};
    return failed(reason);
  }
  if (facts.changes.empty() && must_change(task)) {
    std::string reason = "it had to change something, and changed nothing";
    if (facts.said && !facts.said->summary.empty()) reason += ": " + facts.said->summary;
    return {Verdict::no_change, reason, reason};
  }
  if (!facts.bad_outputs.empty()) return failed(facts.bad_outputs);
  if (!facts.missing_outputs.empty()) {
    return failed(
        fmt::format("did not write the output {} to $FLEET_OUTPUT", enumerate(facts.missing_outputs)));
  }
  if (!facts.failed_check.empty()) {
    return failed(facts.failed_check, fmt::format("{}\n{}", facts.failed_check, facts.check_output));
  }
  if (!facts.gate.empty()) {
    const std::string reason = "its change would fail the gate: " + facts.gate.front();
    return failed(reason, facts.gate_feedback);
  }
  return {Verdict::done, {}, {}};
}

}  // namespace fleet::attempt
