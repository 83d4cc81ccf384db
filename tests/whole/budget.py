#!/usr/bin/env python3
"""A run whose twenty tasks ask a model for 0.20 USD each, all at once, under a limit of 1 USD: it never spends more, keeps
what it has paid for, and goes on under a higher limit without paying for anything again. Once more with fleet killed while
requests are on their way.

usage: budget.py FLEET
"""
import argparse
import contextlib
import json
import re
import subprocess
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from support import RUN, Wrong, commit_all, environment, fleet, git, query

TASKS = 20
PRICE = 0.20  # of each request: 1,000 tokens that are written, at 200 USD a million
AGENT = ("{{use: openai, model: m, url: '{url}', max-output: 1000, price: {{input: 0, output: 200}}}}")


class Model(ThreadingHTTPServer):
    """Writes the file that a task asks for, takes `slow` seconds for it, and keeps account of who asked."""

    def __init__(self, slow):
        super().__init__(("127.0.0.1", 0), Answer)
        self.slow = slow
        self.asked = []
        self.at_once = self.most_at_once = 0
        self.lock = threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    @property
    def spent(self):
        return round(len(self.asked) * PRICE, 2)


class Answer(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if body.get("max_tokens") != 1000:
            raise AssertionError(f"the answer is not bounded: {body}")
        task = re.search(r"write file-(\d+)", json.dumps(body)).group(1)
        with self.server.lock:
            self.server.asked.append(int(task))
            self.server.at_once += 1
            self.server.most_at_once = max(self.server.most_at_once, self.server.at_once)
        time.sleep(self.server.slow)
        calls = [("write_file", {"path": f"file-{task}", "text": f"{task}\n"}), ("finish", {"summary": "written"})]
        delta = {"tool_calls": [{"index": i, "id": f"c{i}", "type": "function",
                                 "function": {"name": name, "arguments": json.dumps(arguments)}}
                                for i, (name, arguments) in enumerate(calls)]}
        chunks = [{"choices": [{"index": 0, "delta": delta}]},
                  {"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]},
                  {"choices": [], "usage": {"prompt_tokens": 100, "completion_tokens": 1000}}]
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        with contextlib.suppress(OSError):
            for chunk in chunks:
                self.wfile.write(f"data: {json.dumps({'model': 'm', **chunk})}\n\n".encode())
            self.wfile.write(b"data: [DONE]\n\n")
        with self.server.lock:
            self.server.at_once -= 1

    def log_message(self, *_):
        pass


def make_repo(folder, url):
    repo = folder / "repo"
    (repo / ".fleet").mkdir(parents=True)
    (repo / "README").write_text("A repository.\n")
    lines = ["version: 1", "name: budget", "limits: {cost: 1.00, parallel: 20}", "agents:",
             "  model: " + AGENT.format(url=url), "tasks:"]
    for i in range(TASKS):
        lines.append(f"  task-{i}: {{agent: model, prompt: write file-{i} and no more}}")
    (repo / ".fleet" / "workflow.yml").write_text("\n".join(lines) + "\n")
    commit_all(repo)
    return repo


def must(holds, what):
    if not holds:
        raise Wrong(what)


def report_of(repo):
    return json.loads((repo / ".git" / "fleet" / "runs" / RUN / "report" / "report.json").read_text())


def check(repo, model, limit, done):
    report = report_of(repo)
    must(report["budget"]["limit"] == limit, f"the limit is told as {report['budget']}")
    must(abs(report["budget"]["booked"] - model.spent) < 1e-6, f"booked {report['budget']}, and the model took {model.spent}")
    must(model.spent <= limit + 1e-9, f"{model.spent} were spent of {limit}")
    must(report["totals"]["done"] == done, f"{report['totals']} with {limit}")
    return report


def to_the_limit_and_on(program, folder):
    model = Model(slow=0.05)
    repo = make_repo(folder, model.url)
    done = fleet(program, repo, folder, "run", "--id", RUN, check=False)
    must(done.returncode == 1, f"exit {done.returncode}\n{done.stdout}")
    must("limits.cost is reached: $1.00 of $1.00 are spent" in done.stdout, done.stdout)
    must(f"fleet resume {RUN} --max-cost USD" in done.stdout, done.stdout)
    report = check(repo, model, 1.0, 5)
    must(report["state"] == "stopped" and "limits.cost" in report["reasons"][0], str(report["reasons"]))
    must(model.most_at_once > 1, "the requests were made one after the other")
    delivered = git(repo, "ls-tree", "--name-only", f"fleet/{RUN}").split()
    must(sum(name.startswith("file-") for name in delivered) == 5, f"delivered {delivered}")

    done = fleet(program, repo, folder, "resume", RUN, "--max-cost", "2.50", check=False)
    must(done.returncode == 1, f"exit {done.returncode}\n{done.stdout}")
    check(repo, model, 2.5, 12)
    fleet(program, repo, folder, "resume", RUN, "--max-cost", "4")
    report = check(repo, model, 4.0, TASKS)
    must(sorted(model.asked) == list(range(TASKS)), f"asked for {sorted(model.asked)}")
    must(abs(report["agents"][0]["cost"]["usd"] - 4.0) < 1e-9, str(report["agents"]))
    metrics = query(repo, "SELECT sum(metric_value) FROM metrics WHERE run = ? AND metric_name = 'cost'")
    must(abs(metrics[0][0] - 4.0) < 1e-9, f"metrics {metrics}")
    print(f"{TASKS} tasks, 1.00, 2.50 and 4.00 USD: {len(model.asked)} requests, at most {model.most_at_once} at once")


def killed(program, folder):
    model = Model(slow=1)
    repo = make_repo(folder, model.url)
    process = subprocess.Popen([program, "run", "--id", RUN], cwd=repo, env=environment(folder), stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while len(model.asked) < 5 and time.monotonic() < until:
        time.sleep(0.01)
    process.kill()
    process.wait()
    must(len(model.asked) == 5, f"{len(model.asked)} requests before the kill")
    done = fleet(program, repo, folder, "resume", RUN, check=False)
    must(done.returncode == 1, f"exit {done.returncode}\n{done.stdout}")
    report = check(repo, model, 1.0, 0)  # all is spent, and nobody knows what for
    must(any("$1.00 of what is spent, or may be, went to requests whose cost nobody told" in note for note in report["notes"]),
         str(report["notes"]))
    fleet(program, repo, folder, "resume", RUN, "--max-cost", "5")
    check(repo, model, 5.0, TASKS)
    must(len(model.asked) == TASKS + 5, f"{len(model.asked)} requests")
    print(f"killed with 5 requests on their way: {len(model.asked)} requests, {model.spent:.2f} of 5.00 USD")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("fleet")
    program = str(Path(parser.parse_args().fleet).resolve())
    for part in (to_the_limit_and_on, killed):
        with tempfile.TemporaryDirectory(prefix="fleet-budget-") as folder:
            part(program, Path(folder))


if __name__ == "__main__":
    main()
