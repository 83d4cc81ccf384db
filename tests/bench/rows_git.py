"""Workspaces, commits, merges and rollbacks in repositories of 1k, 10k and 100k files, beside git itself."""
import shutil
import sys
import tempfile
from pathlib import Path

import repositories
from measure import CannotMeasure, take_turns
from rows_run import Run
from table import Others, Row


TASKS = 10


def append(files, task):
    """What a task of a whole run does: a line more in each of ten files of its own."""
    mine = (repositories.path(file) for file in repositories.spread_over(files, task))
    return f"for file in {' '.join(mine)}; do echo task {task} >> $file; done"


class Clone:
    def __init__(self, bench, files, folder):
        self.bench, self.files, self.folder = bench, files, folder
        self.commands = [append(files, task) for task in range(TASKS)]
        self.repository = repositories.make_files(folder / "repository", files, workflow_of(bench, self.commands))
        self.place = folder / "place"

    def git(self, *words):
        return self.bench.process(["git", *words], self.repository).seconds

    def clear(self):
        """Between two measurements: nothing of one is left for the next."""
        if self.place.exists():
            shutil.rmtree(self.place)
        repositories.git(self.repository, "worktree", "prune")
        repositories.git(self.repository, "reset", "--quiet", "--hard", "start")
        refs = repositories.git(self.repository, "for-each-ref", "--format=delete %(refname)", "refs/fleet", "refs/heads/bench")
        repositories.git(self.repository, "update-ref", "--stdin", text=refs + "\n" if refs else "")

    def reset(self):
        repositories.git(self.repository, "reset", "--quiet", "--hard", "ten")
        return self.git("reset", "--quiet", "--hard", "start")

    def add_all_and_commit(self):
        touch(self, "touched")
        started = self.git("add", "--all")
        return started + self.git("commit", "--quiet", "--message", "bench")

    def name(self, what):
        return f"{self.files:,} files: {what}"


class SharedFile(Clone):
    """One file, in which every task changes a line of its own."""

    def __init__(self, bench, tasks, lines, folder):
        self.bench, self.files, self.folder = bench, 1, folder
        self.commands = [f'sed -i "{task * lines // tasks + 1}s/line/task/" shared' for task in range(tasks)]
        text = "".join(f"line {line}, the rest is filling\n" for line in range(lines))
        self.repository = repositories.make_workflow(folder / "repository", workflow_of(bench, self.commands),
                                                     [("shared", text)])
        repositories.git(self.repository, "branch", "start")
        self.place = folder / "place"


def in_milliseconds(limit):
    return f"{limit * 1e3:.0f} ms" if limit else ""


def workspace_rows(at, goals):
    def ours():
        return at.bench.probe("workspace", at.repository, at.place, "start", "ten", at.bench.size(5, 2))

    def add():
        return at.git("worktree", "add", "--quiet", "--detach", str(at.place), "start")

    def write_files():
        return at.bench.probe("write-files", at.place, at.files, len(repositories.content(0)), 2)["seconds"]

    def stat_files():
        return at.bench.probe("stat-files", at.repository, 2)["seconds"]

    def switch():
        return at.git("checkout", "--quiet", "--detach", "ten")

    def status():
        return at.git("status", "--porcelain")

    figures, added, written, looked, switched, back, scanned, committed = take_turns(
        at.bench.times, ours, add, write_files, stat_files, switch, at.reset, status, at.add_all_and_commit, before=at.clear)

    def row(what, name, peer, floor=None, limit=None, unit="ms"):
        return Row(at.name(what), unit, [figure[name] for figure in figures], [peer], floor, in_milliseconds(limit), limit)

    yield row("a new workspace", "first", Others("git worktree add", added), Others("writing them", written), unit="s")
    yield row("moved by 10 paths", "move", Others("git checkout", switched), None, goals.get("move"))
    yield row("rolled back by 10 paths", "back", Others("git reset --hard", back), None, goals.get("back"))
    yield row("scanned", "scan", Others("git status", scanned), Others("stat of them", looked), goals.get("scan"))
    yield row("scanned, 10 changed paths stored", "snapshot", Others("git add, commit", committed),
              Others("stat of them", looked))


def overlay_rows(at, goals):
    def ours():
        return at.bench.probe("overlay", at.repository, at.place, "start", "ten", at.bench.size(5, 2))

    at.clear()
    if "refused" in ours():
        print("  NOT MEASURED: overlays, which cannot be mounted here", file=sys.stderr)
        return
    figures, committed, back = take_turns(at.bench.times, ours, at.add_all_and_commit, at.reset, before=at.clear)
    yield Row(at.name("an overlay for a program, its 10 paths stored"), "ms", [figure["cycle"] for figure in figures],
              [Others("git add, commit", committed)], Others("the program", [figure["program"] for figure in figures]),
              in_milliseconds(goals.get("overlay")), goals.get("overlay"))
    yield Row(at.name("an overlay rolled back"), "ms", [figure["back"] for figure in figures], [Others("git reset --hard", back)],
              None, in_milliseconds(goals.get("back")), goals.get("back"))


