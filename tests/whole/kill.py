#!/usr/bin/env python3
"""Kills a real run with SIGKILL at random moments and resumes it: the same commits as a run that was not killed, nothing
that had finished runs again, the repository is sound, the user's checkout untouched, no process left behind.

usage: kill.py FLEET [--moments N] [--seed S] [--overlays]     with workspaces that are overlays
"""
import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from overlaid import use_overlays
from support import (RUN, Wrong, check_end, checkout_of, commit_all, environment, finished_tasks, fleet, fresh, leftovers,
                     result, resume, state_of)

AT_ONCE = 3
WORKFLOW = """\
version: 1
name: kill-test
limits: {parallel: 4}
conflicts: {strategy: queue}
defaults: {sandbox: {write: ["TALLY"]}}
tasks:
  start: {run: 'echo $FLEET_TASK >> TALLY/runs; sleep 0.05; echo start > start'}
  wide:
    needs: [start]
    matrix: {n: [1, 2, 3, 4, 5, 6]}
    run: 'echo $FLEET_TASK >> TALLY/runs; sleep 0.1; echo $FLEET_TASK > wide-$FLEET_TASK'
  mod:
    needs: [start]
    codemod: {language: python, find: "old($$$A)", replace: "new($$$A)"}
  left: {run: 'echo $FLEET_TASK >> TALLY/runs; sleep 0.1; sed -i s/two/left/ text'}
  right: {run: 'echo $FLEET_TASK >> TALLY/runs; sleep 0.2; sed -i "2s/$/ right/" text'}
  slow: {run: 'echo $FLEET_TASK >> TALLY/runs; sleep 0.5'}
  early: {needs: [slow], run: 'echo $FLEET_TASK >> TALLY/runs; sed -i s/one/early/ other'}
  late: {run: 'echo $FLEET_TASK >> TALLY/runs; sleep 0.1; sed -i "1s/$/ late/" other'}
  child: {needs: [late], run: 'echo $FLEET_TASK >> TALLY/runs; sleep 0.2; cat other > child'}
  flaky:
    run: 'echo $FLEET_TASK >> TALLY/runs; test $FLEET_ATTEMPT -ge 2 && echo $FLEET_ATTEMPT > flaky'
    retry: {times: 3, backoff: 50ms}
  kept: {run: 'echo $FLEET_TASK >> TALLY/runs; mkdir -p node_modules && echo lib > node_modules/lib', keep: [node_modules]}
  end:
    needs: [wide, mod, left, right, early, child, flaky, kept]
    run: 'echo $FLEET_TASK >> TALLY/runs; cat node_modules/lib text > end; ls >> end'
  last: {needs: [end], run: 'echo $FLEET_TASK >> TALLY/runs; (sleep 60 & ) ; wc -l end > last'}
"""


# They are integrated, and then lose to one that comes later and is earlier in the plan: so they run again.
TAKEN_BACK = {"late", "child", "right"}


def make_repository(folder):
    repo = folder / "repo"
    (repo / ".fleet").mkdir(parents=True)
    tally = folder / "tally"
    tally.mkdir()
    # The same text in every clone: the path of the tally is not part of the commit that the run starts from.
    (repo / ".fleet" / "workflow.yml").write_text(WORKFLOW.replace("TALLY", str(tally)))
    (repo / ".gitignore").write_text("node_modules\n.fleet\n")
    (repo / "text").write_text("one\ntwo\nthree\n")
    (repo / "other").write_text("one\n")
    for n in range(5):
        (repo / f"m{n}.py").write_text(f"def f():\n    return old({n}, old(1))\n")
    commit_all(repo)
    return repo, tally


def tally_of(tally):
    file = tally / "runs"
    return file.read_text().split() if file.exists() else []


def killed_run(program, place, seconds, expected, elsewhere):
    with fresh(place) as folder:
        repo, tally = make_repository(folder)
        before = checkout_of(repo)
        log = open(folder / "log", "wb")
        process = subprocess.Popen([program, "run", "--id", RUN], cwd=repo, env=environment(folder), stdout=log, stderr=log)
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
        was_over = process.returncode == 0
        has_begun = state_of(repo) is not None
        done = set(finished_tasks(repo))
        ran = tally_of(tally)
        if not has_begun:
            fleet(program, repo, folder, "run", "--id", RUN)  # it had not begun
        elif not was_over and elsewhere:
            fleet(program, repo, folder, "export", str(folder / "out"))
            other = folder / "other"
            subprocess.run(["git", "clone", "--quiet", "--no-local", str(repo), str(other)], check=True, capture_output=True)
            (other / ".fleet").mkdir(exist_ok=True)
            shutil.copy(repo / ".fleet" / "workflow.yml", other / ".fleet" / "workflow.yml")
            repo, before = other, checkout_of(other)
            for pid, _ in leftovers(folder):
                os.kill(pid, signal.SIGKILL)  # another machine would not have them
            resume(program, repo, folder, "--from", str(folder / "out"))
        elif not was_over:
            resume(program, repo, folder)
        for task in done - TAKEN_BACK:
            again = tally_of(tally).count(task) - ran.count(task)
            if again and not was_over:
                raise Wrong(f"{task} had finished and ran again")
        check_end(repo, folder, expected, before)


def expected_result(program, place):
    """What a run in this place comes to that is not killed, and how long it takes."""
    with fresh(place) as folder:
        repo, _ = make_repository(folder)
        before = checkout_of(repo)
        started = time.monotonic()
        fleet(program, repo, folder, "run", "--id", RUN)
        length = time.monotonic() - started
        check_end(repo, folder, result(repo), before)
        return result(repo), length


def kill_at_moments(program, place, moments):
    """Each moment: when, as a share of the run's length, and whether another clone goes on."""
    expected, length = expected_result(program, place)
    print(f"not killed: {length:.2f} s, {expected}", flush=True)
    for share, elsewhere in moments:
        seconds = max(0.01, share * length)
        name = f"killed after {seconds:.3f} s{', resumed elsewhere' if elsewhere else ''}"
        try:
            killed_run(program, place, seconds, expected, elsewhere)
        except (Wrong, subprocess.SubprocessError) as error:
            print(f"{name}: {error}", flush=True)
            return False
        print(f"{name}: the same", flush=True)
    return True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("fleet")
    parser.add_argument("--moments", type=int, default=20)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--overlays", action="store_true")
    options = parser.parse_args()
    program = str(Path(options.fleet).resolve())
    print(f"seed {options.seed}")
    chance = random.Random(options.seed)
    moments = [(chance.uniform(0, 1.02), number % 5 == 4) for number in range(options.moments)]
    with tempfile.TemporaryDirectory(prefix="fleet-kill-") as name, ThreadPoolExecutor(AT_ONCE) as pool:
        if options.overlays and (why := use_overlays(program, Path(name))):
            return why
        # Most of a run is waiting, so that several at once disturb each other little.
        shares = [pool.submit(kill_at_moments, program, Path(name) / str(at) / "run", moments[at::AT_ONCE])
                  for at in range(AT_ONCE)]
        return 0 if all([share.result() for share in shares]) else 1


sys.exit(main())
