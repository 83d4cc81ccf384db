"""One run of fleet in a world that fails: the run, what it did to the disk, and how it is brought to its end."""
import os
import re
import shutil
import signal

from support import (RUN, Wrong, check_end, check_sound, checkout_of, commit_all, environment, finished_tasks, fleet, leftovers, query,
                     result, resume, state_of)

WORKFLOW = """\
version: 1
name: faults
limits: {parallel: 3}
conflicts: {strategy: queue}
tasks:
  start: {run: 'echo start > start; echo said'}
  wide:
    needs: [start]
    matrix: {n: [1, 2]}
    run: 'echo $FLEET_TASK > wide-$FLEET_TASK; echo said'
  mod:
    needs: [start]
    codemod: {language: python, find: "old($$$A)", replace: "new($$$A)"}
  left: {run: 'sed -i s/two/left/ text'}
  right: {run: 'sed -i "2s/$/ right/" text'}
  kept: {run: 'mkdir -p node_modules && echo lib > node_modules/lib', keep: [node_modules]}
  flaky: {run: 'test $FLEET_ATTEMPT -ge 2 && echo flaky > flaky', retry: {times: 3, backoff: 10ms}}
  end:
    needs: [wide, mod, left, right, flaky, kept]
    run: 'cat node_modules/lib text > end; ls >> end; echo said'
"""
TAKEN_BACK = {"right"}  # integrated, it may still lose to `left`, which is earlier in the plan
WORLD = re.compile(r"No space left|I/O error|Input/output error|Interrupted system call|disk is full|disk I/O error|short write|"
                   r"Too many open files|Resource temporarily unavailable|unable to open database file|unable to write|cannot (?:write|make|read|use|keep|open)")
BUG = re.compile(r"assert|terminate called|Sanitizer|std::")
KINDS = {"workspaces": r"^work\b", "state.db-wal": r"state\.db-wal", "state.db-shm": r"state\.db-shm",
         "state.db": r"state\.db(-journal)?$", "objects": r"\.git/objects\b", "ref logs": r"\.git/logs/",
         "refs": r"\.git/refs\b|packed-refs", "reports": r"/report\b", "logs": r"/fleet/runs/.*/log\b",
         "kept": r"/fleet/runs/.*/kept\b", "runs": r"\.git/fleet\b"}


def kind_of(path):
    """Of a path relative to the run's folder."""
    return next((kind for kind, pattern in KINDS.items() if re.search(pattern, path)), "other")


def make_template(folder):
    repo = folder / "repo"
    (repo / ".fleet").mkdir(parents=True)
    (repo / ".fleet" / "workflow.yml").write_text(WORKFLOW)
    (repo / ".gitignore").write_text("node_modules\n.fleet\n")
    (repo / "text").write_text("one\ntwo\nthree\n")
    for n in range(3):
        (repo / f"m{n}.py").write_text(f"def f():\n    return old({n}, old(1))\n")
    commit_all(repo)
    return repo


