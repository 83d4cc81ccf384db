#pragma once

#include <string>
#include <tuple>

#include "model/attempt.h"
#include "model/json_fields.h"
#include "model/run_event.h"

// The fields of what happens to a run. Include it to give JSON to a struct that holds one of these; to write
// and read them alone, model/json.h is enough.
namespace fleet::model {

template <>
struct Fields<Usage> {
  static constexpr auto list =
      std::tuple{field("wall", &Usage::wall), field("user_cpu", &Usage::user_cpu),
                 field("system_cpu", &Usage::system_cpu), field("peak_memory", &Usage::peak_memory)};
};

template <>
struct Fields<Tokens> {
  static constexpr auto list =
      std::tuple{field("input", &Tokens::input), field("cached_input", &Tokens::cached_input),
                 field("cache_writes", &Tokens::cache_writes), field("output", &Tokens::output)};
};

template <>
struct Fields<Cost> {
  static constexpr auto list = std::tuple{field("tokens", &Cost::tokens), field("usd", &Cost::usd)};
  static std::string wrong(const Cost& cost);
};

template <>
struct Fields<AgentUse> {
  static constexpr auto list =
      std::tuple{field("agent", &AgentUse::agent),         field("model", &AgentUse::model),
                 field("session", &AgentUse::session),     field("turns", &AgentUse::turns),
                 field("failure", &AgentUse::failure),     field("retry_after", &AgentUse::retry_after),
                 field("can_go_on", &AgentUse::can_go_on), field("cost", &AgentUse::cost)};
};

template <>
struct Fields<ProgramEnd> {
  static constexpr auto list =
      std::tuple{field("command", &ProgramEnd::command), field("exit_status", &ProgramEnd::exit_status),
                 field("signal", &ProgramEnd::signal)};
};

template <>
struct Fields<Outcome> {
  static constexpr auto list = std::tuple{field("verdict", &Outcome::verdict),
                                          field("reason", &Outcome::reason),
                                          field("feedback", &Outcome::feedback),
                                          field("summary", &Outcome::summary),
                                          field("base", &Outcome::base),
                                          field("snapshot", &Outcome::snapshot),
                                          field("changes", &Outcome::changes),
                                          field("paths", &Outcome::paths),
                                          field("outputs", &Outcome::outputs),
                                          field("key", &Outcome::key),
                                          field("rollback_due", &Outcome::rollback_due),
                                          field("programs", &Outcome::programs),
                                          field("output_head", &Outcome::output_head),
                                          field("output_tail", &Outcome::output_tail),
                                          field("output_size", &Outcome::output_size),
                                          field("log", &Outcome::log),
                                          field("notes", &Outcome::notes),
                                          field("usage", &Outcome::usage),
                                          field("agent", &Outcome::agent)};
  static std::string wrong(const Outcome& outcome);
};

template <>
struct Fields<ProcessIdentity> {
  static constexpr auto list =
      std::tuple{field("pid", &ProcessIdentity::pid), field("start_time", &ProcessIdentity::start_time)};
  static std::string wrong(const ProcessIdentity& process);
};

template <>
struct Fields<Conflict> {
  static constexpr auto list =
      std::tuple{field("loser", &Conflict::loser), field("winner", &Conflict::winner),
                 field("paths", &Conflict::paths), field("unmergeable", &Conflict::unmergeable)};
};

template <>
struct Fields<RunEvent> {
  static constexpr auto list =
      std::tuple{field("sequence", &RunEvent::sequence), field("at", &RunEvent::at),
                 field("kind", &RunEvent::kind),         field("task", &RunEvent::task),
                 field("attempt", &RunEvent::attempt),   field("verdict", &RunEvent::verdict),
                 field("message", &RunEvent::message),   field("other", &RunEvent::other),
                 field("until", &RunEvent::until)};
};

}  // namespace fleet::model
