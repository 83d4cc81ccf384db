"""Whole runs of `fleet run`, beside other programs that run programs."""
import datetime
import json
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

import repositories
from measure import median, need, take_turns
from table import Others, Row


class Run:
    """One `fleet run`. `makespan` is from the run's first to its last event, what a bound is held against."""

    def __init__(self, bench, repository, *options):
        told = repository / ".git" / "bench-report"
        measured = bench.process([bench.fleet, "run", "--progress", "quiet", "--report", told, *options], repository)
        self.seconds, self.memory = measured.seconds, measured.memory
        report = json.loads((told / "report.json").read_text())
        started, finished = (datetime.datetime.fromisoformat(report[name].rstrip("Z")) for name in ("started", "finished"))
        self.makespan = (finished - started).total_seconds()
        shutil.rmtree(told)


@contextmanager
def workflow(bench, text):
    """A repository with only this workflow, in memory: some file systems are many times slower at making files for a while
    after a large removal."""
    with tempfile.TemporaryDirectory(prefix="run-", dir=bench.folder) as name:
        yield repositories.make_workflow(Path(name) / "repository", text)


class NoOps:
    """Tasks that run `true` and write nothing: what stands in the figures is what the orchestrator adds."""

    def __init__(self, bench, tasks):
        self.bench, self.tasks = bench, tasks

    def workflow(self):
        tasks = "".join(f"  t{i}: {{run: ['true'], writes: []}}\n" for i in range(self.tasks))
        return f"version: 1\nlimits: {{parallel: {self.bench.cores}}}\ntasks:\n{tasks}"

    def write_peers(self, folder):
        names = [f"t{i}" for i in range(self.tasks)]
        (folder / "build.ninja").write_text("rule r\n  command = true\n" + "".join(f"build {name}: r\n" for name in names))
        all_names = " ".join(names)
        (folder / "Makefile").write_text(f".PHONY: all {all_names}\nall: {all_names}\n{all_names}:\n\t@true\n")

    def measure(self, times):
        need("ninja", "make")
        with workflow(self.bench, self.workflow()) as repository, tempfile.TemporaryDirectory(dir=self.bench.folder) as name:
            folder = Path(name)
            self.write_peers(folder)
            return take_turns(times, lambda: Run(self.bench, repository),
                              lambda: self.bench.process(["ninja", "--quiet", f"-j{self.bench.cores}"], folder),
                              lambda: self.bench.process(["make", "--silent", f"-j{self.bench.cores}"], folder),
                              lambda: self.bench.probe("spawn-all", self.tasks, self.bench.cores)["seconds"])


def no_op_rows(bench):
    tasks = bench.size(1000, 50)
    ours, ninja, make, floor = NoOps(bench, tasks).measure(bench.times)
    most = 1.3 * median([m.seconds for m in ninja])
    yield Row(f"{tasks:,} tasks of `true` that write nothing", "s", [m.seconds for m in ours],
              [Others("ninja", [m.seconds for m in ninja]), Others("make", [m.seconds for m in make])],
              Others("vfork, exec", floor), "1.3 x ninja", most)


def growth_rows(bench):
    for tasks in bench.size([10, 100, 1000, 10_000, 100_000], [10, 100]):
        # The largest takes minutes: once is enough to see how it grows.
        times = 1 if tasks > 10_000 else min(bench.times, 3) if tasks > 1000 else bench.times
        ours, ninja, make, floor = NoOps(bench, tasks).measure(times)
        yield Row(f"{tasks:,} tasks of `true`", "s", [m.seconds for m in ours],
                  [Others("ninja", [m.seconds for m in ninja]), Others("make", [m.seconds for m in make])],
                  Others("vfork, exec", floor), "it ends")
        yield Row(f"{tasks:,} tasks of `true`, a task", "ms", [m.seconds / tasks for m in ours],
                  [Others("ninja", [m.seconds / tasks for m in ninja]), Others("make", [m.seconds / tasks for m in make])],
                  Others("vfork, exec", [seconds / tasks for seconds in floor]))
        yield Row(f"{tasks:,} tasks of `true`, memory", "MB", [m.memory for m in ours],
                  [Others("ninja", [m.memory for m in ninja]), Others("make", [m.memory for m in make])])


# Tasks, at once, times the bound that the makespan may take, most memory in bytes.
SLEEPERS = [(5, 5, 1.02, None), (100, 10, 1.02, 40e6), (500, 500, 1.1, 100e6)]
SPAWNING = 0.13  # s: what 500 programs take to start at best, beyond the bound


def sleeper_rows(bench):
    """Tasks that only wait: what the orchestrator adds is what stands above the bound."""
    need("parallel", "xargs")
    for tasks, parallel, most, most_memory in bench.size(SLEEPERS, [(5, 5, 1.02, None)]):
        length = bench.size(0.5, 0.05)
        bound = -(-tasks // parallel) * length + (SPAWNING if tasks == 500 else 0)
        lines = "".join(f"  t{i}: {{run: [sleep, '{length}'], writes: []}}\n" for i in range(tasks))
        text = f"version: 1\nlimits: {{parallel: {parallel}}}\nenv: {{LANG: C}}\ntasks:\n{lines}"
        with workflow(bench, text) as repository:
            ours, gnu, xargs = take_turns(
                bench.times, lambda: Run(bench, repository),
                lambda: bench.process(["sh", "-c", f"yes {length} | head -n {tasks} | parallel --jobs {parallel} sleep"], bench.folder),
                lambda: bench.process(["sh", "-c", f"yes {length} | head -n {tasks} | xargs -P {parallel} -n 1 sleep"], bench.folder))
        what = f"{tasks} tasks of {length} s, {parallel} at once"
        yield Row(f"{what}: the run", "s", [m.makespan for m in ours], [], Others("bound", [bound]), f"{most} x the bound",
                  most * bound)
        yield Row(f"{what}: whole process", "s", [m.seconds for m in ours], [Others("GNU parallel", [m.seconds for m in gnu])],
                  Others("xargs -P", [m.seconds for m in xargs]))
        yield Row(f"{what}: memory", "MB", [m.memory for m in ours], [Others("GNU parallel", [m.memory for m in gnu])], None,
                  f"{most_memory / 1e6:.0f} MB" if most_memory else "", most_memory)


def start_rows(bench):
    lines = "".join(f"  t{i}: {{run: make t{i}, needs: [{f't{i - 5}' if i >= 5 else ''}], writes: ['out/{i}/**']}}\n"
                    for i in range(50))
    with workflow(bench, f"version: 1\ntasks:\n{lines}") as repository:
        def all_of(*argv):
            return lambda: bench.process(argv, repository).seconds
        version, plan, git, empty = take_turns(bench.size(25, 3), all_of(bench.fleet, "--version"), all_of(bench.fleet, "plan"),
                                               all_of("git", "--version"), all_of(bench.empty))
    floor = Others("links, does nothing", empty)
    yield Row("fleet --version", "ms", version, [Others("git --version", git)], floor, "20 ms", 0.020)
    yield Row("fleet plan, 50 tasks", "ms", plan, [Others("git --version", git)], floor, "40 ms", 0.040)
