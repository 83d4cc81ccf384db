#!/usr/bin/env python3
"""The pull request that a run's result becomes (`deliver: pull-request`), against a GitHub that keeps them and real git: one
for all runs of a job, brought up to date by each; whoever writes to its branch owns it; what cannot be pushed is a patch.

usage: pull_request.py FLEET
"""
import argparse
import json
import subprocess
import tempfile
from pathlib import Path

from github_server import EVE, REPOSITORY, TOKEN, GitHub
from support import Wrong, commit_all, fleet, git

WORKFLOW = """\
version: 1
name: "Tidy up: `@everyone` <script>"
deliver: pull-request
tasks:
  one: {run: "date +%N >> made; cp made 'also made'"}
  two: {needs: [one], run: 'printf "\\0" > binary'}
"""


def must(holds, what):
    if not holds:
        raise Wrong(what)


class Job:
    """A shallow clone of a repository on GitHub, as actions/checkout leaves it, in a job of a push to main."""

    def __init__(self, program, folder, workflow=WORKFLOW):
        self.program, self.folder = program, folder
        origin = folder / "origin"
        (origin / ".fleet").mkdir(parents=True)
        (origin / "README").write_text("A repository.\n")
        (origin / ".fleet" / "workflow.yml").write_text(workflow)
        commit_all(origin)
        git(origin, "-c", "user.name=U", "-c", "user.email=u@localhost", "commit", "--quiet", "--allow-empty", "-m", "second")
        git(folder, "clone", "--quiet", "--bare", str(origin), "served.git")
        git(folder / "served.git", "config", "http.receivepack", "true")
        self.hub = GitHub(folder / "served.git")
        self.repo = folder / "repo"
        git(folder, "clone", "--quiet", "--depth", "1", f"file://{folder}/served.git", "repo")
        # Whatever the clone says and has, none of it counts when the token is at hand.
        git(self.repo, "config", "credential.helper", "!touch $HOME/asked; echo username=x; echo password=y")
        git(self.repo, "config", f"url.{self.hub.server}/evil/.insteadOf", f"{self.hub.server}/octo/")
        hook = self.repo / ".git" / "hooks" / "pre-push"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text("#!/bin/sh\ntouch $HOME/asked\n")
        hook.chmod(0o755)

    def run(self, *words, code=0, event=None, **more):
        (self.folder / "event.json").write_text(json.dumps(event or {"ref": "refs/heads/main"}))
        (self.folder / "output").write_text("")
        env = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request" if event else "push", "GITHUB_REPOSITORY": REPOSITORY,
               "GITHUB_EVENT_PATH": str(self.folder / "event.json"), "GITHUB_WORKFLOW": "CI", "GITHUB_JOB": "fleet",
               "GITHUB_REF": "refs/heads/main", "GITHUB_API_URL": self.hub.url, "GITHUB_SERVER_URL": self.hub.server,
               "GITHUB_GRAPHQL_URL": f"{self.hub.server}/api/graphql", "GITHUB_TOKEN": TOKEN, "NO_PROXY": "*",
               "GITHUB_OUTPUT": str(self.folder / "output"), **more}
        self.reports = self.folder / "reports"
        done = fleet(self.program, self.repo, self.folder, "run", f"--report={self.reports}", *words, check=False, env=env)
        must(done.returncode == code, f"exit code {done.returncode} instead of {code}\n{done.stdout}")
        shown = "".join(line for line in done.stdout.splitlines() if not line.startswith("::add-mask::"))
        must(TOKEN not in shown, "the token is in the log")
        must(not (self.folder / "asked").exists(), "what the clone says was heeded")
        return done.stdout

    def report(self):
        return json.loads((self.reports / "report.json").read_text())

    def open_pulls(self):
        return [pull for pull in self.hub.pulls if pull["state"] == "open"]


def one_for_all_runs(program, folder):
    job = Job(program, folder)
    first = job.run("--id=r1")
    must(len(job.open_pulls()) == 1, f"{len(job.open_pulls())} pull requests\n{first}")
    pull = job.open_pulls()[0]
    url = f"{job.hub.server}/{REPOSITORY}/pull/{pull['number']}"
    must(pull["base"] == "main" and job.hub.tip(pull["head"]) == git(job.repo, "rev-parse", "fleet/r1"), f"not the result: {pull}")
    must(url in first and job.report()["delivery"]["pull_request"] == url and url in (folder / "output").read_text(),
         f"it is not told where it is\n{first}")
    must(git(folder / "served.git", "diff", "--name-only", "main", pull["head"]).split("\n") == ["also made", "binary", "made"],
         "it changes something else")
    job.run("--id=r2")
    must(len(job.open_pulls()) == 1, "another run has opened another")
    must(job.hub.tip(pull["head"]) == git(job.repo, "rev-parse", "fleet/r2"), "it was not brought up to date")
    must("r2" in pull["body"] and "`@everyone`" not in pull["body"].split("Tasks")[0], "its text is not the run's")
    # Another key, another pull request.
    job.run("--id=r3", "--comment-key=other")
    must(len(job.open_pulls()) == 2, "another key has none of its own")


