#!/usr/bin/env python3
"""The comment on a pull request, against a GitHub that keeps users, comments and limits: ten runs leave one comment, nobody
else's is touched, and whatever GitHub answers, the run's exit code is its own.

usage: github.py FLEET
"""
import argparse
import json
import re
import tempfile
from pathlib import Path

from github_server import BOT, EVE, TOKEN, GitHub
from support import Wrong, commit_all, fleet

EVIL = "@everyone ::set-output name=a::b ##[error]x <script>alert(1)</script> `</details>` \u202e [a](javascript:x)"


def prose(markdown):
    """What a reader of the Markdown would take for anything but text: code and escaped characters are gone."""
    return re.sub(r"\\.|`[^`\n]*`", "", re.sub(r"^(`{3,}).*?^\1", "", markdown, flags=re.S | re.M))


def must(holds, what):
    if not holds:
        raise Wrong(what)


class Job:
    """A clone in a job of a pull request."""

    def __init__(self, program, folder, hub, comment="sticky"):
        self.program, self.folder, self.hub = program, folder, hub
        self.repo = folder / "repo"
        (self.repo / ".fleet").mkdir(parents=True)
        (self.repo / "README").write_text("A repository.\n")
        (self.repo / "say").write_text(EVIL + "\n" + "x" * 1_000_000 + "\n")
        (self.repo / ".fleet" / "workflow.yml").write_text(
            f"version: 1\nname: '{EVIL}'\nreport: {{comment: {comment}}}\n"
            "tasks:\n  good: {run: 'echo a >> README'}\n  bad: {run: 'cat say; exit 1'}\n")
        commit_all(self.repo)
        (folder / "event.json").write_text(json.dumps({"pull_request": {
            "number": 7, "head": {"sha": "1" * 40, "repo": {"full_name": "octo/example"}, "ref": "topic"},
            "base": {"sha": "2" * 40, "ref": "main", "repo": {"full_name": "octo/example"}}}}))

    def run(self, **more):
        env = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": str(self.folder / "event.json"),
               "GITHUB_REPOSITORY": "octo/example", "GITHUB_WORKFLOW": "CI", "GITHUB_JOB": "fleet", "GITHUB_REF": "refs/pull/7/merge",
               "GITHUB_API_URL": self.hub.url, "GITHUB_GRAPHQL_URL": self.hub.url.replace("/api/v3", "/api/graphql"),
               "GITHUB_SERVER_URL": "https://github.example", "GITHUB_RUN_ID": "5", "GITHUB_TOKEN": TOKEN, "NO_PROXY": "*",
               "GITHUB_STEP_SUMMARY": str(self.folder / "summary"), "GITHUB_OUTPUT": str(self.folder / "output"), **more}
        done = fleet(self.program, self.repo, self.folder, "run", check=False, env=env)
        must(done.returncode == 1, f"the exit code is not the run's own: {done.returncode}\n{done.stdout}")
        shown = "".join(line for line in done.stdout.splitlines() if not line.startswith("::add-mask::"))
        must(TOKEN not in shown, "the token is in the log")
        return done.stdout

    def ours(self):
        return [c for c in self.hub.comments if c["user"] is BOT]


def ten_runs_leave_one(program, folder):
    hub = GitHub()
    job = Job(program, folder, hub)
    for i in range(150):
        hub.add(EVE, f"comment {i}")
    job.run()
    must(len(job.ours()) == 1, "no comment")
    first = job.ours()[0]["body"]
    marker = first.split("\n")[0]
    forged = hub.add(EVE, marker + "\nAll is well.")
    hub.comments.insert(0, hub.comments.pop())  # it is even the oldest
    for _ in range(9):
        job.run()
    must(len(job.ours()) == 1 and len(hub.comments) == 152, f"{len(hub.comments)} comments")
    must(forged["body"].endswith("All is well."), "somebody else's comment was changed")
    must(job.ours()[0]["body"] != first, "it is still the first run's")
    must("https://github.example/octo/example/actions/runs/5" in job.ours()[0]["body"], "it does not lead to the job")
    # A race has left two.
    hub.add(BOT, marker + "\nolder")
    job.run()
    must(len(job.ours()) == 1, "two of our own are left")
    # Another key, another comment; another workflow's is not ours.
    job.run(GITHUB_WORKFLOW="other")
    must(len(job.ours()) == 2, "another workflow has no comment of its own")


def hostile_text_stays_in_its_place(program, folder):
    hub = GitHub()
    job = Job(program, folder, hub)
    log = job.run()
    body = job.ours()[0]["body"]
    must(len(body) <= 65536, f"{len(body)} characters")
    for bad in ("<script", "@everyone", "\u202e", "](javascript:"):
        must(bad not in prose(body), f"{bad} stands in the comment: {prose(body)[:2000]}")
        must(bad not in prose((folder / "summary").read_text()), f"{bad} stands in the summary")
    commands = [line for line in log.splitlines() if re.match(r"\s*::set-output|.*##\[", line)]
    must(not commands, f"the log gives orders: {commands[:3]}")


def whatever_it_answers(program, folder):
    hub = GitHub()
    job = Job(program, folder, hub)
    hub.may_write = False
    log = job.run()
    must("pull-requests: write" in log and "::warning" in log, f"a missing right is not told:\n{log}")
    must(not hub.comments and (folder / "summary").stat().st_size > 0, "no summary to fall back on")
    hub.may_write = True
    hub.refuse = [(429, [("retry-after", "1")], {"message": "slow down"}), (502, [], None)]
    job.run()
    must(len(job.ours()) == 1, "it did not wait for a limit that passes")
    hub.refuse = [(403, [("retry-after", "3600")], {"message": "You have exceeded a secondary rate limit"})]
    must("wait longer than a job should" in job.run(), "an hour is not waited for")
    for odd in ([(200, [], {"no": "list"})], [(422, [], {"message": "Validation Failed"})], [(404, [], None)],
                [(200, [("link", '<http://127.0.0.1:1/x>; rel="next"')], [])]):
        hub.refuse = odd
        must("::warning" in job.run(), f"nothing is said of {odd}")
    must(len(job.ours()) == 1, "it did something all the same")
    hub.refuse = []
    must("GITHUB_TOKEN" in job.run(GITHUB_TOKEN=""), "no token, and nothing said")
    hub.shutdown()
    hub.server_close()
    must("::warning" in job.run(), "nothing is said of a server that is gone")


def only_where_it_is_asked_for(program, folder):
    hub = GitHub()
    job = Job(program, folder, hub, comment="off")
    job.run()
    must(not hub.asked, f"it asked {hub.asked}")
    (job.repo / ".fleet" / "workflow.yml").write_text((job.repo / ".fleet" / "workflow.yml").read_text().replace("off", "sticky"))
    (folder / "event.json").write_text(json.dumps({"ref": "refs/heads/main", "after": "1" * 40}))
    job.run(GITHUB_EVENT_NAME="push", GITHUB_REF="refs/heads/main")
    must(not hub.asked, f"a push has no pull request, and it asked {hub.asked}")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("fleet", type=Path)
    program = arguments.parse_args().fleet.resolve()
    for part in (ten_runs_leave_one, hostile_text_stays_in_its_place, whatever_it_answers, only_where_it_is_asked_for):
        with tempfile.TemporaryDirectory(prefix="fleet-github-") as folder:
            part(program, Path(folder))
        print(f"{part.__name__.replace('_', ' ')}: good", flush=True)


main()
