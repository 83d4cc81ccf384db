#include "model/json_attempt.h"

#include "model/name.h"

namespace fleet::model {

std::string Fields<Cost>::wrong(const Cost& cost) {
  return !cost.usd || *cost.usd >= 0 ? "" : "a cost cannot be negative";
}

std::string Fields<Outcome>::wrong(const Outcome& outcome) {
  const bool fine = outcome.log.empty() || is_safe_relative_path(outcome.log);
  return fine ? "" : "the log lies outside the run's folder";
}

// It may be ended by this number: 1 and negative ones would reach far more than one process.
std::string Fields<ProcessIdentity>::wrong(const ProcessIdentity& process) {
  return process.pid == 0 || process.pid > 1 ? "" : "no process of a run has this pid";
}

template Json to_json(const Usage&);
template Result<Usage> from_json(const Json&, std::string_view);
template Json to_json(const Outcome&);
template Result<Outcome> from_json(const Json&, std::string_view);
template Json to_json(const ProcessIdentity&);
template Result<ProcessIdentity> from_json(const Json&, std::string_view);
template Json to_json(const Conflict&);
template Result<Conflict> from_json(const Json&, std::string_view);
template Json to_json(const RunEvent&);
template Result<RunEvent> from_json(const Json&, std::string_view);

}  // namespace fleet::model
