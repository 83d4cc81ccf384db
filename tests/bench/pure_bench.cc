// What is pure, and called often: by Google Benchmark, which finds out itself how often to call it. Each has
// a label, and counts items, so that bench.py can make a row of it: the time an item.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <string>
#include <vector>

#include "bench/drive.h"
#include "engine/plan_of.h"
#include "text/expression.h"
#include "text/glob.h"
#include "text/mask.h"

namespace fleet::bench {
namespace {

void count(benchmark::State& state, std::size_t each_time, const std::string& label) {
  state.SetItemsProcessed(static_cast<std::int64_t>(each_time) * state.iterations());
  state.SetLabel(label);
}

void bookkeeping(benchmark::State& state) {
  const auto tasks = static_cast<std::size_t>(state.range(0));
  engine::tests::PlanOf plan_of;
  for (std::size_t i = 0; i < tasks; ++i)
    plan_of.task(fmt::format("t{}", i));
  const model::Plan plan = plan_of.build();
  while (state.KeepRunning()) {
    engine::Scheduler scheduler(plan);
    drive(scheduler);
  }
  count(state, tasks, fmt::format("the scheduler's bookkeeping a task, of {} without needs", tasks));
}
BENCHMARK(bookkeeping)->Arg(1'000)->Arg(10'000)->Unit(benchmark::kMillisecond);

void globs(benchmark::State& state) {
  const auto set =
      text::GlobSet::parse({"src/**", "!src/gen/**", "docs/*.md", "**/test-[0-9]*/*.ts", "*.lock"});
  std::vector<std::string> paths;
  for (int i = 0; i < 100; ++i) {
    for (const char* path :
         {"src/room{}/file.cc", "src/gen/part{}.h", "docs/page{}.md", "packages/p/test-{}/a.ts", "x{}.lock"})
      paths.push_back(fmt::format(fmt::runtime(path), i));
  }
  while (state.KeepRunning()) {
    for (const std::string& path : paths)
      benchmark::DoNotOptimize(set->matches(path));
  }
  count(state, paths.size(), "a path held against five globs");
}
BENCHMARK(globs);

void masking(benchmark::State& state) {
  const text::Masker masker(
      {{"TOKEN", "c0rrect-h0rse-battery"}, {"KEY", "a longer secret\nof two lines"}, {"PASS", "hunter2!"}});
  std::string log;
  for (int i = 0; log.size() < 1'000'000; ++i)
    log += fmt::format("[{}/9999] \x1b[32mcompiling\x1b[0m src/room/file{}.cc -O2 -Wall{}\n", i, i,
                       i % 100 == 0 ? " hunter2!" : "");
  log.resize(1'000'000);
  while (state.KeepRunning())
    benchmark::DoNotOptimize(masker.mask(log));
  count(state, 1, "a MB of a log masked, three secrets");
}
BENCHMARK(masking)->Unit(benchmark::kMillisecond);

void conditions(benchmark::State& state) {
  const auto condition = text::Expression::parse(
      "needs.build.result == 'success' && (contains(matrix.os, 'linux') || inputs.all == 'true') && "
      "env.LEVEL != ''");
  text::Context context;
  context.roots = {{"needs", {{"build", {{"result", "success"}}}}},
                   {"matrix", {{"os", "debian-linux"}}},
                   {"inputs", {{"all", "false"}}},
                   {"env", {{"LEVEL", "3"}}}};
  while (state.KeepRunning())
    benchmark::DoNotOptimize(condition->evaluate(context));
  count(state, 1, "an `if` of four comparisons evaluated");
}
BENCHMARK(conditions);

}  // namespace
}  // namespace fleet::bench
