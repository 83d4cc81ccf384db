#!/usr/bin/env python3
"""Runs one whole-program case: a folder with

  cmd            a shell script, run in a fresh clone with `fleet` on PATH
  out            what it prints, both streams, with what differs from run to run replaced (see normalise)
  exit           its exit code; absent: 0
  workflow.yml   becomes .fleet/workflow.yml, committed; optional
  setup          a shell script that prepares the repository after its first commit; optional
  root-only      the case needs root (another uid); skipped, loudly, for others
  needs-mount    the case mounts file systems, which containers mostly refuse; skipped, loudly, where that is so

and checks, beside output and exit code, that the user's checkout, index, branch, config and refs are what they were:
fleet leaves them alone, byte for byte. A case whose cmd is meant to change them says so with a file `changes-checkout`.

usage: run.py FLEET CASE          FLEET_ACCEPT=1 rewrites `out` and `exit`, and then skips: it never passes
"""
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SKIP = 77
GIT = ["git", "-c", "core.autocrlf=false"]


def environment(home, fleet):
    return {
        "PATH": f"{fleet.parent}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(home), "LANG": "C.UTF-8",
        "GIT_AUTHOR_NAME": "A User", "GIT_AUTHOR_EMAIL": "user@localhost", "GIT_COMMITTER_NAME": "A User",
        "GIT_COMMITTER_EMAIL": "user@localhost", "GIT_AUTHOR_DATE": "2026-01-02T03:04:05Z",
        "GIT_COMMITTER_DATE": "2026-01-02T03:04:05Z", "GIT_CONFIG_NOSYSTEM": "1", "NO_COLOR": "1", "COLUMNS": "100",
        "FLEET_WORKSPACES": str(home / "workspaces"),
        "LSAN_OPTIONS": f"suppressions={Path(__file__).resolve().parent / 'leaks.supp'}:print_suppressions=0",
    }


def normalise(text, places):
    for place, name in places:
        text = text.replace(str(place), name)
    text = re.sub(r"\b20\d{6}-\d{6}-[0-9a-z]{4}\b", "RUN", text)
    text = re.sub(r"\b[0-9a-f]{40}\b", "COMMIT", text)
    text = re.sub(r"\b(?=[0-9a-f]*[0-9])[0-9a-f]{12}\b", "COMMIT", text)
    text = re.sub(r"\b(?=[0-9a-f]*[0-9])[0-9a-f]{10}\b", "COMMIT", text)
    text = re.sub(r"\b20\d\d-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?Z?( UTC)?", "TIME", text)
    # Whether running at once paid hangs on how busy the machine is; the line says so only when it did.
    text = re.sub(r" with up to \d+ at once; one by one [\w.]+, so [\d.]+ times as fast", "", text)
    text = re.sub(r" *\b\d+(\.\d+)?(ms|s)\b", " T", text)
    text = re.sub(r"\b\d+m\d\ds\b", "T", text)
    text = re.sub(r"\bpid \d+", "pid N", text)
    text = re.sub(r"\bprocess \d+ on \S+", "process N on HOST", text)
    text = re.sub(r"\b\d+(\.\d+)? (x faster|tasks/s)", "N \\2", text)
    text = re.sub(r"\b\d+ ?%", "P%", text)
    return re.sub(r"[ \t]+$", "", text, flags=re.M)


def fingerprint(repo, env):
    """What must not change: files with their modes, index, HEAD, config, and every ref that is not ours."""
    found = {}
    if not (repo / ".git").is_dir():
        return found
    for path in sorted(repo.rglob("*")):
        name = str(path.relative_to(repo))
        if name.startswith(".git/") or name == ".git":
            continue
        if path.is_symlink():
            found[name] = os.readlink(path)
        elif path.is_file():
            found[name] = (path.stat().st_mode, hashlib.sha256(path.read_bytes()).hexdigest())
    for name in ("HEAD", "index", "config", "info/exclude"):
        file = repo / ".git" / name
        found[".git/" + name] = file.read_bytes() if file.is_file() else None
    refs = subprocess.run([*GIT, "for-each-ref", "--format=%(refname) %(objectname)"], cwd=repo, env=env,
                          capture_output=True, text=True).stdout
    found["refs"] = [r for r in refs.splitlines() if not r.startswith(("refs/fleet/", "refs/heads/fleet/"))]
    return found


