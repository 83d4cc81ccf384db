#include "terminal/plain_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/random.h"
#include "text/columns.h"
#include "text/utf8.h"
#include "text/workflow_commands.h"

namespace fleet::terminal {

using model::RunEventKind;

namespace {

constexpr std::size_t kWidestName = 32;
constexpr std::size_t kLongestText = 2000;  // columns of a line
constexpr std::size_t kMostOutput = 16 * 1024;
constexpr int kMostLines = 60;

std::string_view glyph(char sign, bool unicode) {
  if (!unicode)
    return sign == '>'   ? ">"
           : sign == '+' ? "+"
           : sign == 'x' ? "x"
           : sign == '~' ? "~"
           : sign == '-' ? "-"
                         : "!";
  switch (sign) {
    case '>':
      return "▸";
    case '+':
      return "✓";
    case 'x':
      return "✗";
    case '~':
      return "↻";
    case '-':
      return "–";
    default:
      return "!";
  }
}

// The last lines of the text.
std::string_view tail(std::string_view text) {
  while (!text.empty() && text.back() == '\n')
    text.remove_suffix(1);
  if (text.size() > kMostOutput) {
    text.remove_prefix(text.size() - kMostOutput);
    text.remove_prefix(std::min(text.find('\n') + 1, text.size()));
  }
  std::size_t begin = text.size();
  for (int lines = 0; lines < kMostLines && begin != std::string_view::npos && begin > 0; ++lines)
    begin = text.rfind('\n', begin - 1);
  return begin == std::string_view::npos || begin == 0 ? text : text.substr(begin + 1);
}

// None where its `if` could not be evaluated.
std::string after_attempts(int attempts) {
  if (attempts == 0) return {};
  return fmt::format(" after {} {}", attempts, attempts == 1 ? "attempt" : "attempts");
}

}  // namespace

PlainLog::PlainLog(Terminal& terminal, const model::Plan& plan, Options options)
    : terminal_(terminal), plan_(plan), options_(std::move(options)), seen_(plan.tasks.size()) {
  for (const model::PlannedTask& task : plan.tasks)
    name_width_ = std::max(name_width_, task.id.size());
  name_width_ = std::min(name_width_, kWidestName);
}

void PlainLog::recall(const model::RunEvent& event) {
  count(event);
}

void PlainLog::handle(const model::RunEvent& event) {
  if (!start_) start_ = event.at;
  count(event);
  const auto line = describe(event);
  if (!line || (options_.quiet && line->is_good_news)) return;
  const Look look = terminal_.look(options_.stream);
  write_line(event, *line, look);
  if (event.kind == RunEventKind::attempt_finished && event.verdict != model::Verdict::done)
    write_output(event, look);
}

void PlainLog::count(const model::RunEvent& event) {
  if (event.kind == RunEventKind::run_resumed) {
    for (Seen& seen : seen_)
      seen.attempt_started.reset();
  }
  if (event.task) count_task(event, seen_[event.task->value]);
}

void PlainLog::count_task(const model::RunEvent& event, Seen& seen) {
  switch (event.kind) {
    case RunEventKind::attempt_started:
      if (event.attempt > seen.attempts) seen.before += seen.took.value_or(Duration{});
      seen.attempts = event.attempt;
      seen.attempt_started = event.at;
      seen.took.reset();
      break;
    case RunEventKind::attempt_finished:
      if (seen.attempt_started) seen.took = std::max(event.at - *seen.attempt_started, Duration{});
      seen.attempt_started.reset();
      seen.last_reason = event.message;
      break;
    case RunEventKind::task_skipped:
      seen.skipped = true;
      [[fallthrough]];
    case RunEventKind::task_done:
    case RunEventKind::task_failed:
    case RunEventKind::task_cancelled:
      settle(seen, true);
      break;
    case RunEventKind::task_withdrawn:
      seen.skipped = false;
      settle(seen, false);
      break;
    default:
      break;
  }
}

void PlainLog::settle(Seen& seen, bool settled) {
  if (seen.settled == settled) return;
  seen.settled = settled;
  settled_ += settled ? 1 : std::size_t(-1);
}

std::optional<PlainLog::Line> PlainLog::describe(const model::RunEvent& event) const {
  const std::size_t tasks = plan_.tasks.size();
  switch (event.kind) {
    case RunEventKind::run_started:
      return Line{'>', Tone::strong,
                  fmt::format("started: {} {}, {} at once", tasks, tasks == 1 ? "task" : "tasks",
                              plan_.settings.parallel.value)};
    case RunEventKind::run_resumed:
      return Line{'>', Tone::strong, "resumed: what was done stays done"};
    case RunEventKind::run_stopping:
      return Line{'!', Tone::warning, "stopping: " + event.message, false};
    case RunEventKind::run_finished:
      return run_ended(event);
    default:
      break;
  }
  if (event.task) return describe_task(event, seen_[event.task->value]);
  if (event.kind == RunEventKind::task_asking)
    return Line{'!', Tone::warning, "asks: " + event.message, false};
  if (event.kind == RunEventKind::decided)
    return Line{'!', Tone::warning, "decided: " + event.message, false};
  return std::nullopt;
}

std::optional<PlainLog::Line> PlainLog::describe_task(const model::RunEvent& event, const Seen& seen) const {
  switch (event.kind) {
    case RunEventKind::attempt_started:
      return Line{
          '>', Tone::active,
          fmt::format("started{}{}", event.attempt > 1 ? fmt::format(", attempt {}", event.attempt) : "",
                      event.message.empty() ? "" : ", by " + event.message)};
    case RunEventKind::attempt_finished: {
      if (event.verdict == model::Verdict::done)
        return std::nullopt;  // its task says so, and with what, when it is integrated
      const std::string_view verdict = event.verdict ? base::name_of(*event.verdict) : "ended";
      return Line{
          'x', Tone::bad,
          fmt::format("{}{}{}{}", verdict, seen.took ? " after " + base::describe_duration(*seen.took) : "",
                      event.message.empty() ? "" : ": ", event.message),
          false};
    }
    case RunEventKind::task_backing_off: {
      const Duration wait = event.until ? std::max(*event.until - event.at, Duration{}) : Duration{};
      return Line{'~', Tone::warning, fmt::format("tries again in {}", base::describe_duration(wait)), false};
    }
    case RunEventKind::agent_paused:
      return Line{'~', Tone::warning, event.message, false};
    case RunEventKind::task_asking:
      return Line{'!', Tone::warning, "asks: " + event.message, false};
    case RunEventKind::task_done:
      return Line{'+', Tone::good,
                  fmt::format("done in {}{}{}{}{}",
                              base::describe_duration(seen.before + seen.took.value_or(Duration{})),
                              seen.attempts > 1 ? fmt::format(", {} attempts", seen.attempts) : "",
                              seen.last_reason.empty() ? "" : ": ", seen.last_reason, progress())};
    case RunEventKind::task_failed: {
      const std::string why =
          event.message == seen.last_reason || event.message.empty() ? "" : ": " + event.message;
      return Line{'x', Tone::bad,
                  fmt::format("failed for good{}{}{}", after_attempts(seen.attempts), why, progress()),
                  false};
    }
    case RunEventKind::task_skipped:
      return Line{'-', Tone::faint, "skipped: " + event.message + progress()};
    case RunEventKind::task_cancelled:
      return Line{'-', Tone::warning, "cancelled: " + event.message + progress(), false};
    case RunEventKind::task_withdrawn:
      // It runs again, fails, is skipped with what it stands on, or is as good as it was: other lines say so.
      return Line{'~', Tone::warning, event.message, false};
    case RunEventKind::conflict:
      return Line{'!', Tone::warning, "conflict: " + event.message, false};
    case RunEventKind::decided:
      return Line{'!', Tone::warning, "decided: " + event.message, false};
    default:
      return std::nullopt;
  }
}

PlainLog::Line PlainLog::run_ended(const model::RunEvent& event) const {
  if (event.message != "finished") return {'x', Tone::bad, event.message, false};
  const bool all_skipped =
      std::all_of(seen_.begin(), seen_.end(), [](const Seen& seen) { return seen.skipped; });
  if (!all_skipped) return {'+', Tone::good, event.message, false};
  return {'-', Tone::plain, event.message + ": nothing was done, all tasks were skipped", false};
}

std::string PlainLog::progress() const {
  return fmt::format("  ({}/{})", settled_, plan_.tasks.size());
}

void PlainLog::write_line(const model::RunEvent& event, const Line& line, const Look& look) {
  const auto charset = look.unicode ? text::Charset::unicode : text::Charset::ascii;
  const std::string_view name = event.task ? std::string_view(plan_.task(*event.task).id) : "run";
  const std::string elapsed = base::describe_duration(std::max(event.at - *start_, Duration{}));
  const std::string said = text::fit(line.text, kLongestText, charset);
  const Tone text_tone = line.tone == Tone::active ? Tone::faint
                         : line.tone == Tone::good ? Tone::plain
                                                   : line.tone;
  const std::string written =
      fmt::format("{}  {} {}  {}\n", toned(text::pad(elapsed, 7, text::Align::right), Tone::faint, look),
                  toned(glyph(line.sign, look.unicode), line.tone, look),
                  toned(text::pad(text::fit(name, name_width_, charset), name_width_),
                        event.task ? Tone::plain : Tone::strong, look),
                  toned(said, text_tone, look));
  terminal_.write(options_.stream, options_.in_ci ? text::defuse_commands(written) : written);
}

void PlainLog::write_output(const model::RunEvent& event, const Look& look) {
  if (!options_.outcome_of) return;
  const auto outcome = options_.outcome_of(*event.task, event.attempt);
  if (!outcome) return;
  const std::string& kept = outcome->output_tail.empty() ? outcome->output_head : outcome->output_tail;
  const std::string_view output = tail(kept);
  if (output.empty()) return;
  std::string shown;
  const std::size_t line_feeds = kept.size() - std::min(kept.size(), kept.find_last_not_of('\n') + 1);
  if (output.size() + line_feeds < outcome->output_size)
    shown += fmt::format("... the last of {} bytes; `fleet show {} {}` prints {}\n", outcome->output_size,
                         options_.run, text::printable(plan_.task(*event.task).id, text::Newlines::escape),
                         outcome->log.empty() ? "what is kept of it" : "all of it");
  shown += text::printable(output) + "\n";

  std::string block;
  const std::string_view bar = look.unicode ? "│" : "|";
  std::string_view rest = shown;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    block += fmt::format("         {}{}{}\n", toned(bar, Tone::faint, look), line.empty() ? "" : " ", line);
    rest.remove_prefix(end + 1);
  }
  if (options_.in_ci) block = text::defuse_commands(block);
  if (options_.github_actions) {
    const std::string token = base::random_hex(32);
    const std::string title =
        fmt::format("output of {}, attempt {}", text::printable(plan_.task(*event.task).id), event.attempt);
    block = fmt::format("{}\n::stop-commands::{}\n{}::{}::\n::endgroup::\n",
                        text::workflow_command("group", {}, title), token, block, token);
  }
  terminal_.write(options_.stream, block);
}

}  // namespace fleet::terminal
