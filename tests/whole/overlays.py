#!/usr/bin/env python3
"""Runs with workspaces that are overlays: the same commits as with checkouts, as this user and, when that is root, also as
one without privileges (in a user namespace), and for a clone of theirs (tasks drop to its owner); killed at some moments and resumed; no mount and no workspace left behind.

usage: overlays.py FLEET [--kills N]
       overlays.py FLEET --unprivileged     root alone: the part for a user without privileges, which a kernel may refuse apart
"""
import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from overlaid import NOBODY, SKIP, refused
from support import RUN, Wrong, check_end, checkout_of, commit_all, environment, fleet, fresh, result, resume, state_of

AS_NOBODY = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
FOLDERS, FILES = 51, 100  # in each
USED = "note: workspaces are overlays"
WORKFLOW = """\
version: 1
name: overlays
limits: {parallel: 4}
tasks:
  write: {run: 'echo new > new; echo 2 >> f1/1; rm -r f2; chmod +x f3/1; ln -s f3 link; test -z "$(git diff --cached)"'}
  move: {run: 'mv f4 moved; git add -A; git -c user.name=x -c user.email=x commit -qm x; sleep 0.2'}
  read: {run: 'cat f1/1; ! sh -c "echo 1 >> f1/1" && ! rm f1/1', writes: []}
  open: {run: 'echo open > open', sandbox: {mode: "off"}}
  flaky: {run: 'echo $FLEET_ATTEMPT > flaky-$FLEET_ATTEMPT; test $FLEET_ATTEMPT -ge 2', retry: {times: 2, backoff: 10ms}}
  keeper: {run: 'echo by > keeper; mkdir -p out f5/out; echo 1 > out/kept; echo 2 > f5/out/kept; sleep 0.1', keep: [out], expect: [out/kept]}
  checked: {run: 'rm -r f6', check: ['test ! -e f6 && echo thrown-away > f7/1']}
  user: {needs: [keeper, write, move], run: 'cat out/kept f5/out/kept new moved/1 > used; test ! -e f2 && test ! -e f4'}
  undone: {needs: [flaky], run: 'test ! -e flaky-1; echo 3 >> f1/2; rm -rf f8; mkdir f8; echo 1 > f8/1'}
"""


def make_repository(folder):
    repo = folder / "repo"
    (repo / ".fleet").mkdir(parents=True)
    (repo / ".fleet" / "workflow.yml").write_text(WORKFLOW)
    (repo / ".gitignore").write_text("out/\n")
    for n in range(FOLDERS):
        (repo / f"f{n}").mkdir()
        for k in range(FILES):
            (repo / f"f{n}" / str(k)).write_text(f"{n} {k}\n")
    commit_all(repo)
    return repo


def check(repo, folder, expected, before):
    check_end(repo, folder, expected, before)
    if left := list((folder / "work").glob("*/*")):
        raise Wrong(f"workspaces are left: {left}")


def for_nobody(program, folder, *prefix):
    """In a place that is theirs."""
    subprocess.run(["chown", "-R", f"{NOBODY}:{NOBODY}", str(folder)], check=True)
    done = subprocess.run([*prefix, program, "run", "--id", RUN], cwd=folder / "repo", env=environment(folder), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True)
    if done.returncode != 0:
        raise Wrong(f"{prefix} for {NOBODY}: exit {done.returncode}\n{done.stdout}")
    return done.stdout


def killed(program, repo, folder, seconds):
    with open(folder / "log", "wb") as log:
        process = subprocess.Popen([program, "run", "--id", RUN], cwd=repo, env=environment(folder), stdout=log, stderr=log)
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        process.wait()
    if process.returncode == 0 and USED not in (folder / "log").read_text():
        raise Wrong(f"no overlays\n{(folder / 'log').read_text()}")
    if state_of(repo) is None:
        fleet(program, repo, folder, "run", "--id", RUN)
    elif process.returncode != 0:
        resume(program, repo, folder)
    # Of a run that was over when it was killed, the next one tidies up.
    fleet(program, repo, folder, "run", "--id", "after", "--branch-prefix", "after")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("fleet")
    parser.add_argument("--unprivileged", action="store_true")
    parser.add_argument("--kills", type=int, default=3)
    options = parser.parse_args()
    program = str(Path(options.fleet).resolve())
    if options.unprivileged and os.geteuid() != 0:
        print("NOT TESTED: becoming a user without privileges takes root; the test without --unprivileged ran as one")
        return SKIP
    base = Path(tempfile.mkdtemp(prefix="fleet-overlays-"))
    base.chmod(0o755)
    program = shutil.copy(program, base / "fleet")  # where a user without privileges can start it
    os.environ.pop("FLEET_OVERLAYS", None)
    try:
        with fresh(base / "place") as folder:
            repo = make_repository(folder)
            before = checkout_of(repo)
            done = fleet(program, repo, folder, "run", "--id", RUN, "--overlays", "never")
            if USED in done.stdout:
                raise Wrong("--overlays never had overlays all the same")
            expected = result(repo)
            check(repo, folder, expected, before)
        with fresh(base / "place") as folder:
            repo = make_repository(folder)
            before = checkout_of(repo)
            seconds = time.monotonic()
            done = fleet(program, repo, folder, "run", "--id", RUN)
            seconds = time.monotonic() - seconds
            if USED not in done.stdout:
                return refused(base, done.stdout.splitlines()[0])
            check(repo, folder, expected, before)
        if os.geteuid() == 0:
            with fresh(base / "place") as folder:
                before = checkout_of(make_repository(folder))
                said = for_nobody(program, folder, *(AS_NOBODY if options.unprivileged else []))
                subprocess.run(["chown", "-R", "0:0", str(folder)], check=True)
                check(folder / "repo", folder, expected, before)
            if USED not in said and not options.unprivileged:
                raise Wrong(f"root has overlays for its own clones, not for another user's\n{said}")
            if USED not in said:
                return refused(base, said.splitlines()[0], *AS_NOBODY)
        if options.unprivileged:
            return 0
        for n in range(options.kills):
            with fresh(base / "place") as folder:
                repo = make_repository(folder)
                before = checkout_of(repo)
                killed(program, repo, folder, seconds * (n + 1) / (options.kills + 1))
                check(repo, folder, expected, before)
        print(f"good: {seconds:.2f} s a run, {options.kills} kills")
        return 0
    except Wrong as error:
        print(f"WRONG: {error}")
        return 1
    finally:
        shutil.rmtree(base, ignore_errors=True)


sys.exit(main())