def make_repository(case, repo, env):
    git = lambda *words: subprocess.run([*GIT, *words], cwd=repo, env=env, check=True, capture_output=True)
    git("init", "--quiet", "--initial-branch=main")
    (repo / "README").write_text("one\ntwo\nthree\n")
    if (case / "workflow.yml").exists():
        (repo / ".fleet").mkdir()
        shutil.copy(case / "workflow.yml", repo / ".fleet" / "workflow.yml")
    git("add", "--all")
    git("commit", "--quiet", "--message", "first")


def shell(script, repo, env, limit):
    # fleet:ignore python.shell-by-hand the script is the case's own
    return subprocess.run(["sh", "-c", script], cwd=repo, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=limit)


def first_difference(wanted, got):
    import difflib
    return "\n".join(difflib.unified_diff(wanted.splitlines(), got.splitlines(), "expected", "got", lineterm=""))


def run(fleet, case, folder):
    repo, home = folder / "repo", folder / "home"
    repo.mkdir()
    home.mkdir()
    env = environment(home, fleet)
    env["CASE"] = str(case)
    make_repository(case, repo, env)
    if (case / "setup").exists():
        done = shell((case / "setup").read_text(), repo, env, 60)
        if done.returncode != 0:
            raise SystemExit(f"setup failed:\n{done.stdout.decode(errors='replace')}")
    before = fingerprint(repo, env)
    done = shell((case / "cmd").read_text(), repo, env, 120)
    after = fingerprint(repo, env)
    got = normalise(done.stdout.decode(errors="replace"), [(fleet.parent, "BIN"), (repo, "REPO"), (home, "HOME"), (folder, "FOLDER"), (case, "CASE")])

    if os.environ.get("FLEET_ACCEPT") == "1":
        (case / "out").write_text(got)
        if done.returncode or (case / "exit").exists():
            (case / "exit").write_text(f"{done.returncode}\n")
        print("NOT TESTED: accepted as it is now; look at the difference before you commit it")
        return SKIP
    wrong = []
    wanted_exit = int((case / "exit").read_text()) if (case / "exit").exists() else 0
    if done.returncode != wanted_exit:
        wrong.append(f"exit code {done.returncode}, expected {wanted_exit}")
    wanted = (case / "out").read_text()
    if got != wanted:
        wrong.append(first_difference(wanted, got))
    if before != after and not (case / "changes-checkout").exists():
        changed = [k for k in sorted({*before, *after}, key=str) if before.get(k) != after.get(k)]
        wrong.append(f"the user's repository was changed: {changed}")
    if wrong:
        print("\n".join(wrong))
        return 1
    return 0


def can_mount(folder):
    if subprocess.run(["mount", "-t", "tmpfs", "none", folder], capture_output=True).returncode != 0:
        return False
    subprocess.run(["umount", folder], check=True)
    return True


def main():
    fleet, case = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    if (case / "root-only").exists() and os.geteuid() != 0:
        print("NOT TESTED: this case needs root")
        return SKIP
    folder = Path(tempfile.mkdtemp(prefix="fleet-case-"))
    if (case / "needs-mount").exists() and not can_mount(folder):
        print("NOT TESTED: this case mounts a file system, which is refused here")
        folder.rmdir()
        return SKIP
    try:
        return run(fleet, case, folder)
    finally:
        subprocess.run(["umount", "--lazy", "--recursive", "--quiet", str(folder / "small")], stderr=subprocess.DEVNULL)
        subprocess.run(["chmod", "-R", "u+rwX", str(folder)], stderr=subprocess.DEVNULL)
        shutil.rmtree(folder, ignore_errors=True)


sys.exit(main())
