#!/usr/bin/env python3
"""The note and the discussions on a merge request, against a GitLab that keeps them as docs.gitlab.com/api has them: ten pipelines
leave one note and double no discussion, nobody else's is touched, and whatever GitLab answers, the run's exit code is its own.

usage: gitlab.py FLEET
"""
import argparse
import json
import re
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from diff import diff_of
from support import Wrong, commit_all, fleet, git

TOKEN = "the-secret-of-project-9"
BOT = {"id": 41, "username": "project_9_bot"}
EVE = {"id": 42, "username": "eve"}
EVIL = "@all !12 &3 #4 <script>alert(1)</script>"


def must(holds, what):
    if not holds:
        raise Wrong(what)


class GitLab(ThreadingHTTPServer):
    def __init__(self):
        super().__init__(("127.0.0.1", 0), Api)
        self.notes = []  # of merge request 7 in project 9, which is of the branch `topic`
        self.discussions = []
        self.repository = None  # with the branches `main` and `topic`
        self.may_write = True
        self.asked = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/api/v4"

    def add(self, author, body):
        self.notes.append({"id": 1000 + len(self.asked) + len(self.notes), "author": author, "body": body, "system": False})
        return self.notes[-1]


    def diff(self):
        return diff_of(self.repository, "main", "topic")

    def version(self):
        base = git(self.repository, "merge-base", "main", "topic")
        return {"id": 1, "base_commit_sha": base, "start_commit_sha": base, "head_commit_sha": git(self.repository, "rev-parse", "topic")}

    def discuss(self, author, body, position):
        number = 500 + len(self.discussions)
        note = {"id": number, "type": "DiffNote", "author": author, "body": body, "resolvable": True, "resolved": False,
                "position": position}
        self.discussions.append({"id": f"{number:040x}", "notes": [note]})
        return self.discussions[-1]