def touch(at, text):
    for file in repositories.spread_over(at.files, 0):
        with open(at.repository / repositories.path(file), "a") as to:
            to.write(f"{text} {file}\n")


def commit_rows(at, goals):
    def peer():
        touch(at, "committed")
        paths = [repositories.path(file) for file in repositories.spread_over(at.files, 0)]
        return at.git("add", *paths) + at.git("commit", "--quiet", "--message", "bench")

    ours, peers = take_turns(at.bench.size(max(at.bench.times, 9), 2),
                             lambda: at.bench.probe("commit", at.repository, "start", "ten"), peer, before=at.clear)
    limit = goals.get("commit")
    yield Row(at.name("10 paths committed"), "ms", [m["seconds"] for m in ours], [Others("git add, commit", peers)], None,
              in_milliseconds(limit), limit)
    yield Row(at.name("then synced"), "ms", [m["sync"] for m in ours])


def merge_rows(at, goals):
    for what, one, other, goal in (("merge, other paths", "ten", "other", "disjoint"),
                                   ("merge, same files", "top", "bottom", "content")):
        merged = []

        def ours():
            seconds = at.bench.probe("merge", at.repository, "start", one, other)["seconds"]
            merged.append(repositories.git(at.repository, "rev-parse", "refs/fleet/bench/merged^{tree}"))
            return seconds
        samples, peers = take_turns(at.bench.size(max(at.bench.times, 9), 2), ours,
                                    lambda: at.git("merge-tree", "--write-tree", one, other), before=at.clear)
        theirs = repositories.git(at.repository, "merge-tree", "--write-tree", one, other)
        if set(merged) != {theirs}:
            raise CannotMeasure(f"{what}: the merge is {merged[0]}, git's is {theirs}")
        limit = goals.get(goal)
        yield Row(at.name(what), "ms", samples, [Others("git merge-tree", peers)], None, in_milliseconds(limit), limit)


def run_beside_worktrees(at, commands, what):
    """A whole run, each of whose tasks is a shell command; beside a script with a worktree a task."""
    script = "\n".join(
        ["set -e", "mkdir place", "cd repository", f"seq 0 {len(commands) - 1} | xargs -P {at.bench.cores} -I N sh -e -c '"
         "git worktree add --quiet -b bench/N ../place/N start; cd ../place/N; sh -e ../../task-N; "
         "git commit --quiet --all --message N'",
         "git worktree add --quiet -b bench/all ../place/all start", "cd ../place/all",
         f"for task in $(seq 0 {len(commands) - 1}); do git merge --quiet --no-edit bench/$task; done"])
    for task, command in enumerate(commands):
        (at.folder / f"task-{task}").write_text(command + "\n")
    ours, peers = take_turns(at.bench.size(min(at.bench.times, 3), 1), lambda: Run(at.bench, at.repository),
                             lambda: at.bench.process(["sh", "-c", script], at.folder), before=at.clear)
    peer = "git worktrees by script"
    yield Row(what, "s", [m.seconds for m in ours], [Others(peer, [m.seconds for m in peers])], None, "it ends")
    yield Row(f"{what}: memory", "MB", [m.memory for m in ours], [Others(peer, [m.memory for m in peers])])


def workflow_of(bench, commands):
    tasks = "".join(f"  t{task}: {{run: '{command}'}}\n" for task, command in enumerate(commands))
    return f"version: 1\nlimits: {{parallel: {bench.cores}}}\ntasks:\n{tasks}"


GOALS = {"move": 0.015, "back": 0.002, "overlay": 0.010, "scan": 0.200, "commit": 0.005, "disjoint": 0.001, "content": 0.005}


def git_rows(bench, files):
    goals = GOALS if files == 100_000 else {}
    with tempfile.TemporaryDirectory(prefix="git-", dir=bench.folder) as folder:
        at = Clone(bench, files, Path(folder))
        yield from workspace_rows(at, goals)
        yield from commit_rows(at, goals)
        yield from merge_rows(at, goals)
        yield from run_beside_worktrees(at, at.commands, at.name(f"a run of {TASKS} tasks that change 10 each"))
        yield from overlay_rows(at, goals)


def shared_file_rows(bench):
    tasks, lines = bench.size(80, 10), bench.size(20_000, 200)
    with tempfile.TemporaryDirectory(prefix="git-", dir=bench.folder) as folder:
        at = SharedFile(bench, tasks, lines, Path(folder))
        yield from run_beside_worktrees(at, at.commands, f"{tasks} tasks that change one file of {lines:,} lines")
