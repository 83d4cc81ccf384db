#include "app/run_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>

#include "app/gate.h"
#include "engine/input_json.h"
#include "engine/journal.h"
#include "engine/scheduler.h"
#include "git/message.h"
#include "git/patch.h"
#include "git/refs.h"
#include "model/json.h"
#include "os/files.h"
#include "report/build.h"
#include "report/findings.h"
#include "report/render.h"

namespace fleet::app {
namespace {

constexpr int kMostCommits = 10'000;  // of a branch that are searched for a rollback

struct Format {
  model::ReportFormat format;
  const char* file;
  std::string (*render)(const model::Report&, const report::HtmlExtras&);
};

// Without a gate nothing was looked at, and a report of findings says so.
model::AnalysisReport findings_of(const model::Report& report, const report::HtmlExtras& extras) {
  if (extras.analysis != nullptr) return *extras.analysis;
  model::AnalysisReport none;
  none.version = report.version;
  none.notes.emplace_back(report.gate ? "the findings of this run are no longer on hand"
                                      : "nothing was analysed: the workflow has no `gate`");
  return none;
}

const Format kFormats[] = {
    {model::ReportFormat::json, "report.json",
     [](const model::Report& report, const report::HtmlExtras&) { return report::to_json(report); }},
    {model::ReportFormat::markdown, "report.md",
     [](const model::Report& report, const report::HtmlExtras&) { return report::to_markdown(report); }},
    {model::ReportFormat::html, "report.html",
     [](const model::Report& report, const report::HtmlExtras& extras) {
       return report::to_html(report, extras);
     }},
    {model::ReportFormat::junit, "report.xml",
     [](const model::Report& report, const report::HtmlExtras&) { return report::to_junit(report); }},
    {model::ReportFormat::sarif, "findings.sarif",
     [](const model::Report& report, const report::HtmlExtras& extras) {
       return report::to_sarif(findings_of(report, extras));
     }},
    {model::ReportFormat::code_quality, "code-quality.json",
     [](const model::Report& report, const report::HtmlExtras& extras) {
       return report::to_code_quality(findings_of(report, extras));
     }},
};

Result<const Format*> find_format(model::ReportFormat format) {
  for (const Format& known : kFormats) {
    if (known.format == format) return &known;
  }
  return base::fail_input("write the report as", std::string(base::name_of(format)), "this fleet cannot");
}

Result<model::AttemptReport> report_of(const store::AttemptRow& row) {
  model::AttemptReport report{row.number, row.started, {}, {}};
  if (!row.verdict) return report;
  report.finished = row.finished.value_or(row.started);
  if (!row.result_json.empty()) {
    FLEET_TRY(const model::Json json, model::parse_json(row.result_json, "an attempt's outcome"));
    FLEET_TRY(report.outcome, model::from_json<model::Outcome>(json, "an attempt's outcome"));
  } else {
    model::Outcome& outcome = report.outcome.emplace();
    outcome.verdict = *row.verdict;
    outcome.reason = row.reason;
  }
  return report;
}

// `again`: of a loser that was to run again, whether it has.
std::string decision(const model::Plan& plan, const model::Conflict& conflict, bool overridden, bool again) {
  const std::string& winner = plan.task(conflict.winner).id;
  const std::string& loser = plan.task(conflict.loser).id;
  if (overridden) return fmt::format("{} stands in these paths; the rest of {} was taken", winner, loser);
  if (plan.settings.conflicts.value == model::ConflictStrategy::queue) {
    return again ? fmt::format("{} ran again on top of {}", loser, winner)
                 : fmt::format("{} stands; {} did not come to run again on top of it", winner, loser);
  }
  return fmt::format("{} stands; {} failed", winner, loser);
}

struct History {
  std::vector<model::ConflictReport> conflicts;
  int resumed = 0;
  engine::Published published;
  std::optional<model::BudgetReport> budget;
  std::string stopped;  // why, where the limit on cost did that
};

// What only the journal tells. Entries of other kinds are passed over unread.
Result<History> read_history(store::Reader& reader, const std::string& run, const model::Plan& plan) {
  History history;
  bool has_clashes = false;
  std::optional<double> limit = plan.settings.cost.value;
  std::vector<model::Conflict> overridden;
  const auto add = [&](const model::Conflict& conflict, bool is_overridden, bool again) {
    std::string decided = decision(plan, conflict, is_overridden, again);
    if (!conflict.unmergeable.empty()) {
      decided += fmt::format("; binary, or too large to merge: {}", conflict.unmergeable.front());
      if (conflict.unmergeable.size() > 1)
        decided += fmt::format(" and {} more", conflict.unmergeable.size() - 1);
    }
    model::ConflictReport report{plan.task(conflict.loser).id, plan.task(conflict.winner).id, conflict.paths,
                                 std::move(decided)};
    const bool known =
        std::any_of(history.conflicts.begin(), history.conflicts.end(), [&](const auto& other) {
          return other.loser == report.loser && other.winner == report.winner && other.paths == report.paths;
        });
    if (!known) history.conflicts.push_back(std::move(report));
  };
  FLEET_CHECK(reader.journal(run, 1, [&](const store::JournalEntry& entry) -> Result<> {
    const std::string_view payload = entry.payload;
    const auto begins = [&](std::string_view name) { return payload.rfind(name, 0) == 0; };
    if (!begins(R"({"conflicted")") && !begins(R"({"merged")") && !begins(R"({"run_resumed")") &&
        !begins(R"({"published")")) {
      return {};
    }
    FLEET_TRY(const engine::Input input, engine::from_journal(payload));
    if (std::holds_alternative<engine::Conflicted>(input)) {
      has_clashes = true;
    } else if (const auto* merged = std::get_if<engine::Merged>(&input)) {
      overridden.insert(overridden.end(), merged->overridden.begin(), merged->overridden.end());
    } else if (const auto* published = std::get_if<engine::Published>(&input)) {
      history.published = *published;
      overridden = published->overridden;  // what was said at each arrival may have changed since
    } else if (const auto* resumed = std::get_if<engine::RunResumed>(&input)) {
      ++history.resumed;
      limit = resumed->settings.cost.value;
    }
    return {};
  }));
  for (const model::Conflict& conflict : overridden)
    add(conflict, true, false);
  if (!has_clashes && !limit) return history;
  // Not every clash was decided about: a result that was held back may have got on with the others in the
  // end.
  engine::Scheduler scheduler(plan);
  struct Decided {
    model::Conflict conflict;
    int attempt;  // of the loser
  };
  std::vector<Decided> all;
  FLEET_CHECK(engine::read_journal(reader, run, plan, [&](const engine::RecordedInput& recorded) {
    const auto* conflicted = std::get_if<engine::Conflicted>(&recorded.input);
    // Before the step, which may be the one that begins the loser's next.
    std::vector<Decided> clashes;
    if (conflicted != nullptr) {
      for (const model::Conflict& conflict : conflicted->conflicts)
        clashes.push_back({conflict, scheduler.task(conflict.loser).attempt});
    }
    const engine::Step step = scheduler.handle(recorded.input, recorded.at);
    for (const model::RunEvent& event : step.events) {
      if (event.kind == model::RunEventKind::run_stopping) history.stopped = event.message;
    }
    for (Decided& clash : clashes) {
      const bool decided = std::any_of(step.events.begin(), step.events.end(), [&](const auto& event) {
        return event.kind == model::RunEventKind::conflict && event.task == clash.conflict.loser &&
               event.other == clash.conflict.winner;
      });
      if (decided) all.push_back(std::move(clash));
    }
  }));
  if (limit) history.budget = {*limit, scheduler.budget().booked()};
  const auto end = scheduler.finished();
  if (!end || end->state != model::RunState::stopped || end->stopped != engine::StopReason::cost)
    history.stopped.clear();
  for (const Decided& each : all)
    add(each.conflict, false, scheduler.task(each.conflict.loser).attempt > each.attempt);
  return history;
}

// Whether a rollback of this run is among the commits that were added to what it delivered.
Result<bool> is_rolled_back(const git::ObjectStore& objects, const std::string& run, ObjectId tip,
                            ObjectId delivered) {
  ObjectId at = tip;
  for (int seen = 0; at != delivered && seen < kMostCommits; ++seen) {
    FLEET_TRY(const git::Commit commit, objects.read_commit(at));
    if (git::trailer(commit.message, git::kRunTrailer) == run &&
        git::trailer(commit.message, git::kRevertsTrailer)) {
      return true;
    }
    if (commit.parents.empty() || !objects.contains(commit.parents.front())) break;
    at = commit.parents.front();
  }
  return false;
}

Result<> look_at_branch(const git::Repository& repository, const std::string& run,
                        model::DeliveryReport& report) {
  FLEET_TRY(const std::optional<ObjectId> tip, git::Refs(repository).read("refs/heads/" + report.branch));
  if (!tip) {
    report.standing = model::BranchStanding::gone;
  } else if (*tip == report.commit) {
    report.standing = model::BranchStanding::as_delivered;
  } else {
    report.tip = *tip;
    FLEET_TRY(const bool rolled_back, is_rolled_back(repository.objects(), run, *tip, report.commit));
    report.standing = rolled_back ? model::BranchStanding::rolled_back : model::BranchStanding::moved;
  }
  return {};
}

Result<model::DeliveryReport> delivery(const git::Repository& repository, const model::Plan& plan,
                                       const store::RunRow& run, const engine::Published& published) {
  model::DeliveryReport report;
  const ObjectId start = run.start;
  report.how = plan.settings.deliver.value;
  report.start = start;
  report.branch = published.branch;
  report.commit = published.commit;
  report.error = published.error;
  if (!report.branch.empty()) FLEET_CHECK(look_at_branch(repository, run.id, report));
  if (published.commit.is_none() || published.commit == start) return report;
  const git::ObjectStore& objects = repository.objects();
  if (!objects.contains(published.commit)) return report;  // a run that was imported without its objects
  FLEET_TRY(const ObjectId before, objects.tree_of(start));
  FLEET_TRY(const ObjectId after, objects.tree_of(published.commit));
  FLEET_TRY(const git::PatchStat stat, git::patch_stat(objects, before, after));
  report.files = stat.files;
  report.added = stat.added;
  report.removed = stat.removed;
  return report;
}

}  // namespace

namespace {

// An attempt that was interrupted is none: its number, and its place in the tables, are the next one's. What
// it cost is spent all the same.
void add_untold_cost(model::Report& report) {
  if (!report.budget) return;
  double told = 0;
  for (const model::TaskReport& task : report.tasks) {
    for (const model::AttemptReport& attempt : task.attempts) {
      if (attempt.outcome && attempt.outcome->agent) told += attempt.outcome->agent->cost.usd.value_or(0);
    }
  }
  const double untold = report.budget->booked - told;
  if (untold < 1e-6) return;
  report.notes.push_back(
      fmt::format("{} of what is spent, or may be, went to requests whose cost nobody told, and to attempts "
                  "that were interrupted; the agents' sums are without it",
                  model::describe_usd(untold)));
}

}  // namespace

bool is_judged(model::RunState state) {
  return state == model::RunState::finished || state == model::RunState::failed;
}

Result<model::Report> build_report(const Checkout& checkout, store::Reader& reader, const store::RunRow& run,
                                   const model::Plan& plan) {
  model::Report report;
  report.run = run.id;
  report.workflow = plan.workflow_name;
  report.workflow_path = plan.workflow_path;
  report.version = run.fleet_version;
  report.state = run.state;
  FLEET_TRY(report.cut_off, is_cut_off(checkout, reader, run));
  report.started = run.created;
  report.finished = run.updated;
  report.parallel = plan.settings.parallel.value;
  report.tasks = report::tasks_of(plan);

  FLEET_TRY(const std::vector<store::TaskRow> tasks, reader.tasks(run.id));
  for (const store::TaskRow& row : tasks) {
    if (row.index.value >= report.tasks.size()) continue;
    report.tasks[row.index.value].state = row.state;
    report.tasks[row.index.value].reason = row.reason;
  }
  std::unordered_map<std::string, std::size_t> place;
  for (std::size_t i = 0; i < report.tasks.size(); ++i)
    place[report.tasks[i].id] = i;
  FLEET_TRY(const std::vector<store::AttemptRow> attempts, reader.attempts(run.id));
  for (const store::AttemptRow& row : attempts) {
    const auto found = place.find(row.task_id);
    if (found == place.end()) continue;
    FLEET_TRY(model::AttemptReport attempt, report_of(row));
    if (attempt.outcome) {
      for (const std::string& note : attempt.outcome->notes)
        report.notes.push_back(row.task_id + ": " + note);
    }
    report.tasks[found->second].attempts.push_back(std::move(attempt));
  }
  FLEET_TRY(History history, read_history(reader, run.id, plan));
  report.conflicts = std::move(history.conflicts);
  report.resumed = history.resumed;
  report.budget = history.budget;
  add_untold_cost(report);
  if (!history.stopped.empty()) report.reasons.push_back(history.stopped);
  if (!history.published.error.empty()) report.reasons.push_back(history.published.error);
  FLEET_TRY(report.delivery, delivery(checkout.repository, plan, run, history.published));
  report::complete(report, plan);
  if (plan.gate && is_judged(run.state)) {
    FLEET_TRY(auto gate, kept_gate(checkout, run.id));
    if (gate) report::add_gate(report, *std::move(gate));
  }
  return report;
}

Result<report::HtmlExtras> html_extras(store::Reader& reader, const std::string& workflow,
                                       const model::AnalysisReport* analysis) {
  report::HtmlExtras extras{analysis, {}};
  FLEET_TRY(const std::vector<store::RunRow> runs, reader.runs());
  for (const store::RunRow& run : runs) {
    if (run.workflow == workflow)
      extras.runs.push_back({run.id, run.state, run.created, run.updated - run.created});
  }
  return extras;
}

Result<std::vector<std::string>> write_reports(const model::Report& report,
                                               const std::vector<model::ReportFormat>& formats,
                                               const report::HtmlExtras& extras,
                                               const std::filesystem::path& folder) {
  FLEET_CHECK(os::make_directories(folder));
  std::vector<std::string> files;
  for (const model::ReportFormat format : formats) {
    FLEET_TRY(const Format* known, find_format(format));
    files.push_back(folder / known->file);
    FLEET_CHECK(os::write_file_atomically(files.back(), known->render(report, extras)));
  }
  return files;
}

bool are_written(const model::Plan& plan, const std::filesystem::path& folder) {
  return std::all_of(plan.report_formats.begin(), plan.report_formats.end(), [&](model::ReportFormat format) {
    const auto known = find_format(format);
    return known && os::exists(folder / (*known)->file);
  });
}

}  // namespace fleet::app