class Api(BaseHTTPRequestHandler):
    def answer(self, status, body=None, headers=()):
        data = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def handle_one(self):
        lab = self.server
        length = int(self.headers.get("content-length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        lab.asked.append((self.command, self.path))
        if self.headers["private-token"] != TOKEN:
            return self.answer(401, {"message": "401 Unauthorized"})
        url = urlsplit(self.path)
        if url.path == "/api/v4/user":
            return self.answer(200, BOT)
        about = url.path.removeprefix("/api/v4/projects/9/merge_requests/7/")
        if about == "versions":
            return self.answer(200, [lab.version()])
        if about == "diffs":
            return self.answer(200, [{"new_path": path, "old_path": path, "diff": patch} for path, (patch, _) in lab.diff().items()])
        if about.startswith("discussions"):
            return self.handle_discussion(about, body)
        notes = "/api/v4/projects/9/merge_requests/7/notes"
        if not url.path.startswith(notes):
            return self.answer(404, {"message": "404 Not found"})
        if self.command == "GET":
            asked = {name: values[0] for name, values in parse_qs(url.query).items()}
            size, page = int(asked["per_page"]), int(asked.get("page", 1))
            found = lab.notes if asked["sort"] == "asc" else lab.notes[::-1]
            following = "&".join(f"{name}={value}" for name, value in (asked | {"page": page + 1}).items())
            link = [("link", f'<{lab.url[:-7]}{url.path}?{following}>; rel="next"')] if len(found) > page * size else []
            return self.answer(200, found[(page - 1) * size:page * size], link)
        if not lab.may_write:
            return self.answer(403, {"error": "insufficient_scope", "error_description": "The request requires higher privileges"})
        if self.command == "POST" and url.path == notes:
            return self.answer(201, lab.add(BOT, body["body"]))
        note = next((n for n in lab.notes if url.path == f"{notes}/{n['id']}"), None)
        if not note or note["author"] is not BOT:
            return self.answer(404 if not note else 403, {"message": "no"})
        if self.command == "PUT":
            note["body"] = body["body"]
            return self.answer(200, note)
        lab.notes.remove(note)
        return self.answer(204)

    def handle_discussion(self, about, body):
        lab = self.server
        if self.command == "GET":
            return self.answer(200, lab.discussions)
        if not lab.may_write:
            return self.answer(403, {"error": "insufficient_scope"})
        if about == "discussions" and self.command == "POST":
            at = body["position"]
            version = lab.version()
            shown = lab.diff().get(at["new_path"], ("", {}))[1]
            # An added line has a new number alone, an unchanged one both.
            good = (at["position_type"] == "text" and at["old_path"] and at["new_line"] in shown
                    and shown[at["new_line"]][0] == at.get("old_line")
                    and all(at[f"{name}_sha"] == version[f"{name}_commit_sha"] for name in ("base", "start", "head")))
            if not good:
                return self.answer(400, {"message": '400 Bad request - Note {:line_code=>["can\'t be blank"]}'})
            return self.answer(201, lab.discuss(BOT, body["body"], at))
        one = next((d for d in lab.discussions if about.split("/")[1] == d["id"]), None)
        if not one or self.command != "PUT":
            return self.answer(404, {"message": "404 Not found"})
        if "resolved" in body:
            one["notes"][0]["resolved"] = body["resolved"]
        else:
            must(about.endswith(f"/notes/{one['notes'][0]['id']}"), f"another note: {about}")
            one["notes"][0]["body"] = body["body"]
        return self.answer(200, one)

    do_GET = do_POST = do_PUT = do_DELETE = handle_one

    def log_message(self, *_):
        pass


class Job:
    def __init__(self, program, folder):
        self.program, self.folder, self.lab = program, folder, GitLab()
        self.repo = folder / "repo"
        (self.repo / ".fleet").mkdir(parents=True)
        (self.repo / ".fleet" / "workflow.yml").write_text(
            f"version: 1\nname: '{EVIL}'\nreport: {{comment: inline}}\ngate: {{findings: {{new: error}}}}\n"
            "tasks: {a: {run: \"printf 'def f(a):\\\\n    return eval(a)\\\\n' > app.py\"}}\n")
        commit_all(self.repo)

    def run(self, code=1, **more):
        env = {"GITLAB_CI": "true", "CI_API_V4_URL": self.lab.url, "CI_SERVER_URL": "https://gitlab.example", "CI_PROJECT_PATH": "o/p",
               "CI_MERGE_REQUEST_PROJECT_PATH": "o/p", "CI_MERGE_REQUEST_SOURCE_PROJECT_PATH": "o/p", "CI_PROJECT_ID": "9",
               "CI_MERGE_REQUEST_PROJECT_ID": "9", "CI_MERGE_REQUEST_IID": "7", "CI_JOB_NAME": "fleet", "GITLAB_TOKEN": TOKEN,
               "CI_JOB_URL": "https://gitlab.example/o/p/-/jobs/1", "NO_PROXY": "*", **more}
        done = fleet(self.program, self.repo, self.folder, "run", check=False, env=env)
        must(done.returncode == code, f"the exit code is not the run's own: {done.returncode}\n{done.stdout}")
        must(TOKEN not in done.stdout, "the token is in the log")
        return done.stdout

    def ours(self):
        return [note for note in self.lab.notes if note["author"] is BOT]


class Topic(Job):
    """The job of a merge request whose author has written what is found."""

    def __init__(self, program, folder):
        super().__init__(program, folder)
        (self.repo / ".fleet" / "workflow.yml").write_text(
            "version: 1\ndeliver: none\nreport: {comment: inline}\ngate: {findings: {new: error}}\ntasks: {a: {run: 'true'}}\n")
        (self.repo / "old.py").write_text("".join(f"# {i}\n" for i in range(9)))
        git(self.repo, "add", "-A")
        git(self.repo, "-c", "user.name=U", "-c", "user.email=u@localhost", "commit", "-qm", "base")
        git(self.repo, "checkout", "-qb", "topic")
        self.lab.repository = self.repo

    def push(self, code=1, **files):
        for name, text in files.items():
            (self.repo / f"{name}.py").write_text(text)
        git(self.repo, "add", "-A")
        git(self.repo, "-c", "user.name=U", "-c", "user.email=u@localhost", "commit", "-q", "--allow-empty", "-m", "push")
        head = git(self.repo, "rev-parse", "HEAD")
        return self.run(code=code, CI_COMMIT_SHA=head, CI_MERGE_REQUEST_DIFF_BASE_SHA=git(self.repo, "rev-parse", "main"),
                        CI_MERGE_REQUEST_TARGET_BRANCH_NAME="main", CI_MERGE_REQUEST_SOURCE_BRANCH_NAME="topic")

    def open(self):
        return [d["notes"][0] for d in self.lab.discussions if not d["notes"][0]["resolved"]]


def bad(name):
    return f"def {name}(a):\n    return eval(a)  # {name}\n"


def findings_at_their_lines(program, folder):
    job = Topic(program, folder)
    text = bad("one") + bad("two")
    log = job.push(app=text)
    must(len(job.open()) == 2 and all("python.eval" in note["body"] for note in job.open()), f"{len(job.open())} discussions\n{log}")
    must("## Findings" not in job.ours()[0]["body"], "what stands at its line is in the note too")
    for i in range(9):
        text = f"# {i}\n{text}"
        job.push(app=text)
    must(len(job.lab.discussions) == 2 and len(job.ours()) == 1, f"{len(job.lab.discussions)} discussions after ten pushes")
    theirs = job.lab.discuss(EVE, job.open()[0]["body"], {})["notes"][0]
    job.push(app=bad("two"))
    must(len([n for n in job.open() if n["author"] is BOT]) == 1 and not theirs["resolved"], "what is mended is not resolved")
    job.push(app=text)
    must(len(job.open()) == 3 and len(job.lab.discussions) == 3, "one that is back is not open again")
    # On a line that the author has not changed, but that the diff shows.
    job.push(old="# 0\n# new\n" + "".join(f"# {i}\n" for i in range(1, 9)))
    (job.repo / ".fleet" / "workflow.yml").write_text((job.repo / ".fleet" / "workflow.yml").read_text().replace("'true'", "'echo >> app.py'"))
    job.push()
    must("`app.py:" in job.ours()[0]["body"], "what finds no line is lost")
    # Somebody has pushed while the job ran.
    git(job.repo, "checkout", "-q", "--detach")
    git(job.repo, "-c", "user.name=U", "-c", "user.email=u@localhost", "commit", "-q", "--allow-empty", "-m", "newer")
    git(job.repo, "branch", "-f", "topic")
    git(job.repo, "checkout", "-q", "HEAD~1")
    before = json.dumps(job.lab.discussions)
    log = job.run(CI_COMMIT_SHA=git(job.repo, "rev-parse", "HEAD"), CI_MERGE_REQUEST_DIFF_BASE_SHA=git(job.repo, "rev-parse", "main"))
    must("newer commits" in log and json.dumps(job.lab.discussions) == before, f"an older job has its say:\n{log}")


def ten_pipelines_leave_one(program, folder):
    job = Job(program, folder)
    for i in range(150):
        job.lab.add(EVE, f"note {i}")
    log = job.run()
    must(len(job.ours()) == 1, f"no note\n{log}")
    first = job.ours()[0]["body"]
    must("gate failed" in first and "`app.py:2`" in first and "https://gitlab.example/o/p/-/jobs/1" in first, f"it says:\n{first}")
    for bad in ("<script", "@all", "!12", "&3", "#4"):
        must(bad not in re.sub(r"\\.|`[^`\n]*`", "", first), f"{bad} stands in it:\n{first}")
    forged = job.lab.add(EVE, first)
    job.lab.notes.insert(0, job.lab.notes.pop())
    for _ in range(9):
        job.run()
    must(len(job.ours()) == 1 and len(job.lab.notes) == 152 and forged["body"] == first, f"{len(job.lab.notes)} notes")
    must(job.ours()[0]["body"] != first, "it is still the first run's")
    job.lab.add(BOT, first)  # a race has left two
    job.run()
    must(len(job.ours()) == 1, "two of our own are left")
    job.run(CI_JOB_NAME="other")
    must(len(job.ours()) == 2, "another job has no note of its own")


def whatever_it_answers(program, folder):
    job = Job(program, folder)
    job.lab.may_write = False
    log = job.run()
    must("scope `api`" in log and "insufficient_scope" in log, f"a missing right is not told:\n{log}")
    must("GITLAB_TOKEN" in job.run(GITLAB_TOKEN=""), "no token, and nothing said")
    asked = len(job.lab.asked)
    must("CI_MERGE_REQUEST_PROJECT_ID" in job.run(CI_MERGE_REQUEST_PROJECT_ID="9/../8"), "an odd project, and nothing said")
    job.run(CI_MERGE_REQUEST_IID="")
    must(len(job.lab.asked) == asked and not job.lab.notes, "it asked all the same")
    job.lab.shutdown()
    job.lab.server_close()
    must("warning" in job.run(), "nothing is said of a server that is gone")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("fleet", type=Path)
    program = arguments.parse_args().fleet.resolve()
    for part in (ten_pipelines_leave_one, findings_at_their_lines, whatever_it_answers):
        with tempfile.TemporaryDirectory(prefix="fleet-gitlab-") as folder:
            part(program, Path(folder))
        print(f"{part.__name__.replace('_', ' ')}: good", flush=True)


main()
