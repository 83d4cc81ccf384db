"""Measures whole processes and asks the probe, taking turns between ours and the peers."""
import json
import os
import shutil
import statistics
import subprocess
import time
from pathlib import Path

LONG = 10.0  # seconds: what takes longer than this is measured only a few times
FEW = 3


class CannotMeasure(Exception):
    pass


class Measured:
    """A whole process, or a probe's work within one."""

    def __init__(self, seconds, memory):
        self.seconds, self.memory = seconds, memory  # wall time in s, bytes at its peak


def environment(folder):
    """Nothing of the user's settings: the same for ours and for the peers. With another LANG than C, programs load a
    locale first."""
    return {"PATH": os.environ["PATH"], "LANG": "C", "HOME": str(folder), "FLEET_WORKSPACES": str(folder / "work"),
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "U", "GIT_AUTHOR_EMAIL": "u@localhost", "GIT_COMMITTER_NAME": "U",
            "GIT_COMMITTER_EMAIL": "u@localhost"}


def take_turns(times, *measures, before=None):
    """Calls each in turn, `times` times over, and answers with their lists. `before` is called ahead of each call."""
    lists = [[] for _ in measures]
    for turn in range(times):
        started = time.monotonic()
        for measure, into in zip(measures, lists):
            if before:
                before()
            into.append(measure())
        if turn + 1 >= FEW and (time.monotonic() - started) / len(measures) > LONG:
            break
    return lists


def need(*programs):
    missing = [program for program in programs if not shutil.which(program)]
    if missing:
        raise CannotMeasure(f"missing: {', '.join(missing)} (.ci/install-packages test installs them)")


class Bench:
    """What every row needs to be measured."""

    def __init__(self, fleet, probe, empty, pure, memory_folder, disk_folder, quick, times):
        self.fleet, self.probe_program, self.empty = (str(Path(path).resolve()) for path in (fleet, probe, empty))
        self.pure_program = str(Path(pure).resolve()) if pure else None
        self.folder, self.disk = memory_folder, disk_folder  # in memory; on a disk
        self.quick, self.times = quick, times
        self.cores = len(os.sched_getaffinity(0))
        self.least_memory = 0  # what a process seems to need that needs less: what the one that started it had

    def probe(self, *words, folder=None):
        words = [str(word) for word in words]
        done = subprocess.run([self.probe_program, *words], env=environment(folder or self.folder), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True)
        if done.returncode != 0:
            raise CannotMeasure(f"bench_probe {' '.join(words)[:300]}: exit {done.returncode}\n{done.stderr[-2000:]}")
        return json.loads(done.stdout)

    def process(self, argv, folder):
        """One whole process, in a folder."""
        told = self.probe("process", folder, *argv, folder=folder)
        self.least_memory = told["own_bytes"]
        return Measured(told["seconds"], told["bytes"])

    def pure(self):
        """What Google Benchmark measured, by label: the seconds an item of each repetition."""
        if not self.pure_program:
            raise CannotMeasure("pure_bench was not built: libbenchmark-dev is missing")
        done = subprocess.run([self.pure_program, "--benchmark_format=json", f"--benchmark_repetitions={self.times}",
                               f"--benchmark_min_time={self.size(0.5, 0.01)}"],
                              env=environment(self.folder), stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != 0:
            raise CannotMeasure(f"pure_bench: exit {done.returncode}\n{done.stderr[-2000:]}")
        told = {}
        for each in json.loads(done.stdout)["benchmarks"]:
            if each["run_type"] == "iteration":
                told.setdefault(each["label"], []).append(1 / each["items_per_second"])
        return told

    def size(self, full, quick):
        return quick if self.quick else full


def median(samples):
    return statistics.median(samples)


def spread(samples):
    """How noisy: (largest - smallest) / median."""
    middle = median(samples)
    return (max(samples) - min(samples)) / middle if middle else 0.0
