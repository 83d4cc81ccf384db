"""What the tests of the whole program share: a repository, fleet at work in it, and what must hold in the end."""
import contextlib
import os
import shutil
import sqlite3
import subprocess
import tempfile
from pathlib import Path

RUN = "whole-test"
LIMIT = 300  # seconds: whoever needs longer hangs, on however busy a machine


class Wrong(Exception):
    pass


def git(repo, *words):
    return subprocess.run(["git", *words], cwd=repo, check=True, capture_output=True, text=True).stdout.strip()


def commit_all(repo):
    git(repo, "init", "--quiet", "--initial-branch=main")
    git(repo, "add", "--all")
    env = {**os.environ, "GIT_AUTHOR_DATE": "2026-01-02T03:04:05Z", "GIT_COMMITTER_DATE": "2026-01-02T03:04:05Z"}
    subprocess.run(["git", "-c", "user.name=U", "-c", "user.email=u@localhost", "commit", "--quiet", "-m", "first"], cwd=repo,
                   env=env, check=True)


def environment(folder):
    chosen = {name: os.environ[name] for name in ["FLEET_OVERLAYS"] if name in os.environ}
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "FLEET_WORKSPACES": str(folder / "work"), "NO_COLOR": "1", **chosen}


def fleet(program, repo, folder, *words, check=True, env=None):
    try:
        done = subprocess.run([program, *words], cwd=repo, env=environment(folder) | (env or {}), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=LIMIT)
    except subprocess.TimeoutExpired as error:
        raise Wrong(f"fleet {' '.join(words)}: hangs\n{(error.stdout or b'').decode()}") from None
    if check and done.returncode != 0:
        raise Wrong(f"fleet {' '.join(words)}: exit {done.returncode}\n{done.stdout}")
    return done


def checkout_of(repo):
    """Without letting git refresh the index."""
    return (git(repo, "--no-optional-locks", "status", "--porcelain"), git(repo, "rev-parse", "HEAD"),
            (repo / ".git" / "index").read_bytes(), (repo / ".git" / "config").read_bytes())


def query(repo, sql):
    """Asks a copy of the state: whoever opens the write-ahead log of a process that was killed, tidies it up."""
    folder = repo / ".git" / "fleet"
    with tempfile.TemporaryDirectory(prefix="fleet-state-") as copy:
        for name in ("state.db", "state.db-wal", "state.db-journal"):
            if (folder / name).exists():
                shutil.copy(folder / name, copy)
        if not (Path(copy) / "state.db").exists():
            return []
        connection = sqlite3.connect(Path(copy) / "state.db")
        with contextlib.closing(connection):
            try:
                return connection.execute(sql, (RUN,)).fetchall()
            except sqlite3.OperationalError:  # no table yet
                return []


def state_of(repo):
    """None: the run had not begun."""
    rows = query(repo, "SELECT state FROM runs WHERE id = ?")
    return rows[0][0] if rows else None


def finished_tasks(repo):
    """Tasks that the journal knows as done, with the number of their attempts."""
    return dict(query(repo, "SELECT tasks.id, max(number) FROM tasks JOIN attempts ON attempts.run = tasks.run AND task_id = id "
                            "WHERE tasks.run = ? AND status = 'done' GROUP BY id"))


def leftovers(folder):
    """Processes of the run at work in the folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            environ = (entry / "environ").read_bytes()
            if f"FLEET_RUN={RUN}\0".encode() in environ and str(folder).encode() in environ:
                found.append((int(entry.name), (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()))
        except OSError:
            pass
    return found


def result(repo):
    found = subprocess.run(["git", "rev-parse", "--verify", "--quiet", f"refs/heads/fleet/{RUN}"], cwd=repo,
                           capture_output=True, text=True)
    return found.stdout.strip()


def check_sound(repo):
    fsck = subprocess.run(["git", "fsck", "--strict", "--no-dangling"], cwd=repo, capture_output=True, text=True)
    if fsck.returncode != 0:
        raise Wrong(f"git fsck: {fsck.stdout}{fsck.stderr}")


def check_whole(repo):
    """All that any ref leads to can be read. What a power cut left besides may be torn: nothing needs it."""
    listed = git(repo, "rev-list", "--objects", "--all")
    ids = "\n".join(line.split(" ")[0] for line in listed.splitlines())
    found = subprocess.run(["git", "cat-file", "--batch-check"], cwd=repo, input=ids, capture_output=True, text=True)
    if found.stderr or "missing" in found.stdout:
        raise Wrong(f"refs lead to what is not there: {found.stderr}{found.stdout}")


def check_end(repo, folder, expected, before, is_sound=check_sound):
    if result(repo) != expected:
        detail = git(repo, "diff", "--stat", expected, result(repo)) if has(repo, expected) and result(repo) else ""
        raise Wrong(f"another result: {result(repo) or 'none'} instead of {expected}\n{detail}")
    is_sound(repo)
    if checkout_of(repo) != before:
        raise Wrong("the user's checkout was changed")
    if leftovers(folder):
        raise Wrong(f"processes are left: {leftovers(folder)}")
    if left := mounts(folder):
        raise Wrong(f"mounts are left: {left}")


def mounts(folder):
    """In whichever namespace."""
    found = []
    for info in Path("/proc").glob("[0-9]*/mountinfo"):
        with contextlib.suppress(OSError):
            found += [line for line in info.read_text().splitlines() if str(folder) in line and " overlay " in line]
    return found


def has(repo, commit):
    return subprocess.run(["git", "cat-file", "-e", commit], cwd=repo, capture_output=True).returncode == 0


def resume(program, repo, folder, *words):
    """What ended the run may have come after its last commit to the journal: then there is nothing to go on with."""
    answer = fleet(program, repo, folder, "resume", *words, check=False)
    if answer.returncode != 0 and "it is over: finished" not in answer.stdout:
        raise Wrong(f"resume: exit {answer.returncode}\n{answer.stdout}")


@contextlib.contextmanager
def fresh(folder):
    """The same place for every run: the tasks may name it, and what a task is said to do is part of its result's key."""
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
