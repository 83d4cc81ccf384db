#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

// What the benchmark measures from within: one program, one probe a process, so that nothing is warm from
// another. A probe answers with its figures: seconds, bytes or counts, as their names say.
namespace fleet::bench {

using Figures = std::map<std::string, double>;

inline const std::string kRun = "bench";  // the id of every run here

// What follows the probe's name on the command line, in turn.
class Arguments {
 public:
  explicit Arguments(std::vector<std::string> words) : words_(std::move(words)) {}
  std::string text();
  std::int64_t number();
  [[nodiscard]] bool empty() const { return next_ == words_.size(); }

 private:
  std::vector<std::string> words_;
  std::size_t next_ = 0;
};

[[noreturn]] void give_up(const std::string& why);

template <class T>
T must(Result<T> result) {
  if (!result) give_up(result.error().message());
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

template <class Work>
double seconds_of(Work work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double peak_memory();  // of this process, in bytes

// The peak of this process's memory above what it held when this was made.
class MemoryGrowth {
 public:
  MemoryGrowth();
  [[nodiscard]] double bytes() const;

 private:
  double before_;
};

Figures probe_scheduler(Arguments& arguments);
Figures probe_driver(Arguments& arguments);
Figures probe_process(Arguments& arguments);
Figures probe_order(Arguments& arguments);
Figures probe_plan(Arguments& arguments);
Figures probe_yaml(Arguments& arguments);
Figures probe_secrets(Arguments& arguments);
Figures probe_spawn(Arguments& arguments);
Figures probe_spawn_all(Arguments& arguments);
Figures probe_journal(Arguments& arguments);
Figures probe_workspace(Arguments& arguments);
Figures probe_overlay(Arguments& arguments);
Figures probe_commit(Arguments& arguments);
Figures probe_merge(Arguments& arguments);
Figures probe_write_files(Arguments& arguments);
Figures probe_stat_files(Arguments& arguments);

}  // namespace fleet::bench
