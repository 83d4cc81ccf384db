#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "plan/render.h"
#include "text/columns.h"
#include "text/utf8.h"

// `fleet plan` for a terminal.
namespace fleet::plan {

namespace {

constexpr std::size_t kMaxIndent = 12;  // levels; a deeper tree shows its lowest ones
constexpr std::size_t kMaxConflictLines = 20;
constexpr std::size_t kMaxCell = 60;  // columns

struct Glyphs {
  std::string_view branch, last, through, blank, deeper, dot, critical;
};
constexpr Glyphs kUnicode{"├─ ", "└─ ", "│  ", "   ", "… ", " · ", "●"};
constexpr Glyphs kAscii{"|- ", "`- ", "|  ", "   ", "~ ", " - ", "*"};

class Tree {
 public:
  Tree(const model::Plan& plan, const TreeStyle& style)
      : plan_(plan),
        style_(style),
        glyphs_(style.unicode ? kUnicode : kAscii),
        charset_(style.unicode ? text::Charset::unicode : text::Charset::ascii),
        width_(static_cast<std::size_t>(std::max(style.width, 40))) {}

  std::string draw() {
    head();
    tasks();
    conflicts();
    requirements();
    settings();
    for (const std::string& note : plan_.notes)
      out_ += "\n" + style("33", "note: ") + cell(note, width_ - 6) + "\n";
    return std::move(out_);
  }

 private:
  struct Row {
    TaskIndex task;
    std::string branch;  // what is drawn before its name
    std::vector<TaskIndex> other_needs;
  };

  [[nodiscard]] std::string cell(std::string_view text, std::size_t width = 0) const {
    return text::fit(text, width == 0 ? width_ : width, charset_);
  }
  [[nodiscard]] std::string style(std::string_view code, std::string_view text) const {
    return style_.colour && !text.empty() ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
  }
  void heading(std::string_view text) { out_ += "\n" + style("1", text) + "\n"; }

  [[nodiscard]] Duration end_of(TaskIndex task) const {
    const model::PlannedTask& planned = plan_.task(task);
    const Duration start = plan_.forecast.critical_path - planned.remaining - planned.slack;
    return start + planned.forecast.value_or(plan_.forecast.unit);
  }

  void head();
  void tasks();
  [[nodiscard]] std::vector<Row> rows() const;
  [[nodiscard]] std::string notes_of(const Row& row) const;
  void conflicts();
  void requirements();
  void settings();
  void setting(std::string_view name, std::string_view value, std::string_view origin);

