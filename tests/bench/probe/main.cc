#include <fmt/format.h>

#include <cstring>
#include <fstream>
#include <sstream>
#include <string_view>

#include "bench/probe/probe.h"

namespace fleet::bench {
namespace {

struct Named {
  std::string_view name;
  Figures (*probe)(Arguments&);
  std::string_view arguments;
};

constexpr Named kProbes[] = {
    {"process", probe_process, "FOLDER PROGRAM [ARGUMENT ...]"},
    {"scheduler", probe_scheduler, "TASKS independent|chain|five"},
    {"driver", probe_driver, "TASKS PARALLEL FOLDER"},
    {"order", probe_order, "GRAPHS TASKS"},
    {"plan", probe_plan, "TASKS NEEDS"},
    {"yaml", probe_yaml, "read|load|events FILE"},
    {"secrets", probe_secrets, "ours|set|keywords FILE"},
    {"spawn", probe_spawn, "ours|fork|posix_spawn|vfork MEGABYTES TIMES"},
    {"spawn-all", probe_spawn_all, "TASKS PARALLEL"},
    {"journal", probe_journal, "ours|sqlite alone|batches|full TRANSITIONS FOLDER"},
    {"workspace", probe_workspace, "REPOSITORY POOL FROM TO TIMES"},
    {"overlay", probe_overlay, "REPOSITORY POOL FROM TO TIMES"},
    {"commit", probe_commit, "REPOSITORY FROM PATHS"},
    {"merge", probe_merge, "REPOSITORY START ONE OTHER"},
    {"write-files", probe_write_files, "FOLDER FILES BYTES THREADS"},
    {"stat-files", probe_stat_files, "FOLDER THREADS"},
};

double status_line(std::string_view name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(name)) return 1024 * std::strtod(line.c_str() + name.size(), nullptr);
  }
  give_up(fmt::format("/proc/self/status has no {}", name));
}

}  // namespace

std::string Arguments::text() {
  if (empty()) give_up("an argument is missing");
  return words_[next_++];
}

std::int64_t Arguments::number() {
  const std::string word = text();
  char* end = nullptr;
  const std::int64_t value = std::strtoll(word.c_str(), &end, 10);
  if (word.empty() || *end != '\0') give_up(word + " is no number");
  return value;
}

void give_up(const std::string& why) {
  fmt::print(stderr, "bench_probe: {}\n", why);
  std::exit(1);
}

double peak_memory() {
  return status_line("VmHWM:");
}

MemoryGrowth::MemoryGrowth() : before_(status_line("VmRSS:")) {}

double MemoryGrowth::bytes() const {
  return peak_memory() - before_;
}

int run(const std::vector<std::string>& words) {
  for (const Named& named : kProbes) {
    if (words.empty() || named.name != words[0]) continue;
    Arguments arguments(std::vector(words.begin() + 1, words.end()));
    std::string separator = "{";
    for (const auto& [name, value] : named.probe(arguments)) {
      fmt::print("{}\"{}\": {}", separator, name, value);
      separator = ", ";
    }
    fmt::print("}}\n");
    return 0;
  }
  for (const Named& named : kProbes)
    fmt::print(stderr, "usage: bench_probe {} {}\n", named.name, named.arguments);
  return 2;
}

}  // namespace fleet::bench

int main(int count, char** words) {
  return fleet::bench::run(std::vector<std::string>(words + 1, words + count));
}
