#!/usr/bin/env python3
"""Findings at the lines of a pull request (`comment: inline`), against a GitHub that keeps them: ten pushes double nothing, what
is mended goes, what finds no place is in the summary, and nobody else's comments are touched.

usage: review.py FLEET
"""
import argparse
import json
import re
import tempfile
from pathlib import Path

from github_server import BOT, EVE, REPOSITORY, TOKEN, GitHub
from support import Wrong, commit_all, fleet, git

WORKFLOW = """\
version: 1
deliver: none
gate: {findings: {new: error, allow: 100000}}
report: {comment: inline}
tasks:
  look: {run: "true"}
"""


def must(holds, what):
    if not holds:
        raise Wrong(what)


def bad(name):
    return f"def {name}(request):\n    return eval(request)  # {name}\n\n\n"


class Job:
    """A clone of the branch `topic`, of which pull request 7 is."""

    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.repo = folder / "repo"
        (self.repo / ".fleet").mkdir(parents=True)
        (self.repo / ".fleet" / "workflow.yml").write_text(WORKFLOW)
        (self.repo / "old.py").write_text(bad("old"))
        commit_all(self.repo)
        git(folder, "clone", "--quiet", "--bare", "repo", "served.git")
        git(self.repo, "checkout", "--quiet", "-b", "topic")
        self.base = git(self.repo, "rev-parse", "main")
        self.hub = GitHub(folder / "served.git")

    def push(self, **files):
        for name, text in files.items():
            (self.repo / f"{name}.py").write_text(text)
        git(self.repo, "add", "--all")
        git(self.repo, "-c", "user.name=U", "-c", "user.email=u@localhost", "commit", "--quiet", "--allow-empty", "-m", "push")
        git(self.repo, "push", "--quiet", str(self.folder / "served.git"), "topic")
        return self.run()

    def run(self, **more):
        (self.folder / "event.json").write_text(json.dumps({"pull_request": {
            "number": 7, "head": {"sha": git(self.repo, "rev-parse", "HEAD"), "repo": {"full_name": REPOSITORY}, "ref": "topic"},
            "base": {"sha": self.base, "ref": "main", "repo": {"full_name": REPOSITORY}}}}))
        env = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": str(self.folder / "event.json"),
               "GITHUB_REPOSITORY": REPOSITORY, "GITHUB_WORKFLOW": "CI", "GITHUB_JOB": "fleet", "GITHUB_REF": "refs/heads/topic",
               "GITHUB_API_URL": self.hub.url, "GITHUB_GRAPHQL_URL": f"{self.hub.server}/api/graphql",
               "GITHUB_SERVER_URL": self.hub.server, "GITHUB_TOKEN": TOKEN, "NO_PROXY": "*", **more}
        done = fleet(self.program, self.repo, self.folder, "run", check=False, env=env)
        must(done.returncode == 0, f"exit code {done.returncode}\n{done.stdout}")
        return done.stdout

    def ours(self):
        return [remark for remark in self.hub.remarks if remark["user"] is BOT]

    def summary(self):
        found = [comment["body"] for comment in self.hub.comments if comment["user"] is BOT]
        must(len(found) == 1, f"{len(found)} summaries")
        return found[0]

    def reviews(self):
        return [path for method, path in self.hub.asked if method == "POST" and path.endswith("/reviews")]


def ten_pushes_double_nothing(program, folder):
    job = Job(program, folder)
    text = bad("one") + bad("two")
    log = job.push(app=text)
    must(len(job.ours()) == 2 and len(job.reviews()) == 1, f"{len(job.ours())} remarks in {len(job.reviews())} reviews\n{log}")
    must({r["text"] for r in job.ours()} == {f"    return eval(request)  # {name}" for name in ("one", "two")}, "at other lines")
    must(all("python.eval" in r["body"] for r in job.ours()), f"what it says: {job.ours()[0]['body']}")
    must("## Findings" not in job.summary(), "what stands at its line is in the summary too")
    for i in range(9):
        text = f"# {i}\n{text}"
        job.push(app=text)
    must(len(job.ours()) == 2 and len(job.reviews()) == 1, f"{len(job.ours())} remarks after ten pushes")
    job.summary()


def what_is_mended_goes(program, folder):
    job = Job(program, folder)
    job.push(app=bad("one") + bad("two") + bad("three"))
    marker = job.ours()[0]["body"]
    forged = job.hub.add_remark(EVE, marker, "app.py", 2)
    for remark in job.ours():
        if "# two" in remark["text"]:
            reply = job.hub.add_remark(EVE, "Are you sure?", "app.py", job.hub.place(remark), remark["id"])
    job.push(app=bad("three"))
    left = job.ours()
    must(len(left) == 2 and forged in job.hub.remarks and reply in job.hub.remarks, f"{len(left)} remarks are left")
    gone = next(r for r in left if "# two" in r["text"])
    must("found no more" in gone["body"] and forged["body"] == marker, "of one with a reply it is not said that it is gone")
    job.push()
    must(gone["body"].count("found no more") == 1, "it is said again and again")
    # It is back.
    job.push(app=bad("two") + bad("three"))
    must(len(job.ours()) == 2 and "found no more" not in gone["body"], "one that is back is not told")


def what_finds_no_place_is_in_the_summary(program, folder):
    job = Job(program, folder)
    job.hub.refused_lines = {2}
    log = job.push(app=bad("one") + bad("two"))
    must([r["text"] for r in job.ours()] == ["    return eval(request)  # two"], f"one bad line took the others along\n{log}")
    must("`app.py:2`" in job.summary() and "`app.py:6`" not in job.summary(), f"it is lost:\n{job.summary()}")
    # A task has changed the file: its lines are other ones than the author's.
    (job.repo / ".fleet" / "workflow.yml").write_text(WORKFLOW.replace('"true"', '"sed -i 1i#new app.py"'))
    job.push()
    must("`app.py:3`" in job.summary() and "`app.py:7`" in job.summary(), f"they are lost:\n{job.summary()}")


def however_many(program, folder):
    job = Job(program, folder)
    job.push(app="".join(bad(f"f{i}") for i in range(500)))
    must(len(job.ours()) == 30, f"{len(job.ours())} remarks at once")
    summary = job.summary()
    rows = summary.count("`python.eval`")
    more = re.search(r"_(\d+) more find no room here", summary)
    must(rows + (int(more[1]) if more else 0) == 470, f"of 470, the summary has {rows} and {more and more[0]}")
    must(len(summary) <= 65536, f"{len(summary)} characters")
    job.push()
    must(len(job.ours()) == 60, "the next ones do not come with the next push")


def what_is_refused_is_a_warning(program, folder):
    job = Job(program, folder)
    job.hub.may_write = False
    must("pull-requests: write" in job.push(app=bad("one")), "a missing right is not told")
    must(not job.hub.remarks and not job.hub.comments, "something was written")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("fleet", type=Path)
    program = arguments.parse_args().fleet.resolve()
    for part in (ten_pushes_double_nothing, what_is_mended_goes, what_finds_no_place_is_in_the_summary, however_many,
                 what_is_refused_is_a_warning):
        with tempfile.TemporaryDirectory(prefix="fleet-review-") as folder:
            part(program, Path(folder))
        print(f"{part.__name__.replace('_', ' ')}: good", flush=True)


main()
