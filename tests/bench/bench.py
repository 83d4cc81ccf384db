#!/usr/bin/env python3
"""Measures fleet as a whole beside a peer and a lower bound, in the same run, and prints one table.

usage: bench.py FLEET [--times N] [ROW ...]

Each row runs ours and the peer's alternately N times; what stands in the table are medians. `run` is from the run's
first to its last event, what a target is held against: a makespan. `process` has the start and the end of the program
too, and stands beside the peer's whole process. `noise` is the spread of our process: (largest - smallest) / median. On
a machine that does other things meanwhile, the figures mean nothing.
"""
import argparse
import datetime
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path


class Measured:
    def __init__(self, seconds, cpu, memory):
        self.seconds, self.cpu, self.memory = seconds, cpu, memory  # s, s of its own and all it started, bytes at its peak
        self.makespan = seconds


def measure(argv, cwd, env):
    """One whole process: its wall time, its peak memory, and the CPU time with everything that it waited for."""
    started = time.monotonic()
    process = subprocess.Popen(argv, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    complaint = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.monotonic() - started
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, argv))}: exit {process.returncode}\n{complaint.decode(errors='replace')}")
    return Measured(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


class Sleepers:
    """Tasks that only wait: what the orchestrator adds is what stands above the bound."""

    def __init__(self, tasks, parallel, target, most_memory):
        self.name = f"{tasks} tasks of 0.5 s, {parallel} at once"
        self.tasks, self.parallel, self.target, self.most_memory = tasks, parallel, target, most_memory
        self.bound = -(-tasks // parallel) * 0.5
        self.peer = "xargs -P"

    def prepare(self, folder):
        tasks = "".join(f"  t{i}: {{run: [sleep, '0.5'], writes: []}}\n" for i in range(self.tasks))
        # LANG: both sides' programs find the same environment. With another than C, `sleep` loads a locale first.
        return f"version: 1\nlimits: {{parallel: {self.parallel}}}\nenv: {{LANG: C}}\ntasks:\n{tasks}"

    def peer_argv(self):
        return ["sh", "-c", f"yes 0.5 | head -n {self.tasks} | xargs -P {self.parallel} -n 1 sleep"]


ROWS = {
    "sleep-5": Sleepers(5, 5, 1.02, 40e6),
    "sleep-100": Sleepers(100, 10, 1.02, 40e6),
    "sleep-500": Sleepers(500, 500, None, 100e6),
}


def make_repository(folder, workflow, env):
    (folder / ".fleet").mkdir(parents=True)
    (folder / ".fleet" / "workflow.yml").write_text(workflow)
    for words in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "first"]):
        subprocess.run(["git", *words], cwd=folder, env=env, check=True)


def makespan(report):
    told = json.loads(report.read_text())
    started, finished = (datetime.datetime.fromisoformat(told[name].rstrip("Z")) for name in ("started", "finished"))
    return (finished - started).total_seconds()


def run_row(fleet, row, times):
    # In memory: some file systems are many times slower at making files for a while after a large removal.
    place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="fleet-bench-", dir=place) as name:
        folder = Path(name)
        env = {"PATH": os.environ["PATH"], "LANG": "C", "HOME": name, "FLEET_WORKSPACES": str(folder / "work"), "GIT_AUTHOR_NAME": "U",
               "GIT_AUTHOR_EMAIL": "u@localhost", "GIT_COMMITTER_NAME": "U", "GIT_COMMITTER_EMAIL": "u@localhost"}
        make_repository(folder / "repo", row.prepare(folder), env)
        ours, peers = [], []
        for _ in range(times):
            told = folder / "report"
            ours.append(measure([fleet, "run", "--progress", "quiet", "--report", told], folder / "repo", env))
            ours[-1].makespan = makespan(told / "report.json")
            shutil.rmtree(told)
            peers.append(measure(row.peer_argv(), folder, env))
        return ours, peers


def report(row, ours, peers):
    seconds = statistics.median(m.seconds for m in ours)
    peer = statistics.median(m.seconds for m in peers)
    memory = max(m.memory for m in ours)
    noise = (max(m.seconds for m in ours) - min(m.seconds for m in ours)) / seconds
    run = statistics.median(m.makespan for m in ours)
    over = run / row.bound
    misses = []
    if row.target and over > row.target:
        misses.append(f"time: {row.target:.2f} x the bound")
    if memory > row.most_memory:
        misses.append(f"memory: {row.most_memory / 1e6:.0f} MB")
    verdict = "misses " + ", ".join(misses) if misses else "meets its target"
    print(f"{row.name:32} bound {row.bound:6.3f} s  run {run:6.3f} s  x {over:5.3f}  process {seconds:6.3f} s  {row.peer} {peer:6.3f} s"
          f"  x {seconds / peer:5.3f}  {memory / 1e6:4.0f} MB  {statistics.median(m.cpu for m in ours):5.2f} s CPU  noise {noise:4.0%}  {verdict}")
    return not misses


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("fleet")
    parser.add_argument("rows", nargs="*", choices=[*ROWS, []], default=[])
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    fleet = str(Path(options.fleet).resolve())
    if not shutil.which("xargs"):
        raise SystemExit("bench: xargs is missing; Debian's package is findutils")
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.2f} before it began, medians of {options.times}")
    good = [report(row, *run_row(fleet, row, options.times)) for row in map(ROWS.get, options.rows or ROWS)]
    return 0 if all(good) else 1


sys.exit(main())
