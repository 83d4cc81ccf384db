#include "text/key_like.h"
#include "workflow/names.h"
#include "workflow/parts.h"

namespace fleet::workflow {
namespace {

constexpr int kMostTurns = 10'000;

enum class Reach { api, program, plugin };

Reach reach(model::AgentKind kind) {
  switch (kind) {
    case model::AgentKind::xai:
    case model::AgentKind::anthropic:
    case model::AgentKind::openai:
    case model::AgentKind::openai_responses:
    case model::AgentKind::gemini:
    case model::AgentKind::mistral:
      return Reach::api;
    case model::AgentKind::plugin:
      return Reach::plugin;
    default:
      return Reach::program;
  }
}

void read_key_name(Reader& reader, yaml::Node node, model::SingleAgent& agent) {
  if (!expect_scalar(reader, node, "the name of an environment variable")) return;
  if (text::may_be_api_key(node.text())) {
    reader.problems.add_secret(
        node,
        "this looks like a key itself, and `key` is the name of the environment variable that "
        "holds it",
        "write a name, such as `key: API_KEY`; if the key was ever committed, revoke it");
  } else if (check_is_name(reader, node) && check_environment_name(reader, node)) {
    agent.key = node.text();
  }
}

void read_url(Reader& reader, yaml::Node node, model::SingleAgent& agent) {
  agent.url = read_line(reader, node);
  const std::string_view url = agent.url;
  const bool http = url.starts_with("http://") || url.starts_with("https://");
  const std::string_view host = http ? url.substr(url.find("://") + 3) : "";
  if (host.empty() || host[0] == '/' || url.find_first_of(" \t") != std::string_view::npos) {
    reader.problems.add(node, fmt::format("{} is not an http or https URL", quote(url)),
                        "write, for instance, `http://localhost:11434/v1`");
  } else if (host.substr(0, host.find('/')).find('@') != std::string_view::npos) {
    reader.problems.add_secret(node, "a URL with a name or password in it", "give the key by `key`");
  }
}

std::vector<model::Text> read_members(Reader& reader, yaml::Node node) {
  std::vector<model::Text> members;
  const auto user = static_cast<std::uint32_t>(reader.workflow.agents.size());
  for (const yaml::Node item : read_list(reader, node, "a list of agents")) {
    reader.names.push_back({item, user, NameOf::agent});
    members.push_back(text_of(item));
  }
  if (members.empty() && node.is_sequence() && node.empty())
    reader.problems.add(node, "the list of agents is empty");
  return members;
}

template <class What>
What& as(model::AgentSpec& agent) {
  return std::get<What>(agent.what);
}
using model::AgentSpec;
using model::ChooseFrom;
using model::FirstOf;
using model::SingleAgent;

constexpr int kMostTokens = 100'000'000;
constexpr double kMostRate = 1e6;  // USD per million tokens

void read_parallel(Reader& reader, yaml::Node node, AgentSpec& agent) {
  agent.parallel = read_integer(reader, node, 1, kMostParallel);
}

void read_rate(Reader& reader, yaml::Node node, double& rate) {
  if (const auto read = read_number(reader, node, 0, kMostRate)) rate = *read;
}
const Key<model::Rates> kPriceKeys[] = {
    {"input", [](Reader& r, yaml::Node v, model::Rates& rates) { read_rate(r, v, rates.input); }},
    {"output", [](Reader& r, yaml::Node v, model::Rates& rates) { read_rate(r, v, rates.output); }},
    {"cached-input",
     [](Reader& r, yaml::Node v, model::Rates& rates) { read_rate(r, v, rates.cached_input); }},
    {"cache-writes",
     [](Reader& r, yaml::Node v, model::Rates& rates) { read_rate(r, v, rates.cache_writes); }},
};

// What is not told apart costs as much as what is simply read; to put it into a cache costs a quarter more,
// where it costs anything (Anthropic, OpenAI).
void read_price(Reader& reader, yaml::Node node, SingleAgent& agent) {
  if (!expect_mapping(reader, node, "a price",
                      "write `price: {input: 3, output: 15}`: USD per million tokens"))
    return;
  for (const std::string_view key : {"input", "output"}) {
    if (!find(node, key))
      reader.problems.add(node, fmt::format("a price needs `{}`", key),
                          "write `price: {input: 3, output: 15}`: USD per million tokens");
  }
  model::Rates rates;
  read_keys(reader, node, "a price", kPriceKeys, rates);
  if (!find(node, "cached-input")) rates.cached_input = rates.input;
  if (!find(node, "cache-writes")) rates.cache_writes = 1.25 * rates.input;
  agent.price = model::Price{rates, {}};
}

const Key<AgentSpec> kSingleKeys[] = {
    {"use",
     [](Reader& r, yaml::Node v, AgentSpec& agent) {
       if (const auto use = read_word<model::AgentKind>(r, v)) as<SingleAgent>(agent).use = *use;
     }},
    {"model",
     [](Reader& r, yaml::Node v, AgentSpec& agent) { as<SingleAgent>(agent).model = read_line(r, v); }},
    {"key", [](Reader& r, yaml::Node v, AgentSpec& agent) { read_key_name(r, v, as<SingleAgent>(agent)); }},
    {"url", [](Reader& r, yaml::Node v, AgentSpec& agent) { read_url(r, v, as<SingleAgent>(agent)); }},
    {"command",
     [](Reader& r, yaml::Node v, AgentSpec& agent) {
       if (!v.is_sequence() || v.empty()) {
         r.problems.add(v, "`command` is a list: the program and its arguments",
                        "write `command: [./tools/agent.py]`");
         return;
       }
       for (const yaml::Node item : v.items())
         as<SingleAgent>(agent).command.push_back(read_text(r, item));
     }},
    {"can",
     [](Reader& r, yaml::Node v, AgentSpec& agent) {
       for (const yaml::Node item : read_list(r, v, "a list of words"))
         as<SingleAgent>(agent).can.emplace_back(item.text());
     }},
    {"turns", [](Reader& r, yaml::Node v,
                 AgentSpec& agent) { as<SingleAgent>(agent).turns = read_integer(r, v, 1, kMostTurns); }},
    {"idle-timeout", [](Reader& r, yaml::Node v,
                        AgentSpec& agent) { as<SingleAgent>(agent).idle_timeout = read_duration(r, v); }},
    {"context",
     [](Reader& r, yaml::Node v, AgentSpec& agent) {
       as<SingleAgent>(agent).context = read_integer(r, v, 1'000, kMostTokens);
     }},
    {"max-output",
     [](Reader& r, yaml::Node v, AgentSpec& agent) {
       as<SingleAgent>(agent).max_output = read_integer(r, v, 100, kMostTokens);
     }},
    {"price", [](Reader& r, yaml::Node v, AgentSpec& agent) { read_price(r, v, as<SingleAgent>(agent)); }},
    {"parallel", read_parallel},
};

const Key<AgentSpec> kFirstOfKeys[] = {
    {"first-of",
     [](Reader& r, yaml::Node v, AgentSpec& agent) { as<FirstOf>(agent).agents = read_members(r, v); }},
    {"parallel", read_parallel},
};

const Key<AgentSpec> kChooseFromKeys[] = {
    {"choose-from",
     [](Reader& r, yaml::Node v, AgentSpec& agent) { as<ChooseFrom>(agent).agents = read_members(r, v); }},
    {"by",
     [](Reader& r, yaml::Node v, AgentSpec& agent) {
       as<ChooseFrom>(agent).by = v.text();
       if (expect_scalar(r, v, "a word") && v.text() != "record" && v.text() != "learned") {
         r.problems.add(v, fmt::format("{} is not one of: record, learned", quote(v.text())));
       }
     }},
    {"parallel", read_parallel},
};

// What only some kinds of agent have, or must have.
void check_single(Reader& reader, yaml::Entry entry, const SingleAgent& agent) {
  const Reach kind = reach(agent.use);
  const auto refuse = [&](std::string_view key, std::string_view suggestion) {
    const auto found = find(entry.value, key);
    if (!found) return;
    reader.problems.add(
        found->key, fmt::format("`{}` means nothing to an agent that uses {}", key, base::name_of(agent.use)),
        std::string(suggestion));
  };
  const auto demand = [&](std::string_view key, std::string_view suggestion) {
    if (find(entry.value, key)) return;
    reader.problems.add(entry.key,
                        fmt::format("an agent that uses {} needs `{}`", base::name_of(agent.use), key),
                        std::string(suggestion));
  };
  if (kind == Reach::api) {
    demand("model", "add `model: ...`, as the provider names it");
    refuse("command", "remove it; a program is an agent with `use: plugin`");
  }
  if (kind != Reach::api) {
    refuse("context", "remove it: the program keeps its own conversation");
    refuse("max-output", "remove it: the program keeps its own conversation");
  }
  if (kind == Reach::plugin) refuse("url", "remove it; a plugin takes arguments in its `command`");
  using model::AgentKind;
  if (agent.use == AgentKind::codex || agent.use == AgentKind::opencode || agent.use == AgentKind::aider)
    refuse("turns", "remove it: the program has no such bound; the task's `timeout` holds");
  if (agent.use == AgentKind::grok || agent.use == AgentKind::opencode || agent.use == AgentKind::aider)
    refuse("url", "remove it: the program cannot be told where its model is served");
  if (kind == Reach::plugin) demand("command", "add `command: [./tools/agent.py]`");
}

void read_agent(Reader& reader, yaml::Entry entry, AgentSpec& agent) {
  // Where it is not told what it uses, that is all there is to say of it: not that we could not honour it.
  agent.what.emplace<SingleAgent>().use = model::AgentKind::claude_code;
  if (!expect_mapping(reader, entry.value, "an agent")) return;
  constexpr std::string_view kKinds[] = {"use", "first-of", "choose-from"};
  std::vector<yaml::Entry> kinds;
  for (const std::string_view kind : kKinds) {
    if (const auto found = find(entry.value, kind)) kinds.push_back(*found);
  }
  if (kinds.size() > 1) {
    reader.problems.add(kinds[1].key, fmt::format("an agent has one of {}", fmt::join(kKinds, ", ")),
                        "keep one of them");
    return;
  }
  const std::string_view kind = kinds.empty() ? "use" : kinds[0].key.text();
  if (kind == "first-of") {
    agent.what = FirstOf{};
    read_keys(reader, entry.value, "an agent with `first-of`", kFirstOfKeys, agent);
  } else if (kind == "choose-from") {
    agent.what = ChooseFrom{{}, "record"};
    read_keys(reader, entry.value, "an agent with `choose-from`", kChooseFromKeys, agent);
  } else {
    const std::size_t before = reader.problems.count();
    read_keys(reader, entry.value, "an agent", kSingleKeys, agent);
    if (reader.problems.count() > before) return;  // more would be guesses
    if (kinds.empty()) {
      reader.problems.add(
          entry.key, fmt::format("the agent {} has none of {}", quote(agent.name), fmt::join(kKinds, ", ")),
          "say what it is: `use: claude-code`");
    } else {
      check_single(reader, entry, as<SingleAgent>(agent));
    }
  }
}

}  // namespace

void read_agents(Reader& reader, yaml::Node node, model::Workflow& into) {
  if (!expect_mapping(reader, node, "`agents`")) return;
  for (const yaml::Entry entry : node.entries()) {
    AgentSpec agent;
    agent.name = entry.key.text();
    agent.at = entry.key.at();
    check_id(reader, entry.key, "an agent");
    read_agent(reader, entry, agent);
    reader.agent_keys.push_back(entry.key);
    into.agents.push_back(std::move(agent));
  }
}

}  // namespace fleet::workflow
