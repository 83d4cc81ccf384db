#include "base/size.h"
#include "workflow/names.h"
#include "workflow/parts.h"

namespace fleet::workflow {
namespace {

constexpr int kMostRetries = 100;
constexpr double kMostFactor = 100;
constexpr int kMostProcesses = 1'000'000;

const Key<model::Retry> kRetryKeys[] = {
    {"times", [](Reader& r, yaml::Node v,
                 model::Retry& retry) { retry.times = read_integer(r, v, 0, kMostRetries).value_or(0); }},
    {"backoff",
     [](Reader& r, yaml::Node v, model::Retry& retry) {
       retry.delays.clear();
       if (!v.is_sequence()) {
         retry.backoff = read_duration(r, v).value_or(retry.backoff);
         return;
       }
       for (const yaml::Node item : v.items()) {
         if (const auto delay = read_duration(r, item)) retry.delays.push_back(*delay);
       }
       if (v.empty()) r.problems.add(v, "the list of waits is empty", "write `backoff: [5s, 15s, 30s]`");
       if (retry.delays.size() > kMostRetries) {
         r.problems.add(v, fmt::format("there are more than {} waits", kMostRetries), "the last one repeats");
       }
     }},
    {"factor",
     [](Reader& r, yaml::Node v, model::Retry& retry) {
       retry.factor = read_number(r, v, 1, kMostFactor).value_or(retry.factor);
     }},
    {"max", [](Reader& r, yaml::Node v,
               model::Retry& retry) { retry.max = read_duration(r, v).value_or(retry.max); }},
    {"jitter",
     [](Reader& r, yaml::Node v, model::Retry& retry) {
       retry.jitter = read_word<model::Jitter>(r, v).value_or(retry.jitter);
     }},
};

// The built-in longest wait is no reason to cut the first one short; one that is written is an error.
void check_longest_wait(Reader& reader, yaml::Node node, model::Retry& retry) {
  if (!node.is_mapping() || retry.max >= retry.backoff) return;
  const auto max = find(node, "max");
  const auto backoff = find(node, "backoff");
  if (max && backoff && backoff->value.is_scalar()) {
    reader.problems.add(max->value, "`max` is shorter than the first wait",
                        fmt::format("write at least `max: {}`", base::format_duration(retry.backoff)));
  } else if (max) {
    retry.backoff = retry.max;
  } else {
    retry.max = retry.backoff;
  }
}

void read_sandbox_paths(Reader& reader, yaml::Node node, std::vector<std::string>& into) {
  into.clear();
  for (const yaml::Node item : read_list(reader, node, "a list of paths")) {
    const std::string_view path = item.text();
    note_expressions(reader, item, Scope::planning);
    if (!path.starts_with('/') && path != "~" && !path.starts_with("~/") && !has_expression(path)) {
      reader.problems.add(item, fmt::format("{} is not an absolute path", quote(path)),
                          "begin it with `/` or `~/`; the task's workspace is open to it anyway");
    }
    into.emplace_back(path);
  }
}

std::optional<std::uint64_t> read_size(Reader& reader, yaml::Node node) {
  constexpr std::string_view kExpected = "a size such as `512MB` or `2GB`";
  if (!expect_scalar(reader, node, kExpected)) return std::nullopt;
  const auto size = base::parse_size(node.text());
  if (size && *size > 0) return size;
  reader.problems.add(node, fmt::format("{} is not {}", quote(node.text()), kExpected),
                      "the units are B, KB, MB, GB and TB, of 1024 each");
  return std::nullopt;
}

const Key<model::SandboxSpec> kSandboxKeys[] = {
    {"mode",
     [](Reader& r, yaml::Node v, model::SandboxSpec& sandbox) {
       sandbox.mode = read_word<model::SandboxMode>(r, v).value_or(sandbox.mode);
     }},
    {"read",
     [](Reader& r, yaml::Node v, model::SandboxSpec& sandbox) { read_sandbox_paths(r, v, sandbox.read); }},
    {"write",
     [](Reader& r, yaml::Node v, model::SandboxSpec& sandbox) { read_sandbox_paths(r, v, sandbox.write); }},
    {"network",
     [](Reader& r, yaml::Node v, model::SandboxSpec& sandbox) {
       const std::string_view word = v.text();
       if (v.kind() == yaml::Kind::boolean) {
         sandbox.network = read_boolean(r, v).value_or(true);
       } else if (v.is_scalar() && (word == "on" || word == "off")) {
         sandbox.network = word == "on";
       } else if (expect_scalar(r, v, "on or off")) {
         r.problems.add(v, fmt::format("{} is not one of: on, off", quote(word)));
       }
     }},
    {"memory",
     [](Reader& r, yaml::Node v, model::SandboxSpec& sandbox) { sandbox.memory = read_size(r, v); }},
    {"file-size",
     [](Reader& r, yaml::Node v, model::SandboxSpec& sandbox) { sandbox.file_size = read_size(r, v); }},
    {"processes",
     [](Reader& r, yaml::Node v, model::SandboxSpec& sandbox) {
       if (const auto most = read_integer(r, v, 1, kMostProcesses)) {
         sandbox.processes = static_cast<std::uint64_t>(*most);
       }
     }},
};

}  // namespace

void read_retry(Reader& reader, yaml::Node node, std::optional<model::Retry>& into) {
  if (node.kind() == yaml::Kind::integer) {
    reader.problems.add(node, "`retry` is a mapping",
                        fmt::format("write `retry: {{times: {}}}`", node.text()));
    return;
  }
  const bool inherited = into.has_value();
  if (!into) into.emplace();
  const UnknownKeys unknown = read_keys(reader, node, "`retry`", kRetryKeys, *into);
  check_longest_wait(reader, node, *into);
  if (!node.is_mapping() || find(node, "times") || has_misspelt(unknown, "times")) return;
  const auto backoff = find(node, "backoff");
  if (backoff && backoff->value.is_sequence()) {
    into->times = static_cast<int>(into->delays.size());
  } else if (!inherited) {
    reader.problems.add(node, "`retry` does not say how often", "add `times: 3`");
  }
}

void read_sandbox(Reader& reader, yaml::Node node, std::optional<model::SandboxSpec>& into) {
  if (node.is_scalar()) {
    const bool is_mode = base::from_name<model::SandboxMode>(node.text()).has_value();
    const bool is_no = node.kind() == yaml::Kind::boolean && node.text()[0] != 't' && node.text()[0] != 'T';
    reader.problems.add(node, "`sandbox` is a mapping",
                        fmt::format("write `sandbox: {{mode: {}}}`", is_mode ? node.text()
                                                                     : is_no ? std::string_view("off")
                                                                             : "auto"));
    return;
  }
  if (!into) into.emplace();
  read_keys(reader, node, "`sandbox`", kSandboxKeys, *into);
  if (into->mode == model::SandboxMode::off && !into->network) {
    const auto mode = find(node, "mode");
    const auto network = find(node, "network");
    reader.problems.add(mode      ? mode->value
                        : network ? network->value
                                  : node,
                        "`network: off` is held by the sandbox, which `mode: off` switches off",
                        "leave `mode` out, or write `network: on`");
  }
}

std::map<std::string, std::string> read_environment(Reader& reader, yaml::Node node, Scope scope) {
  std::map<std::string, std::string> env;
  if (!expect_mapping(reader, node, "`env`", "write `{NAME: value}`")) return env;
  for (const yaml::Entry entry : node.entries()) {
    const bool named = check_environment_name(reader, entry.key);
    if (entry.value.is_null()) {
      reader.problems.add(entry.key, fmt::format("{} has no value", quote(entry.key.text())),
                          "for an empty one write `\"\"`");
      continue;
    }
    std::string value = read_value(reader, entry.value, scope);
    if (named) env.emplace(entry.key.text(), std::move(value));
  }
  return env;
}

}  // namespace fleet::workflow
