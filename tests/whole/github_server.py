"""A GitHub of the tests' own: users, comments, pull requests and limits, kept in memory, and repositories that real git
serves. What it answers and refuses is as docs.github.com/rest says."""
import base64
import json
import os
import re
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from diff import diff_of

BOT = {"login": "github-actions[bot]", "type": "Bot"}
EVE = {"login": "eve", "type": "User"}
TOKEN = "ghs_a-token-that-is-secret"
REPOSITORY = "octo/example"


class GitHub(ThreadingHTTPServer):
    def __init__(self, repository=None):
        super().__init__(("127.0.0.1", 0), Api)
        self.repository = repository  # a bare repository, for git; None: none is served
        self.comments = []  # of pull request 7, the oldest first
        self.pulls = []
        self.of_forks = []  # pull requests, as the API has them
        self.remarks = []  # on lines of pull request 7, which is of the branch `topic`
        self.refused_lines = set()  # of the newer side, for no reason that the diff tells
        self.asked = []
        self.refuse = []  # answers to give first: (status, headers, body)
        self.may_write = True
        self.may_push = True
        self.next_id = 100
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def server(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def url(self):
        return f"{self.server}/api/v3"

    def add(self, user, body):
        self.next_id += 1
        self.comments.append({"id": self.next_id, "user": user, "body": body})
        return self.comments[-1]

    def tip(self, branch):
        found = subprocess.run(["git", "rev-parse", "--verify", "--quiet", f"refs/heads/{branch}"], cwd=self.repository,
                               capture_output=True, text=True)
        return found.stdout.strip()

    def shown(self, pull):
        """As the API has it: its head is where its branch is now."""
        head = {"ref": pull["head"], "sha": self.tip(pull["head"]), "repo": {"full_name": REPOSITORY}}
        return {**pull, "head": head, "base": {"ref": pull["base"]}, "html_url": f"{self.server}/{REPOSITORY}/pull/{pull['number']}"}

    def diff(self):
        return diff_of(self.repository, "main", "topic")

    def place(self, remark):
        """The line where it stands now; none: it is outdated."""
        shown = self.diff().get(remark["path"], ("", {}))[1]
        return next((line for line, (_, text) in shown.items() if text == remark["text"]), None)

    def add_remark(self, user, body, path, line, reply_to=None):
        self.next_id += 1
        text = self.diff()[path][1][line][1]
        self.remarks.append({"id": self.next_id, "user": user, "body": body, "path": path, "text": text}
                            | ({"in_reply_to_id": reply_to} if reply_to else {}))
        return self.remarks[-1]

    def open(self, user, title, body, head, base):
        self.next_id += 1
        self.pulls.append({"number": self.next_id, "user": user, "title": title, "body": body, "head": head, "base": base,
                           "state": "open"})
        return self.pulls[-1]


class Api(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body=None, headers=()):
        data = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def read_body(self):
        if self.headers.get("transfer-encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("content-length") or 0))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def handle_one(self):
        hub = self.server
        path, _, query = self.path.partition("?")
        data = self.read_body()
        hub.asked.append((self.command, self.path))
        if path.startswith(f"/{REPOSITORY}.git/"):
            return self.serve_git(path[len(f"/{REPOSITORY}.git"):], query, data)
        body = json.loads(data) if data else None
        if self.headers["authorization"] != f"Bearer {TOKEN}":
            return self.answer(401, {"message": "Bad credentials"})
        if not self.headers["user-agent"]:
            return self.answer(403, {"message": "no user agent"})
        if hub.refuse:
            status, headers, refusal = hub.refuse.pop(0)
            return self.answer(status, refusal, headers)
        if (self.command, path) == ("POST", "/api/graphql"):
            if "viewer" not in body["query"]:
                return self.answer(200, {"errors": [{"message": "no such field"}]})
            return self.answer(200, {"data": {"viewer": {"login": "github-actions[bot]", "__typename": "Bot"}}})
        prefix = f"/api/v3/repos/{REPOSITORY}"
        if path == f"{prefix}/issues/7/comments" and self.command == "GET":
            return self.answer_page(hub.comments)
        if path == f"{prefix}/pulls/7/files":
            return self.answer_page([{"filename": name, "patch": patch} for name, (patch, _) in hub.diff().items()])
        if path == f"{prefix}/pulls/7/comments" and self.command == "GET":
            return self.answer_page([{**remark, "line": hub.place(remark)} for remark in hub.remarks])
        if path == f"{prefix}/pulls" and self.command == "GET":
            asked = {name: values[0] for name, values in parse_qs(query).items()}
            if "head" in asked:
                return self.answer_page([p for p in hub.of_forks if p["head"]["label"] == asked["head"]])
            return self.answer_page([hub.shown(p) for p in hub.pulls if p["state"] == asked["state"] and p["base"] == asked["base"]])
        if not hub.may_write:
            return self.answer(403, {"message": "Resource not accessible by integration"})
        if body is not None and len(body["body"]) > 65536:
            return self.answer(422, {"message": "Body is too long (maximum is 65536 characters)"})
        if path == f"{prefix}/issues/7/comments" and self.command == "POST":
            return self.answer(201, hub.add(BOT, body["body"]))
        if path.startswith((f"{prefix}/pulls/7/", f"{prefix}/pulls/comments/")):
            return self.write_remarks(path[len(f"{prefix}/pulls/"):], body)
        if path.startswith(f"{prefix}/pulls"):
            return self.write_pull(path[len(f"{prefix}/pulls"):], body)
        one = re.fullmatch(rf"{prefix}/issues/comments/(\d+)", path)
        comment = one and next((c for c in hub.comments if c["id"] == int(one[1])), None)
        if comment and self.command == "PATCH":
            comment["body"] = body["body"]  # GitHub lets a token with the right change anybody's
            return self.answer(200, comment)
        if comment and self.command == "DELETE":
            hub.comments.remove(comment)
            return self.answer(204)
        return self.answer(404, {"message": "Not Found"})

    def answer_page(self, entries):
        url = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        size, page = int(asked.get("per_page", 30)), int(asked.get("page", 1))
        more = len(entries) > page * size
        following = "&".join(f"{name}={value}" for name, value in (asked | {"page": page + 1}).items())
        link = [("link", f'<{self.server.server}{url.path}?{following}>; rel="next"')] if more else []
        return self.answer(200, entries[(page - 1) * size:page * size], link)

    def write_pull(self, rest, body):
        hub = self.server
        if rest == "" and self.command == "POST":
            if not hub.tip(body["head"]) or not hub.tip(body["base"]):
                return self.answer(422, {"message": "Validation Failed"})
            if any(p["head"] == body["head"] and p["base"] == body["base"] and p["state"] == "open" for p in hub.pulls):
                return self.answer(422, {"message": "A pull request already exists"})
            if len(body["title"]) > 256:
                return self.answer(422, {"message": "title is too long"})
            return self.answer(201, hub.shown(hub.open(BOT, body["title"], body["body"], body["head"], body["base"])))
        pull = next((p for p in hub.pulls if rest == f"/{p['number']}"), None)
        if pull and self.command == "PATCH":
            pull.update({name: body[name] for name in ("title", "body") if name in body})
            return self.answer(200, hub.shown(pull))
        return self.answer(404, {"message": "Not Found"})

    def write_remarks(self, rest, body):
        hub = self.server
        if rest == "7/reviews" and self.command == "POST":
            if body["event"] != "COMMENT" or not body["body"] or len(body["comments"]) > 100:
                return self.answer(422, {"message": "Validation Failed"})
            wanted = body["comments"]
        elif rest == "7/comments" and self.command == "POST":
            wanted = [body]
        else:
            remark = next((r for r in hub.remarks if rest == f"comments/{r['id']}"), None)
            if remark and self.command == "PATCH":
                remark["body"] = body["body"]
                return self.answer(200, remark)
            if remark and self.command == "DELETE":
                hub.remarks.remove(remark)
                return self.answer(204)
            return self.answer(404, {"message": "Not Found"})
        if body["commit_id"] != hub.tip("topic"):
            return self.answer(422, {"message": "commit_id is not part of the pull request"})
        diff = hub.diff()
        # One that has no place makes it refuse them all.
        for one in wanted:
            if one["side"] != "RIGHT" or one["line"] not in diff.get(one["path"], ("", {}))[1] or one["line"] in hub.refused_lines:
                return self.answer(422, {"message": "Pull request review thread line must be part of the diff"})
        for one in wanted:
            hub.add_remark(BOT, one["body"], one["path"], one["line"])
        return self.answer(200, {"id": 1})

    def serve_git(self, path, query, data):
        """By git's own server side (git-http-backend(1)), with the rights that a job's token has."""
        hub = self.server
        expected = "Basic " + base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()
        if self.headers["authorization"] != expected:
            return self.answer(401, {"message": "who?"}, [("www-authenticate", 'Basic realm="GitHub"')])
        if not hub.may_push and "receive-pack" in self.path:
            return self.answer(403, {"message": f"Permission to {REPOSITORY}.git denied to github-actions[bot]."})
        env = {"PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": str(hub.repository), "PATH_INFO": path, "QUERY_STRING": query,
               "GIT_HTTP_EXPORT_ALL": "1", "REMOTE_USER": "github-actions", "REQUEST_METHOD": self.command,
               "CONTENT_TYPE": self.headers.get("content-type", ""), "CONTENT_LENGTH": str(len(data)),
               "HTTP_CONTENT_ENCODING": self.headers.get("content-encoding", ""),
               "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
        done = subprocess.run(["git", "http-backend"], env=env, input=data, capture_output=True)
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if line)
        self.send_response(int(fields.pop("Status", "200").split(" ")[0]))
        for name, value in fields.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PATCH = do_DELETE = handle_one

    def log_message(self, *_):
        pass
