#include "engine/durability.h"

namespace fleet::engine {

bool must_be_durable(const model::Plan& plan, const Input& input) {
  if (const auto* finished = std::get_if<AttemptFinished>(&input)) {
    return !finished->outcome.snapshot.is_none() || plan.task(finished->task).spec.once;
  }
  return std::holds_alternative<Decided>(input) || std::holds_alternative<CancelRequested>(input);
}

bool must_be_durable(const model::Plan& plan, const Action& action) {
  // Money that may be spent is on record before it is, with all that made room for it.
  if (std::holds_alternative<GrantCall>(action)) return true;
  const auto* start = std::get_if<StartAttempt>(&action);
  if (start == nullptr) return false;
  const model::TaskSpec& spec = plan.task(start->task).spec;
  return spec.once || spec.rollback.has_value();
}

}  // namespace fleet::engine
