#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <unordered_map>

#include "base/enum_names.h"
#include "report/build.h"
#include "report/html_data.h"

namespace fleet::report {

using model::Json;
using model::TaskReport;

namespace {

constexpr std::size_t kMostAttempts = 30;        // of one task, the last ones
constexpr std::size_t kMostPrograms = 20;        // of one attempt
constexpr std::size_t kWrongOutput = 16 * 1024;  // bytes of an attempt of a task that is not done
constexpr std::size_t kGoodOutput = 4 * 1024;    // and of one that is
constexpr std::size_t kLeastOutput = 256;        // less is not worth showing

Json page_agent_use(const model::AgentUse& use) {
  Json json = {{"name", page_line(use.agent, 80)}};
  put(json, "model", page_line(use.model, 80));
  if (use.turns) json["turns"] = *use.turns;
  if (use.failure) json["failure"] = base::name_of(*use.failure);
  model::TotalCost cost;
  cost.add(use.cost);
  if (use.cost.tokens) put(json, "tokens", describe_tokens(cost));
  if (use.cost.usd) put(json, "usd", describe_usd(cost));
  return json;
}

std::string page_program_end(const model::ProgramEnd& program) {
  if (program.signal) return fmt::format("signal {}", *program.signal);
  return program.exit_status ? fmt::format("exit {}", *program.exit_status) : "did not end";
}

Json page_attempt(const model::AttemptReport& attempt, TimePoint begin) {
  Json json = {{"number", attempt.number}, {"start", page_seconds(attempt.started - begin)}};
  if (attempt.finished) json["end"] = page_seconds(*attempt.finished - begin);
  if (!attempt.outcome) return json;
  const model::Outcome& outcome = *attempt.outcome;
  json["verdict"] = base::name_of(outcome.verdict);
  put(json, "reason", page_line(outcome.reason, 600));
  put(json, "summary", page_line(outcome.summary, 600));
  if (outcome.changes > 0) json["changes"] = outcome.changes;
  for (std::size_t i = 0; i < std::min(outcome.programs.size(), kMostPrograms); ++i)
    json["programs"].push_back(
        {page_line(outcome.programs[i].command), page_program_end(outcome.programs[i])});
  for (std::size_t i = 0; i < std::min(outcome.notes.size(), kMostPrograms); ++i)
    json["notes"].push_back(page_line(outcome.notes[i]));
  json["cpu"] = page_seconds(outcome.usage.user_cpu + outcome.usage.system_cpu);
  if (outcome.usage.peak_memory) json["memory"] = *outcome.usage.peak_memory;
  if (outcome.agent) json["agent"] = page_agent_use(*outcome.agent);
  return json;
}

Json page_task(const TaskReport& task, TimePoint begin,
               const std::unordered_map<std::string_view, std::size_t>& places) {
  Json json = {{"id", page_line(task.id)},
               {"kind", task.kind},
               {"state", base::name_of(task.state)},
               {"level", task.level}};
  if (task.title != task.id) put(json, "title", page_line(task.title));
  put(json, "description", page_line(task.description, 1000));
  if (task.priority != model::Priority::normal) json["priority"] = base::name_of(task.priority);
  put(json, "reason", page_line(task.reason, 600));
  if (task.critical) json["critical"] = true;
  if (task.forecast) json["forecast"] = page_seconds(*task.forecast);
  for (const std::string& requirement : task.implements)
    json["implements"].push_back(page_line(requirement, 80));
  json["needs"] = Json::array();
  for (const std::string& need : task.needs) {
    if (const auto place = places.find(need); place != places.end()) json["needs"].push_back(place->second);
  }
  json["attempts"] = Json::array();
  const std::size_t first =
      task.attempts.size() > kMostAttempts ? task.attempts.size() - kMostAttempts : std::size_t{0};
  for (std::size_t i = first; i < task.attempts.size(); ++i)
    json["attempts"].push_back(page_attempt(task.attempts[i], begin));
  return json;
}

// An attempt that ended, and its place on the page.
struct Shown {
  const model::Outcome* outcome;
  Json* json;
};

// At most `most` bytes of output, in at most `share` bytes of the page; false: it takes more.
bool add_output(const Shown& shown, std::size_t most, std::size_t share, Room& room) {
  const model::Outcome& outcome = *shown.outcome;
  std::string_view head = outcome.output_head, tail = outcome.output_tail;
  const std::uint64_t all = std::max<std::uint64_t>(outcome.output_size, head.size() + tail.size());
  if (head.empty() && tail.empty()) return true;
  std::string whole;
  if (head.size() + tail.size() <= most && all == head.size() + tail.size()) {
    whole = outcome.output_head + outcome.output_tail;
    head = whole;
    tail = {};
  } else if (tail.empty() && head.size() > most) {
    // The end says more than the start.
    tail = head.substr(head.size() - most * 3 / 4);
    head = head.substr(0, most / 4);
  } else {
    tail = tail.substr(tail.size() - std::min(tail.size(), most * 3 / 4));
    head = head.substr(0, std::min(head.size(), most / 4));
  }
  const bool is_cut = head.size() + tail.size() < all;
  Json json = {{"size", all}};
  put(json, "head", page_text(head));
  put(json, "tail", page_text(tail));
  if (is_cut) json["cut"] = true;
  const std::size_t size = size_on_page(json);
  if (size > share || !room.take(size)) return false;
  shown.json->update(json);
  return true;
}

void add_paths(const Shown& shown, Room& room, std::size_t& left_out) {
  if (shown.outcome->paths.empty()) return;
  Json paths = Json::array();
  for (const std::string& path : shown.outcome->paths)
    paths.push_back(page_line(path));
  if (room.take(size_on_page(paths) + 10))
    (*shown.json)["paths"] = std::move(paths);
  else
    ++left_out;
}

// Each gets an equal share of what is left, so that the first ones do not take it all.
void share_output(const std::vector<Shown>& among, std::size_t most, Room& room, std::size_t reserve,
                  std::size_t& left_out) {
  std::size_t open = among.size();
  for (const Shown& shown : among) {
    const std::size_t share = (room.left() > reserve ? room.left() - reserve : 0) / open--;
    // Escaped, it may take more than it has bytes.
    std::size_t bytes = std::min(most, share);
    while (bytes >= kLeastOutput && !add_output(shown, bytes, share, room))
      bytes = bytes * 4 / 5;
    if (bytes < kLeastOutput && !(shown.outcome->output_head.empty() && shown.outcome->output_tail.empty()))
      ++left_out;
  }
}

}  // namespace

double page_seconds(Duration duration) {
  return std::round(static_cast<double>(duration.count()) / 1e3) / 1e3;
}

void say_left_out(LeftOut& out, std::size_t count, const char* one, const char* many) {
  if (count > 0) out.push_back(fmt::format("{} {}", count, count == 1 ? one : many));
}

Json page_tasks(const model::Report& report, Room& room, std::size_t reserve, LeftOut& left_out) {
  std::unordered_map<std::string_view, std::size_t> places;
  for (std::size_t i = 0; i < report.tasks.size(); ++i)
    places.emplace(report.tasks[i].id, i);
  Json tasks = Json::array();
  const std::size_t missing = add_each(tasks, report.tasks, room, reserve, [&](const TaskReport& task) {
    return page_task(task, report.started, places);
  });
  say_left_out(left_out, missing, "task", "tasks");
  if (missing == 0) return tasks;
  for (Json& task : tasks) {
    Json needs = Json::array();
    for (const Json& need : task["needs"]) {
      if (need.get<std::size_t>() < tasks.size()) needs.push_back(need);
    }
    task["needs"] = std::move(needs);
  }
  return tasks;
}

void add_output(Json& tasks, const model::Report& report, Room& room, LeftOut& left_out) {
  std::vector<Shown> wrong, good;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const auto& attempts = report.tasks[i].attempts;
    Json& shown = tasks[i]["attempts"];
    const std::size_t skipped = attempts.size() - shown.size();
    for (std::size_t at = 0; at < shown.size(); ++at) {
      const auto& outcome = attempts[skipped + at].outcome;
      if (!outcome) continue;
      (report.tasks[i].state == model::TaskState::done ? good : wrong).push_back({&*outcome, &shown[at]});
    }
  }
  std::size_t without_output = 0, without_paths = 0;
  share_output(wrong, kWrongOutput, room, room.left() / 2, without_output);
  for (const auto* list : {&wrong, &good}) {
    for (const Shown& shown : *list)
      add_paths(shown, room, without_paths);
  }
  share_output(good, kGoodOutput, room, 0, without_output);
  say_left_out(left_out, without_output, "attempt's output", "attempts' outputs");
  say_left_out(left_out, without_paths, "attempt's changed paths", "attempts' changed paths");
}

}  // namespace fleet::report
