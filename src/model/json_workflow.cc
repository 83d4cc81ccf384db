#include "model/json_workflow.h"

#include <cmath>

namespace fleet::model {

std::string Fields<Rates>::wrong(const Rates& rates) {
  const auto is_bad = [](double rate) { return !std::isfinite(rate) || rate < 0; };
  const bool bad =
      is_bad(rates.input) || is_bad(rates.output) || is_bad(rates.cached_input) || is_bad(rates.cache_writes);
  return bad ? "a price cannot be negative" : "";
}

std::string Fields<Retry>::wrong(const Retry& retry) {
  return retry.times >= 0 && retry.factor >= 0 ? "" : "times and factor cannot be negative";
}

Json Codec<std::variant<std::string, std::vector<std::string>>>::write(
    const std::variant<std::string, std::vector<std::string>>& value) {
  return std::visit([](const auto& held) { return to_json(held); }, value);
}

bool Codec<std::variant<std::string, std::vector<std::string>>>::read(
    const Json& json, std::variant<std::string, std::vector<std::string>>& value, ReadFailure& failure) {
  if (json.is_array()) return Codec<std::vector<std::string>>::read(json, value.emplace<1>(), failure);
  return Codec<std::string>::read(json, value.emplace<0>(), failure);
}

template Json to_json(const Requirement&);
template Result<Requirement> from_json(const Json&, std::string_view);

}  // namespace fleet::model
