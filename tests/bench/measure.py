"""Measures whole processes and asks the probe, taking turns between ours and the peers."""
import json
import os
import resource
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
    def __init__(self, seconds, cpu, memory):
        self.seconds, self.cpu, self.memory = seconds, cpu, memory  # s, s of its own and all it started, bytes at its peak


def environment(folder):
    """Nothing of the user's settings: the same for ours and for the peers. With another LANG than C, programs load a
    locale first."""
    return {"PATH": os.environ["PATH"], "LANG": "C", "HOME": str(folder), "FLEET_WORKSPACES": str(folder / "work"),
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "U", "GIT_AUTHOR_EMAIL": "u@localhost", "GIT_COMMITTER_NAME": "U",
            "GIT_COMMITTER_EMAIL": "u@localhost"}


def process(argv, cwd, env=None):
    """One whole process: its wall time, its peak memory, and the CPU time with everything that it waited for."""
    argv = [str(word) for word in argv]
    started = time.monotonic()
    try:
        child = subprocess.Popen(argv, cwd=cwd, env=env or environment(Path(cwd)), stdin=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    except OSError as error:
        raise CannotMeasure(f"{argv[0]}: {error.strerror}") from error
    complaint = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.monotonic() - started
    if child.returncode != 0:
        raise CannotMeasure(f"{' '.join(argv)[:200]}: exit {child.returncode}\n{complaint.decode(errors='replace')[-2000:]}")
    return Measured(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def own_memory():
    """What a child seems to need before it is another program: it shares ours until its exec."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


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

    def __init__(self, fleet, probe, empty, memory_folder, disk_folder, quick, times):
        self.fleet, self.probe_program, self.empty = (str(Path(path).resolve()) for path in (fleet, probe, empty))
        self.folder, self.disk = memory_folder, disk_folder  # in memory; on a disk
        self.quick, self.times = quick, times
        self.cores = len(os.sched_getaffinity(0))

    def probe(self, *words):
        words = [str(word) for word in words]
        done = subprocess.run([self.probe_program, *words], env=environment(self.folder), capture_output=True, text=True)
        if done.returncode != 0:
            raise CannotMeasure(f"bench_probe {' '.join(words)}: exit {done.returncode}\n{done.stderr[-2000:]}")
        return json.loads(done.stdout)

    def size(self, full, quick):
        return quick if self.quick else full


def median(samples):
    return statistics.median(samples)


def spread(samples):
    """How noisy: (largest - smallest) / median."""
    middle = median(samples)
    return (max(samples) - min(samples)) / middle if middle else 0.0