class Faulty:
    """A clone of the template in a folder of its own, in which fleet runs with faults."""

    def __init__(self, tools, folder, template):
        self.program, self.library = tools
        self.folder, self.repo, self.trace = folder, folder / "repo", folder / "trace"
        shutil.copytree(template, self.repo, symlinks=True, dirs_exist_ok=True)
        self.before = checkout_of(self.repo)

    def run(self, **fault):
        """Without a library, in a world that fails of its own."""
        env = {"LD_PRELOAD": str(self.library or ""), "FAULT_UNDER": f"{self.repo}:{self.folder / 'work'}",
               "FAULT_TRACE": str(self.trace)}
        env |= {f"FAULT_{name.upper()}": str(value) for name, value in fault.items()}
        return fleet(self.program, self.repo, self.folder, "run", "--id", RUN, check=False, env=env)

    def calls(self):
        """(call, what was done to it, path) of each, in order."""
        lines = self.trace.read_text(errors="replace").splitlines() if self.trace.exists() else []
        split = (line.split(" ", 3) for line in lines)
        return [(call, done, path.removeprefix(f"{self.folder}/")) for _, call, done, path in split]

    def hits(self):
        return [f"{call} of {path}" for call, done, path in self.calls() if done != "passed"]

    def check_answer(self, done):
        """A program that met a fault goes on, or says what failed; it never falls over."""
        if done.returncode not in (0, 1, 3) or BUG.search(done.stdout):
            raise Wrong(f"exit {done.returncode}\n{done.stdout}")
        if done.returncode != 0 and not WORLD.search(done.stdout):
            raise Wrong(f"exit {done.returncode}, and the message says nothing of a fault\n{done.stdout}")

    def bring_to_an_end(self, expected, has_failed, is_sound=check_sound):
        """Without the fault: what was finished does not run again, and the result is that of a run that met none."""
        had = finished_tasks(self.repo)
        state = state_of(self.repo)
        if state is None:
            fleet(self.program, self.repo, self.folder, "run", "--id", RUN)
        elif state != "finished" or result(self.repo) != expected or has_failed:
            resume(self.program, self.repo, self.folder, *(["--retry-failed"] if state == "failed" else []))
        have = finished_tasks(self.repo)
        again = [task for task, number in had.items() if have.get(task) != number and task not in TAKEN_BACK]
        if again:
            raise Wrong(f"{again} had finished and ran again: {had}, {have}")
        check_end(self.repo, self.folder, expected, self.before, is_sound)
        left = list((self.folder / "work").glob("*/*"))
        if left and state != "finished":  # of a run that was over nobody needs a workspace: the next run tidies up
            raise Wrong(f"workspaces are left: {left}")

    def end_programs(self):
        """What a power cut does to the programs of the tasks."""
        for pid, _ in leftovers(self.folder):
            os.kill(pid, signal.SIGKILL)

    def is_refused(self):
        """Whether refs, but no record, are left of more than a run's first moment: its id is refused until they are gone, since
        another state may know it, and since they may lead to work."""
        refs = self.repo / ".git" / "refs" / "fleet" / RUN
        is_ours = (self.repo / ".git" / "fleet" / "runs" / RUN).exists()
        return refs.exists() and (not is_ours or (refs / "tasks").exists())

    def check_said(self, text, expected):
        """What was told to people before the power went is still there. An attempt that left nothing may be forgotten."""
        said = set(re.findall(r"[+✓] (\S+) +done in", text)) - {"kept"}
        kept = {task for task, in query(self.repo, "SELECT task_id FROM attempts WHERE run = ? AND verdict = 'done'")}
        if said - kept:
            raise Wrong(f"was said to be done, and is forgotten: {said - kept}")
        if re.search(r"[+✓] run +finished", text) and result(self.repo) != expected:
            raise Wrong("the run was said to be finished, and its branch is gone")

    def lose_power(self, chance):
        """The repository becomes what a disk may hold of it: of what was not synced nothing, or what chance leaves."""
        self.end_programs()
        synced, now, after = self.folder / "durable" / "tree", self.repo, self.folder / "after"
        shutil.copytree(synced, after, symlinks=True)
        (after / ".git" / "fleet" / "state.db-shm").unlink(missing_ok=True)  # memory
        if chance:
            leave_some(chance, now, after)
        shutil.rmtree(now)
        after.rename(now)


def files_of(folder):
    return {path.relative_to(folder) for path in folder.rglob("*") if path.is_file() and not path.name.endswith("-shm")}


def leave_some(chance, now, after):
    """Of each file that differs from what was synced: what was synced, what was there, or a name with nothing in it."""
    for path in sorted(files_of(now) | files_of(after)):
        was, kept = now / path, after / path
        if was.exists() and kept.exists() and was.read_bytes() == kept.read_bytes():
            continue
        fate = chance.choice(["synced", "there", "empty"])
        if fate == "there" and not was.exists():
            kept.unlink()
        elif fate == "there" or (fate == "empty" and not kept.exists()):
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(was.read_bytes() if fate == "there" else b"")