  const model::Plan& plan_;
  const TreeStyle& style_;
  const Glyphs& glyphs_;
  text::Charset charset_;
  std::size_t width_;
  std::string out_;
};

std::string_view spoken(model::Origin origin) {
  switch (origin) {
    case model::Origin::built_in:
      return "built in";
    case model::Origin::workflow:
      return "workflow file";
    case model::Origin::environment:
      return "environment";
    case model::Origin::command_line:
      return "command line";
  }
  return "";
}

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string percent(double share) {
  return fmt::format("{:g}%", share * 100);
}

void Tree::head() {
  const std::string name = cell(plan_.workflow_name);
  out_ += style("1", name);
  const std::size_t used = text::display_width(name) + 2;
  if (plan_.workflow_path != plan_.workflow_name && used + 8 < width_)
    out_ += "  " + style("2", cell(plan_.workflow_path, width_ - used));
  out_ += fmt::format("\n{} in {}, {} at once\n", counted(plan_.tasks.size(), "task"),
                      counted(plan_.levels, "level"), plan_.settings.parallel.value);
  if (!plan_.forecast.duration) return;
  out_ += fmt::format("about {}{}longest chain {}", base::describe_duration(*plan_.forecast.duration),
                      glyphs_.dot, base::describe_duration(plan_.forecast.critical_path));
  if (plan_.forecast.from_history < plan_.tasks.size())
    out_ += fmt::format("{}{} of {} known", glyphs_.dot, plan_.forecast.from_history, plan_.tasks.size());
  out_ += "\n";
}

// Depth first from the tasks that need nothing, with the calls as a vector.
std::vector<Tree::Row> Tree::rows() const {
  const auto size = static_cast<std::uint32_t>(plan_.tasks.size());
  std::vector<std::vector<TaskIndex>> children(size);
  std::vector<TaskIndex> roots;
  std::vector<TaskIndex> parent(size);
  for (std::uint32_t task = 0; task < size; ++task) {
    const auto needs = plan_.graph.needs({task});
    if (needs.empty()) {
      roots.push_back({task});
      continue;
    }
    parent[task] = *std::max_element(needs.begin(), needs.end(), [this](TaskIndex left, TaskIndex right) {
      return end_of(left) < end_of(right);
    });
    children[parent[task].value].push_back({task});
  }
  struct Visit {
    TaskIndex task;
    std::size_t depth;
    bool is_last;
  };
  std::vector<Visit> stack;
  for (auto root = roots.rbegin(); root != roots.rend(); ++root)
    stack.push_back({*root, 0, true});
  std::vector<bool> last_at;  // of the tasks on the way to the one that is visited, but the root
  std::vector<Row> rows;
  while (!stack.empty()) {
    const Visit visit = stack.back();
    stack.pop_back();
    Row row{visit.task, "", {}};
    if (visit.depth > 0) {
      last_at.resize(visit.depth - 1);
      const std::size_t from = visit.depth > kMaxIndent ? visit.depth - kMaxIndent : 0;
      if (from > 0) row.branch += glyphs_.deeper;
      for (std::size_t i = from; i < visit.depth - 1; ++i)
        row.branch += last_at[i] ? glyphs_.blank : glyphs_.through;
      row.branch += visit.is_last ? glyphs_.last : glyphs_.branch;
      last_at.push_back(visit.is_last);
      for (const TaskIndex need : plan_.graph.needs(visit.task)) {
        if (need != parent[visit.task.value]) row.other_needs.push_back(need);
      }
    }
    const auto& below = children[visit.task.value];
    for (auto child = below.rbegin(); child != below.rend(); ++child)
      stack.push_back({*child, visit.depth + 1, child == below.rbegin()});
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string Tree::notes_of(const Row& row) const {
  const model::PlannedTask& task = plan_.task(row.task);
  std::vector<std::string> notes;
  if (task.spec.priority != model::Priority::normal)
    notes.push_back(fmt::format("{} priority", base::name_of(task.spec.priority)));
  if (!row.other_needs.empty()) {
    constexpr std::size_t kShown = 4;
    std::string text = "also needs ";
    for (std::size_t i = 0; i < std::min(row.other_needs.size(), kShown); ++i)
      text += (i == 0 ? "" : ", ") + plan_.task(row.other_needs[i]).id;
    if (row.other_needs.size() > kShown) text += fmt::format(" and {} more", row.other_needs.size() - kShown);
    notes.push_back(std::move(text));
  }
  if (task.spec.condition) notes.push_back("if " + task.spec.condition->value);
  if (!task.spec.name.empty()) notes.insert(notes.begin(), task.title);
  return fmt::format("{}", fmt::join(notes, "; "));
}

void Tree::tasks() {
  const std::vector<Row> all = rows();
  const bool has_times = plan_.forecast.from_history > 0;
  std::size_t name_width = 4;
  for (const Row& row : all)
    name_width = std::max(name_width, text::display_width(row.branch) + plan_.task(row.task).id.size());
  name_width = std::min({name_width, kMaxCell, width_ / 2});
  const std::size_t used = 2 + name_width + 2 + 7 + (has_times ? 2 + 7 : 0) + 2;
  out_ += "\n";
  for (const Row& row : all) {
    const model::PlannedTask& task = plan_.task(row.task);
    const std::size_t branch = text::display_width(row.branch);
    const std::string name = cell(
        task.id, name_width > branch + 8 ? name_width - branch : std::min<std::size_t>(8, task.id.size()));
    std::string line = (task.critical ? style("33", glyphs_.critical) : " ") + " ";
    line += style("2", row.branch) + (task.critical ? style("1", name) : name);
    line += text::pad("", name_width - std::min(name_width, branch + text::display_width(name)));
    line += "  " + style("36", text::pad(model::kind_of(task.spec), 7));
    if (has_times)
      line += "  " +
              text::pad(task.forecast ? base::describe_duration(*task.forecast) : "?", 7, text::Align::right);
    const std::string notes = notes_of(row);
    if (!notes.empty() && width_ > used + 8) line += "  " + style("2", cell(notes, width_ - used));
    while (!line.empty() && line.back() == ' ')
      line.pop_back();
    out_ += line + "\n";
  }
  if (!all.empty()) out_ += fmt::format("\n{} on the longest chain\n", style("33", glyphs_.critical));
}

void Tree::conflicts() {
  if (plan_.conflicts.empty()) return;
  heading("Conflicts ahead");
  out_ += "No need orders these tasks, and both may change the path:\n";
  const std::size_t shown = std::min(plan_.conflicts.size(), kMaxConflictLines);
  std::size_t first_width = 0, second_width = 0;
  for (std::size_t i = 0; i < shown; ++i) {
    first_width = std::max(first_width, plan_.task(plan_.conflicts[i].first).id.size());
    second_width = std::max(second_width, plan_.task(plan_.conflicts[i].second).id.size());
  }
  first_width = std::min(first_width, width_ / 3);
  second_width = std::min(second_width, width_ / 3);
  for (std::size_t i = 0; i < shown; ++i) {
    const model::ForeseenConflict& conflict = plan_.conflicts[i];
    const std::size_t used = 2 + first_width + 2 + second_width + 2;
    out_ += fmt::format("  {}  {}  {}\n",
                        text::pad(cell(plan_.task(conflict.first).id, first_width), first_width),
                        text::pad(cell(plan_.task(conflict.second).id, second_width), second_width),
                        style("31", cell(conflict.path.empty() ? "(may overlap)" : conflict.path,
                                         width_ > used + 10 ? width_ - used : 10)));
  }
  if (plan_.conflicts.size() > shown)
    out_ += fmt::format("  and {} more (--format json shows them)\n", plan_.conflicts.size() - shown);
}

void Tree::requirements() {
  std::unordered_set<std::string_view> implemented;
  for (const model::PlannedTask& task : plan_.tasks) {
    for (const model::Text& id : task.spec.implements)
      implemented.insert(id.value);
  }
  std::vector<std::string_view> without;
  for (const model::Requirement& requirement : plan_.requirements) {
    if (implemented.count(requirement.id) == 0) without.push_back(requirement.id);
  }
  if (without.empty()) return;
  heading("Requirements that no task implements");
  out_ += cell(fmt::format("  {}", fmt::join(without, ", "))) + "\n";
}

void Tree::setting(std::string_view name, std::string_view value, std::string_view origin) {
  out_ += fmt::format("  {}  {}  {}\n", text::pad(name, 16), text::pad(value, 12), style("2", origin));
}

void Tree::settings() {
  heading("Settings");
  const model::Settings& all = plan_.settings;
  setting("parallel", std::to_string(all.parallel.value), spoken(all.parallel.origin));
  if (all.duration.value)
    setting("duration", base::format_duration(*all.duration.value), spoken(all.duration.origin));
  if (all.cost.value) setting("cost", fmt::format("{:.2f} USD", *all.cost.value), spoken(all.cost.origin));
  if (all.stop_when_failed.value)
    setting("stop-when-failed", percent(*all.stop_when_failed.value), spoken(all.stop_when_failed.origin));
  if (all.ask_when_failed.value)
    setting("ask-when-failed",
            fmt::format("{}, else {}", percent(all.ask_when_failed.value->share),
                        base::name_of(all.ask_when_failed.value->otherwise)),
            spoken(all.ask_when_failed.origin));
  setting("conflicts", base::name_of(all.conflicts.value), spoken(all.conflicts.origin));
  setting("deliver", base::name_of(all.deliver.value), spoken(all.deliver.origin));
  setting("grace", base::format_duration(all.grace.value), spoken(all.grace.origin));
  if (plan_.tasks.empty()) return;
  const auto by_timeout = [](const model::PlannedTask& left, const model::PlannedTask& right) {
    return left.timeout.value < right.timeout.value;
  };
  const auto [least, most] = std::minmax_element(plan_.tasks.begin(), plan_.tasks.end(), by_timeout);
  if (least->timeout.value == most->timeout.value) {
    setting("task timeout", base::format_duration(least->timeout.value), spoken(least->timeout.origin));
  } else {
    setting("task timeout",
            base::format_duration(least->timeout.value) + " to " + base::format_duration(most->timeout.value),
            "by task");
  }
}

}  // namespace

std::string to_tree(const model::Plan& plan, const TreeStyle& style) {
  return Tree(plan, style).draw();
}

}  // namespace fleet::plan
