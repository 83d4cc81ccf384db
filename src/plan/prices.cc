#include "plan/prices.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "base/enum_names.h"

namespace fleet::plan {

extern const std::string_view kPricesJson;

namespace {

using model::AgentKind;
using nlohmann::json;

// A price and the day it holds from.
using Dated = std::pair<TimePoint, model::Price>;
struct Entry {
  std::optional<std::uint64_t> context;
  std::optional<int> max_output;
  std::vector<Dated> prices;  // the newest first
};
// By provider and model.
using Table = std::map<std::pair<std::string, std::string>, Entry>;

// `2025-08-07`, and not `2025-99-99`.
std::optional<TimePoint> day_of(std::string_view text) {
  const auto day = base::parse_time(std::string(text) + "T00:00:00.000Z");
  return day && base::format_time(*day).starts_with(text) ? day : std::nullopt;
}

// What is not listed apart costs as much as what is simply read.
model::Rates rates_of(const json& listed) {
  model::Rates rates;
  rates.input = listed.at("input");
  rates.output = listed.at("output");
  rates.cached_input = listed.value("cached_input", rates.input);
  rates.cache_writes = listed.value("cache_writes", rates.input);
  return rates;
}

Table read_table() {
  Table table;
  for (const json& model : json::parse(kPricesJson)) {
    Entry entry;
    if (model.contains("context")) entry.context = model.at("context");
    if (model.contains("max_output")) entry.max_output = model.at("max_output");
    for (const json& listed : model.at("prices")) {
      const auto from =
          listed.contains("from") ? day_of(listed.at("from").get<std::string>()) : TimePoint::min();
      FLEET_ASSERT(from.has_value(), "prices.json has a date that is none");
      model::Price price{rates_of(listed), {}};
      if (const auto above = listed.find("above"); above != listed.end())
        price.when_long = {above->at("tokens"), rates_of(*above)};
      entry.prices.emplace_back(*from, price);
    }
    std::sort(entry.prices.begin(), entry.prices.end(),
              [](const Dated& left, const Dated& right) { return left.first > right.first; });
    for (const json& name : model.at("models"))
      table.emplace(std::pair(model.at("provider").get<std::string>(), name.get<std::string>()), entry);
  }
  return table;
}

const Table& table() {
  static const Table kTable = read_table();
  return kTable;
}

// Without the date at its end, if there is one.
std::string_view undated(std::string_view model) {
  const auto cut = [&](std::size_t length) { return model.substr(0, model.size() - length - 1); };
  const auto ends_in_date = [&](std::size_t length) {
    return model.size() > length + 1 && model[model.size() - length - 1] == '-';
  };
  if (ends_in_date(10) && day_of(model.substr(model.size() - 10))) return cut(10);
  if (ends_in_date(8)) {
    const std::string_view last = model.substr(model.size() - 8);
    if (day_of(fmt::format("{}-{}-{}", last.substr(0, 4), last.substr(4, 2), last.substr(6)))) return cut(8);
  }
  return model;
}

// Who is asked, and for which model: programs that serve several providers name both.
std::pair<std::string_view, std::string_view> asked(AgentKind kind, std::string_view model) {
  switch (kind) {
    case AgentKind::anthropic:
    case AgentKind::claude_code:
      return {"anthropic", model};
    case AgentKind::openai:
    case AgentKind::openai_responses:
    case AgentKind::codex:
      return {"openai", model};
    case AgentKind::gemini:
    case AgentKind::gemini_cli:
      return {"gemini", model};
    case AgentKind::xai:
    case AgentKind::grok:
      return {"xai", model};
    case AgentKind::mistral:
      return {"mistral", model};
    case AgentKind::opencode:
    case AgentKind::aider: {
      const std::size_t slash = model.find('/');
      if (slash == std::string_view::npos) return {};
      const std::string_view provider = model.substr(0, slash);
      return {provider == "google" ? "gemini" : provider, model.substr(slash + 1)};
    }
    case AgentKind::plugin:
      return {};
  }
  return {};
}

}  // namespace

ListedModel listed_model(AgentKind kind, std::string_view model, TimePoint when) {
  const auto [provider, name] = asked(kind, model);
  for (const std::string_view written : {name, undated(name)}) {
    const auto found = table().find(std::pair(std::string(provider), std::string(written)));
    if (found == table().end()) continue;
    const Entry& entry = found->second;
    const auto price = std::find_if(entry.prices.begin(), entry.prices.end(),
                                    [&](const Dated& dated) { return dated.first <= when; });
    return {entry.context, entry.max_output,
            price == entry.prices.end() ? std::nullopt : std::optional(price->second)};
  }
  return {};
}

void fill_in_listed(model::SingleAgent& agent, TimePoint when) {
  if (!agent.url.empty()) return;
  const ListedModel listed = listed_model(agent.use, agent.model, when);
  if (!agent.context) agent.context = listed.context;
  if (!agent.max_output) agent.max_output = listed.max_output;
  if (!agent.price) agent.price = listed.price;
}

std::optional<Unbounded> unbounded(const model::SingleAgent& agent) {
  switch (agent.use) {
    case AgentKind::anthropic:
    case AgentKind::openai:
    case AgentKind::openai_responses:
    case AgentKind::gemini:
    case AgentKind::xai:
    case AgentKind::mistral:
      if (agent.price && (agent.url.empty() || agent.max_output)) return std::nullopt;
      if (agent.price)
        return Unbounded{
            fmt::format("nobody knows how long an answer of `{}` at {} may be", agent.model, agent.url),
            "write its `max-output: 8000`, in tokens, or remove the limit"};
      return Unbounded{
          agent.url.empty()
              ? fmt::format("no list has the price of {}'s model `{}`", base::name_of(agent.use), agent.model)
              : fmt::format("nobody knows what `{}` costs at {}", agent.model, agent.url),
          "write its `price: {input: 3, output: 15}`, in USD per million tokens, or remove the limit"};
    default:
      return Unbounded{
          fmt::format("this build of fleet cannot stop {} in the middle of its work when the money is spent",
                      base::name_of(agent.use)),
          "remove the limit, or use a provider such as anthropic"};
  }
}

}  // namespace fleet::plan
