#include "workflow/unsupported.h"

#include <fmt/format.h>

#include <string>
#include <variant>

#include "base/enum_names.h"

namespace fleet::workflow {

model::Diagnostics unsupported(const model::Workflow& workflow) {
  model::Diagnostics found;
  const auto add = [&](model::Location at, std::string_view written, std::string what,
                       std::string suggestion) {
    found.push_back({workflow.path, at, static_cast<int>(written.size()),
                     fmt::format("this build of fleet cannot honour {} yet", what), std::move(suggestion)});
  };
  if (workflow.limits.cost) add(workflow.limits.cost_at, " ", "a limit on cost", "remove `cost`");
  for (const model::TaskSpec& task : workflow.tasks) {
    const auto* prompt = std::get_if<model::Prompt>(&task.work);
    if (prompt) add(prompt->at, "agent", "tasks of agents", "use `run` or `codemod`");
  }
  if (workflow.conflicts == model::ConflictStrategy::agent ||
      workflow.conflicts == model::ConflictStrategy::adaptive) {
    const std::string_view strategy = base::name_of(workflow.conflicts);
    add(workflow.conflicts_at, strategy, fmt::format("the conflict strategy `{}`", strategy),
        "use `fail`, `priority` or `queue`");
  }
  if (workflow.deliver == model::Delivery::pull_request || workflow.deliver == model::Delivery::patch) {
    const std::string_view delivery = base::name_of(workflow.deliver);
    add(workflow.deliver_at, delivery, fmt::format("`deliver: {}`", delivery), "use `branch` or `none`");
  }
  if (workflow.report.comment != model::CommentStyle::off) {
    const std::string_view comment = base::name_of(workflow.report.comment);
    add(workflow.report.comment_at, comment, "comments on pull requests",
        "use `comment: off`, or leave it out");
  }
  for (const model::ReportFormat format : workflow.report.formats) {
    if (format == model::ReportFormat::json || format == model::ReportFormat::markdown) continue;
    add(workflow.report.formats_at, " ", fmt::format("the report format `{}`", base::name_of(format)),
        "use `json` and `markdown`");
  }
  return found;
}

}  // namespace fleet::workflow
