#pragma once

#include <array>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

#include "model/json_fields.h"
#include "model/workflow.h"

// The fields of what a user wrote, as far as a plan freezes it.
namespace fleet::model {

template <>
struct Fields<Text> {
  static constexpr auto list = std::tuple{field("value", &Text::value), field("at", &Text::at)};
};

template <>
struct Fields<Requirement> {
  static constexpr auto list =
      std::tuple{field("id", &Requirement::id), field("text", &Requirement::text),
                 field("priority", &Requirement::priority), field("at", &Requirement::at)};
};

template <>
struct Fields<LicensePolicy> {
  static constexpr auto list =
      std::tuple{field("allow", &LicensePolicy::allow), field("deny", &LicensePolicy::deny),
                 field("unknown", &LicensePolicy::unknown)};
};

template <>
struct Fields<Gate> {
  static constexpr auto list = std::tuple{field("new_findings", &Gate::new_findings),
                                          field("allow", &Gate::allow),
                                          field("complexity", &Gate::complexity),
                                          field("score", &Gate::score),
                                          field("advisories", &Gate::advisories),
                                          field("licenses", &Gate::licenses),
                                          field("at", &Gate::at)};
};

template <>
struct Fields<Retry> {
  static constexpr auto list = std::tuple{field("times", &Retry::times),     field("delays", &Retry::delays),
                                          field("backoff", &Retry::backoff), field("factor", &Retry::factor),
                                          field("max", &Retry::max),         field("jitter", &Retry::jitter)};
  static std::string wrong(const Retry& retry);
};

template <>
struct Fields<AskWhenFailed> {
  static constexpr auto list =
      std::tuple{field("share", &AskWhenFailed::share), field("otherwise", &AskWhenFailed::otherwise)};
};

// A string is a line for the shell, a list an argv: as in the workflow file.
template <>
struct Codec<std::variant<std::string, std::vector<std::string>>> {
  static constexpr bool kLeaveOut = false;
  static Json write(const std::variant<std::string, std::vector<std::string>>& value);
  static bool read(const Json& json, std::variant<std::string, std::vector<std::string>>& value,
                   ReadFailure& failure);
};

template <>
struct Fields<Command> {
  static constexpr auto list = std::tuple{field("line", &Command::line), field("at", &Command::at)};
};

template <>
struct Fields<Codemod> {
  static constexpr auto list =
      std::tuple{field("language", &Codemod::language), field("find", &Codemod::find),
                 field("replace", &Codemod::replace),   field("regex", &Codemod::regex),
                 field("paths", &Codemod::paths),       field("at", &Codemod::at)};
};

template <>
struct Fields<Prompt> {
  static constexpr auto list =
      std::tuple{field("agent", &Prompt::agent), field("text", &Prompt::text), field("at", &Prompt::at)};
};

template <>
struct Fields<Rates> {
  static constexpr auto list =
      std::tuple{field("input", &Rates::input), field("output", &Rates::output),
                 field("cached_input", &Rates::cached_input), field("cache_writes", &Rates::cache_writes)};
  static std::string wrong(const Rates& rates);
};

template <>
struct Fields<LongRates> {
  static constexpr auto list =
      std::tuple{field("above", &LongRates::above), field("rates", &LongRates::rates)};
};

template <>
struct Fields<Price> {
  static constexpr auto list =
      std::tuple{field("rates", &Price::rates), field("when_long", &Price::when_long)};
};

template <>
struct Fields<SingleAgent> {
  static constexpr auto list =
      std::tuple{field("use", &SingleAgent::use),         field("model", &SingleAgent::model),
                 field("key", &SingleAgent::key),         field("url", &SingleAgent::url),
                 field("command", &SingleAgent::command), field("can", &SingleAgent::can),
                 field("turns", &SingleAgent::turns),     field("idle_timeout", &SingleAgent::idle_timeout),
                 field("context", &SingleAgent::context), field("max_output", &SingleAgent::max_output),
                 field("price", &SingleAgent::price)};
};

template <>
struct Alternatives<std::variant<Command, Codemod, Prompt>> {
  static constexpr std::array<std::string_view, 3> names{"run", "codemod", "prompt"};
};

template <>
struct Fields<SandboxSpec> {
  static constexpr auto list =
      std::tuple{field("mode", &SandboxSpec::mode),          field("read", &SandboxSpec::read),
                 field("write", &SandboxSpec::write),        field("network", &SandboxSpec::network),
                 field("memory", &SandboxSpec::memory),      field("file_size", &SandboxSpec::file_size),
                 field("processes", &SandboxSpec::processes)};
};

template <>
struct Fields<TaskSpec> {
  static constexpr auto list = std::tuple{field("id", &TaskSpec::id),
                                          field("name", &TaskSpec::name),
                                          field("description", &TaskSpec::description),
                                          field("at", &TaskSpec::at),
                                          field("work", &TaskSpec::work),
                                          field("checks", &TaskSpec::checks),
                                          field("rollback", &TaskSpec::rollback),
                                          field("reads", &TaskSpec::reads),
                                          field("writes", &TaskSpec::writes),
                                          field("expect", &TaskSpec::expect),
                                          field("keep", &TaskSpec::keep),
                                          field("once", &TaskSpec::once),
                                          field("priority", &TaskSpec::priority),
                                          field("timeout", &TaskSpec::timeout),
                                          field("retry", &TaskSpec::retry),
                                          field("env", &TaskSpec::env),
                                          field("secrets", &TaskSpec::secrets),
                                          field("sandbox", &TaskSpec::sandbox),
                                          field("outputs", &TaskSpec::outputs),
                                          field("implements", &TaskSpec::implements),
                                          field("condition", &TaskSpec::condition),
                                          field("matrix", &TaskSpec::matrix)};
};

}  // namespace fleet::model
