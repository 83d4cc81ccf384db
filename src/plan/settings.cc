#include "plan/settings.h"

#include <algorithm>

namespace fleet::plan {

using model::Origin;
using model::Setting;

namespace {

// Offers what was given, and nothing where nobody gave anything.
template <class T, class Given>
void offer(Setting<T>& setting, const std::optional<Given>& given, Origin from) {
  if (given) setting.offer(*given, from);
}

template <class T, class Given>
void offer_overrides(Setting<T>& setting, const PlanOptions& options,
                     std::optional<Given> Overrides::*field) {
  offer(setting, options.environment.*field, Origin::environment);
  offer(setting, options.command_line.*field, Origin::command_line);
}

}  // namespace

model::Settings settings(const model::Workflow& workflow, const PlanOptions& options) {
  const model::Limits& limits = workflow.limits;
  model::Settings out;

  out.parallel.value = std::max(options.cores, 1);
  offer(out.parallel, limits.parallel, Origin::workflow);
  offer_overrides(out.parallel, options, &Overrides::parallel);

  offer(out.duration, limits.duration, Origin::workflow);
  offer_overrides(out.duration, options, &Overrides::duration);

  offer(out.cost, limits.cost, Origin::workflow);
  offer_overrides(out.cost, options, &Overrides::cost);

  offer(out.stop_when_failed, limits.stop_when_failed, Origin::workflow);
  offer_overrides(out.stop_when_failed, options, &Overrides::stop_when_failed);

  offer(out.ask_when_failed, limits.ask_when_failed, Origin::workflow);
  offer_overrides(out.ask_when_failed, options, &Overrides::ask_when_failed);

  const auto written = [](model::Location at) { return at.line > 0 ? Origin::workflow : Origin::built_in; };
  out.conflicts.offer(workflow.conflicts, written(workflow.conflicts_at));
  offer_overrides(out.conflicts, options, &Overrides::conflicts);

  out.deliver.offer(workflow.deliver, written(workflow.deliver_at));
  offer_overrides(out.deliver, options, &Overrides::deliver);

  out.grace.value = kDefaultGrace;
  offer_overrides(out.grace, options, &Overrides::grace);
  return out;
}

void apply_defaults(const model::Workflow& workflow, const PlanOptions& options, model::PlannedTask& task) {
  const model::Defaults& defaults = workflow.defaults;
  model::TaskSpec& spec = task.spec;

  task.timeout.value = kDefaultTimeout;
  offer(task.timeout, spec.timeout ? spec.timeout : defaults.timeout, Origin::workflow);
  offer_overrides(task.timeout, options, &Overrides::timeout);
  spec.timeout = task.timeout.value;

  const bool retry_written = spec.retry || defaults.retry;
  if (!spec.retry) spec.retry = defaults.retry ? *defaults.retry : model::Retry{};
  task.retries.offer(spec.retry->times, retry_written ? Origin::workflow : Origin::built_in);
  offer_overrides(task.retries, options, &Overrides::retries);
  spec.retry->times = task.retries.value;

  if (!spec.sandbox) spec.sandbox = defaults.sandbox ? *defaults.sandbox : model::SandboxSpec{};
}

}  // namespace fleet::plan