def whoever_writes_to_it_owns_it(program, folder):
    job = Job(program, folder)
    job.run("--id=r1")
    pull = job.open_pulls()[0]
    git(folder, "clone", "--quiet", "--branch", pull["head"], "served.git", "eve")
    git(folder / "eve", "-c", "user.name=E", "-c", "user.email=e@localhost", "commit", "--quiet", "--allow-empty", "-m", "mine")
    git(folder / "eve", "push", "--quiet", "origin", "HEAD")
    hers = job.hub.tip(pull["head"])
    job.run("--id=r2")
    must(job.hub.tip(pull["head"]) == hers, "what somebody else pushed is gone")
    must(len(job.open_pulls()) == 2, "the result is nowhere")
    # Somebody else's pull request that looks like ours.
    forged = job.open_pulls()[1]
    forged["user"] = EVE
    before = job.hub.tip(forged["head"])
    job.run("--id=r3")
    must(job.hub.tip(forged["head"]) == before and "r2" in forged["body"], "somebody else's pull request was changed")
    must(len(job.open_pulls()) == 3, "the result is nowhere")
    # A branch of the run's name that is not ours.
    git(folder / "served.git", "branch", "fleet/r4", "main")
    job.open_pulls()[2]["state"] = "closed"
    log = job.run("--id=r4", code=3)
    must("left as it is" in log and job.hub.tip("fleet/r4") == job.hub.tip("main"), f"it was pushed over\n{log}")


def applies(job, run):
    """The patch makes the result."""
    git(job.repo, "checkout", "--quiet", "--detach", "HEAD")
    git(job.repo, "apply", "--index", str(job.reports / job.report()["delivery"]["patch"]))
    tree = git(job.repo, "write-tree")
    git(job.repo, "reset", "--quiet", "--hard")
    must(tree == git(job.repo, "rev-parse", f"fleet/{run}^{{tree}}"), "the patch makes something else")


def a_patch_where_none_can_be(program, folder):
    job = Job(program, folder)
    job.hub.may_push = False
    log = job.run("--id=r1", code=3)
    must("contents: write" in log and not job.hub.pulls, f"a missing right is not told\n{log}")
    applies(job, "r1")
    job.hub.may_push = True
    job.hub.may_write = False
    log = job.run("--id=r2", code=3)
    must("pull-requests: write" in log, f"a missing right is not told\n{log}")
    applies(job, "r2")
    job.hub.may_write = True
    # A fork's token only reads, which is nobody's fault.
    fork = {"pull_request": {"number": 7, "head": {"sha": "1" * 40, "repo": {"full_name": "eve/example"}, "ref": "topic"},
                             "base": {"sha": "2" * 40, "ref": "main", "repo": {"full_name": REPOSITORY}}}}
    asked = len(job.hub.asked)
    log = job.run("--id=r3", event=fork, GITHUB_REF="refs/pull/7/merge")
    must("fork" in log and len(job.hub.asked) == asked, f"it asked GitHub\n{log}")
    applies(job, "r3")
    # On a laptop.
    log = job.run("--id=r4", GITHUB_ACTIONS="")
    must("patch" in log, f"nothing is said of it\n{log}")
    applies(job, "r4")


def before_anything_runs(program, folder):
    job = Job(program, folder)
    must("github-token" in job.run(code=2, GITHUB_TOKEN=""), "no token, and nothing said")
    must("no branch" in job.run(code=2, GITHUB_REF="refs/tags/v1"), "a tag is no branch")
    # GitHub's merge commit.
    git(job.repo, "fetch", "--quiet", "--unshallow")
    head = git(job.repo, "rev-parse", "HEAD")
    merge = subprocess.run(["git", "-c", "user.name=U", "-c", "user.email=u@localhost", "commit-tree", "-p", "HEAD~1", "-p", "HEAD",
                            "-m", "merge", "HEAD^{tree}"], cwd=job.repo, check=True, capture_output=True, text=True).stdout.strip()
    git(job.repo, "checkout", "--quiet", merge)
    own = {"pull_request": {"number": 7, "head": {"sha": head, "repo": {"full_name": REPOSITORY}, "ref": "main"},
                            "base": {"sha": "2" * 40, "ref": "main", "repo": {"full_name": REPOSITORY}}}}
    must("github.head_ref" in job.run(code=2, event=own, GITHUB_REF="refs/pull/7/merge"), "a merge commit is no branch's")
    must(not (job.repo / ".git" / "fleet" / "runs").exists() and not job.hub.pulls, "something ran")


def only_what_is_good(program, folder):
    job = Job(program, folder, WORKFLOW.replace("run: 'printf", "run: 'exit 1; printf"))
    log = job.run("--id=r1", code=1)
    must("no pull request was opened: the run is failed" in log and not job.hub.pulls, f"a failed run has one\n{log}")
    applies(job, "r1")
    job = Job(program, folder / "again", "version: 1\ndeliver: pull-request\ntasks: {a: {run: 'true'}}\n")
    job.run()
    must(not job.hub.pulls, "nothing was changed, and it is proposed")
    job = Job(program, folder / "patch", WORKFLOW.replace("pull-request", "patch"))
    job.run("--id=r1")
    must(not job.hub.asked and not git(job.repo, "branch", "--list", "fleet/*"), "a patch is no branch")
    git(job.repo, "apply", "--index", str(job.reports / "changes.patch"))
    must((job.repo / "binary").read_bytes() == b"\0", "the patch lacks what is binary")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("fleet", type=Path)
    program = arguments.parse_args().fleet.resolve()
    for part in (one_for_all_runs, whoever_writes_to_it_owns_it, a_patch_where_none_can_be, before_anything_runs, only_what_is_good):
        with tempfile.TemporaryDirectory(prefix="fleet-pull-request-") as folder:
            part(program, Path(folder))
        print(f"{part.__name__.replace('_', ' ')}: good", flush=True)


main()
