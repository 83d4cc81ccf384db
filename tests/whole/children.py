#!/usr/bin/env python3
"""Programs that behave badly under a real run: they stop, ignore signals, fork away, fill the disk, or never stop talking.
The run ends as it should, in time, with all of them gone, and fleet's memory stays small.

usage: children.py FLEET [--output BYTES]     how much the talkative one writes; 10 GB take a while and as much disk
"""
import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from full_disk import can_mount, small_disk
from support import RUN, Wrong, check_sound, checkout_of, commit_all, environment, fleet, fresh, leftovers, query, resume

MEMORY = 100_000_000
SKIP = 77
WORKFLOW = """\
version: 1
name: children
limits: {{parallel: 8}}
tasks:
  good: {{run: 'echo good > good'}}
{task}
"""
ENDED = [
    ("stops itself", "run: 'kill -STOP $$', timeout: 500ms"),
    ("stops all of its group", "run: 'sleep 6121 & kill -STOP 0', timeout: 500ms"),
    ("ignores TERM, closes its pipes and forks away twice",
     """run: 'trap "" TERM HUP INT; (setsid sh -c "sleep 6122 & sleep 6123" &); exec >&- 2>&- <&-; sleep 6124', timeout: 500ms"""),
    ("forks as fast as it can", "run: 'while :; do sleep 6125 & done', timeout: 500ms, sandbox: {mode: \"off\"}"),
    ("writes for ever", "run: 'yes', timeout: 500ms"),
]


def make_repository(folder, task):
    repo = folder / "repo"
    (repo / ".fleet").mkdir(parents=True)
    (repo / ".fleet" / "workflow.yml").write_text(WORKFLOW.format(task=f"  bad: {{{task}}}"))
    commit_all(repo)
    return repo, checkout_of(repo)


def check_after(repo, folder, before):
    check_sound(repo)
    if checkout_of(repo) != before:
        raise Wrong("the user's checkout was changed")
    if left := leftovers(folder):
        raise Wrong(f"processes are left: {left[:5]}")
    if left := list((folder / "work").glob("*/*")):
        raise Wrong(f"workspaces are left: {left}")


def verdict(repo, task):
    return query(repo, f"SELECT verdict FROM attempts WHERE run = ? AND task_id = '{task}' ORDER BY number DESC")[0][0]


def is_ended_in_time(program, place, task):
    with fresh(place) as folder:
        repo, before = make_repository(folder, task)
        started = time.monotonic()
        done = fleet(program, repo, folder, "run", "--id", RUN, "--grace", "300ms", check=False)
        took = time.monotonic() - started
        if done.returncode != 1 or verdict(repo, "bad") != "timed-out" or verdict(repo, "good") != "done":
            raise Wrong(f"exit {done.returncode}\n{done.stdout}")
        check_after(repo, folder, before)
        return f"{took:.1f} s"


def is_stopped_from_outside(program, place):
    """Somebody stops the program and what it started; its time limit holds all the same."""
    with fresh(place) as folder:
        repo, before = make_repository(folder, "run: 'sleep 6126; echo never', timeout: 1s")

        def stop_all():
            while not (found := [pid for pid, words in leftovers(folder) if "6126" in words]):
                time.sleep(0.01)
            for pid in found:
                os.kill(pid, signal.SIGSTOP)

        helper = threading.Thread(target=stop_all, daemon=True)
        helper.start()
        done = fleet(program, repo, folder, "run", "--id", RUN, "--grace", "300ms", check=False)
        if done.returncode != 1 or verdict(repo, "bad") != "timed-out":
            raise Wrong(f"exit {done.returncode}\n{done.stdout}")
        check_after(repo, folder, before)


def fills_the_disk(program, place):
    """That of the workspaces, which is not that of the repository."""
    with fresh(place) as folder, small_disk(folder / "work", 4096) as give_room:
        repo, before = make_repository(folder, "run: 'head -c 8000000 /dev/zero > big'")
        done = fleet(program, repo, folder, "run", "--id", RUN, "--max-parallel", "1", check=False)
        if done.returncode != 1 or "No space left on device" not in (done.stdout + log_of(repo)):
            raise Wrong(f"exit {done.returncode}\n{done.stdout}")
        check_after(repo, folder, before)
        give_room()
        resume(program, repo, folder, "--retry-failed")
        check_after(repo, folder, before)


def log_of(repo):
    return "".join(file.read_text() for file in (repo / ".git" / "fleet" / "runs" / RUN / "log").rglob("*.log"))


def peak_memory(pid):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0  # a zombie


def never_stops_talking(program, place, size, most_memory):
    with fresh(place) as folder:
        repo, before = make_repository(folder, f"run: 'yes | head -c {size}; echo bad > bad'")
        started, most = time.monotonic(), 0
        with open(folder / "said", "w+") as said:
            process = subprocess.Popen([program, "run", "--id", RUN], cwd=repo, env=environment(folder), stdout=said, stderr=said)
            while process.poll() is None:
                most = max(most, peak_memory(process.pid))
                time.sleep(0.02)
            if process.returncode != 0:
                said.seek(0)
                raise Wrong(f"exit {process.returncode}\n{said.read()[-2000:]}")
        if most > most_memory:
            raise Wrong(f"fleet took {most / 1e6:.0f} MB")
        check_after(repo, folder, before)
        return f"{time.monotonic() - started:.0f} s, {most / 1e6:.0f} MB of memory"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("fleet")
    parser.add_argument("--output", type=int, default=1_000_000_000)
    parser.add_argument("--memory", type=int, default=MEMORY, help="what fleet may take meanwhile: sanitizers take some for themselves")
    parser.add_argument("--fill-disk", action="store_true", help="only the program that fills the disk, which takes the right to mount")
    options = parser.parse_args()
    program = str(Path(options.fleet).resolve())
    base = Path(tempfile.mkdtemp(prefix="fleet-children-"))
    tests = [(what, lambda task=task: is_ended_in_time(program, base / "run", task)) for what, task in ENDED]
    tests.append(("is stopped from outside", lambda: is_stopped_from_outside(program, base / "run")))
    tests.append((f"writes {options.output} bytes", lambda: never_stops_talking(program, base / "run", options.output, options.memory)))
    if options.fill_disk:
        if not can_mount(base):
            print("NOT TESTED: a program that fills the disk; mounting a file system takes root, and is refused here")
            shutil.rmtree(base, ignore_errors=True)
            return SKIP
        tests = [("fills the disk", lambda: fills_the_disk(program, base / "run"))]
    good = True
    try:
        for what, test in tests:
            try:
                print(f"{what}: good {test() or ''}", flush=True)
            except Wrong as error:
                good = False
                print(f"WRONG {what}: {error}", flush=True)
    finally:
        shutil.rmtree(base, ignore_errors=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
