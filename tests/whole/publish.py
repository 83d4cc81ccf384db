#!/usr/bin/env python3
"""A job that may write says how a run went in a job that may not (`fleet publish`, workflow_run): on the pull request whose newest
commit the run had, and on no other, whatever the reports say.

usage: publish.py FLEET
"""
import argparse
import json
import os
import tempfile
from pathlib import Path

from github_server import BOT, REPOSITORY, TOKEN, GitHub
from support import Wrong, commit_all, fleet

EVIL = "@everyone ::set-output name=a::b <script>alert(1)</script>"
HEAD = "1" * 40


def must(holds, what):
    if not holds:
        raise Wrong(what)


class Job:
    def __init__(self, program, folder):
        self.program, self.folder, self.hub = program, folder, GitHub()
        self.repo = folder / "repo"
        (self.repo / ".fleet").mkdir(parents=True)
        (self.repo / ".fleet" / "workflow.yml").write_text(
            f"version: 1\nname: '{EVIL}'\ngate: {{findings: {{new: error}}}}\n"
            "tasks: {bad: {run: \"printf 'def f(a):\\\\n    return eval(a)\\\\n' > app.py\"}}\n")
        commit_all(self.repo)
        self.reports = folder / "reports"
        done = fleet(program, self.repo, folder, "run", f"--report={self.reports}", check=False)
        must(done.returncode == 1, done.stdout)
        self.hub.of_forks = [self.pull(8, "2" * 40), self.pull(7, HEAD)]

    @staticmethod
    def pull(number, sha):
        return {"number": number, "head": {"label": "eve:topic", "ref": "topic", "sha": sha, "repo": {"full_name": "eve/example"}}}

    def publish(self, head=HEAD, code=0, command=None, **more):
        (self.folder / "event.json").write_text(json.dumps({"workflow_run": {
            "head_sha": head, "head_branch": "topic", "head_repository": {"full_name": "eve/example"}, "pull_requests": []}}))
        env = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "workflow_run", "GITHUB_EVENT_PATH": str(self.folder / "event.json"),
               "GITHUB_REPOSITORY": REPOSITORY, "GITHUB_WORKFLOW": "publish", "GITHUB_JOB": "publish", "GITHUB_API_URL": self.hub.url,
               "GITHUB_GRAPHQL_URL": f"{self.hub.server}/api/graphql", "GITHUB_TOKEN": TOKEN, "NO_PROXY": "*", **more}
        done = fleet(self.program, self.folder, self.folder, *(command or ["publish", str(self.reports)]), check=False, env=env)
        must(done.returncode == code, f"exit code {done.returncode} instead of {code}\n{done.stdout}")
        return done.stdout


def on_the_right_pull_request(program, folder):
    job = Job(program, folder)
    job.publish()
    must(len(job.hub.comments) == 1 and job.hub.comments[0]["user"] is BOT, f"{len(job.hub.comments)} comments on 7")
    body = job.hub.comments[0]["body"]
    must("gate failed" in body and "`app.py:2`" in body, f"it does not say how it went:\n{body}")
    must("<script>" not in body and "@everyone" not in body, f"it does what it says:\n{body}")
    job.publish(command=["action"], **{"INPUT_PUBLISH-FROM": str(job.reports), "INPUT_REPORT-DIR": "fleet-report",
                                       "INPUT_RETRY-FAILED": "false", "INPUT_GITHUB-TOKEN": TOKEN, "GITHUB_TOKEN": ""})
    must(len(job.hub.comments) == 1, "it is there twice")
    asked = len(job.hub.asked)
    must("nothing was published" in job.publish(head="3" * 40), "the author has pushed since, and nothing is said")
    must(all(method == "GET" for method, _ in job.hub.asked[asked:]), "something was written")


def whatever_is_in_the_folder(program, folder):
    job = Job(program, folder)
    (folder / "secret").write_text('{"password": "hunter2"}')
    report = job.reports / "report.json"
    good = report.read_text()
    for text in ("", "[]", "{", "7", '{"run": 7}', "[" * 100_000, good[:-20]):
        report.write_text(text)
        job.publish(code=3)
    report.unlink()
    for leads_to in (folder / "secret", Path("/etc/passwd"), Path("/proc/self/environ")):
        report.symlink_to(leads_to)
        said = job.publish(code=2)
        must("hunter2" not in said and TOKEN not in said, f"it tells what is there:\n{said}")
        report.unlink()
    os.mkfifo(report)
    job.publish(code=2)
    must(not job.hub.comments, "something was published")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("fleet", type=Path)
    program = arguments.parse_args().fleet.resolve()
    for part in (on_the_right_pull_request, whatever_is_in_the_folder):
        with tempfile.TemporaryDirectory(prefix="fleet-publish-") as folder:
            part(program, Path(folder))
        print(f"{part.__name__.replace('_', ' ')}: good", flush=True)


main()
