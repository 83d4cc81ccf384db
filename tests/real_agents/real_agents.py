#!/usr/bin/env python3
"""Claude Code, Codex and Gemini CLI themselves, and the protocols that fleet speaks itself, driven by `fleet run` against a
server that plays the models: a task of several files each, and each way to fail, with the verdict and the time that it has to
end in. No key and no network beyond
the packages, which package-lock.json pins.

usage: real_agents.py FLEET FOLDER    (a folder to keep the packages in)
"""
import contextlib
import fcntl
import hashlib
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
NOT_TESTED = 77
KEYS = {"ANTHROPIC_API_KEY": "sk-ant-key-of-this-test-0001", "CODEX_API_KEY": "sk-codex-key-of-this-test-0002",
        "GEMINI_API_KEY": "gm-key-of-this-test-000000003", "OPENAI_API_KEY": "sk-openai-key-of-this-test-0004"}
# What it uses, where its API is on the server, and more keys.
PROGRAMS = {"claude": ("claude-code", "", ", turns: 8"), "codex": ("codex", "/v1", ""), "gemini": ("gemini-cli", "", ", turns: 8")}
MODELS = {"messages": ("anthropic", "", ", key: ANTHROPIC_API_KEY"), "completions": ("openai", "/v1", ", key: OPENAI_API_KEY"),
          "responses": ("openai-responses", "/v1", ", key: OPENAI_API_KEY"), "generate": ("gemini", "", ", key: GEMINI_API_KEY")}
AGENTS = {**PROGRAMS, **MODELS}
IDLE = 40  # seconds of silence


def not_tested(why):
    print(f"NOT TESTED: {why}")
    sys.exit(NOT_TESTED)


def fetch(folder):
    """PATH with the programs and a Node.js that is new enough for them."""
    machine = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine())
    if machine is None or not shutil.which("npm"):
        not_tested(f"npm and an x86_64 or aarch64 machine are needed; this one is {platform.machine()}")
    modules = folder / "node_modules"
    node = modules / f"node-linux-{machine}" / "bin"
    wanted = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        stamp = folder / "fetched"
        if not (stamp.exists() and stamp.read_text() == wanted):
            for name in ("package.json", "package-lock.json", ".npmrc"):
                shutil.copy(HERE / name, folder)
            done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            if done.returncode != 0:
                not_tested(f"npm ci could not fetch the programs into {folder}:\n{done.stdout}")
            # It puts the program for this machine, which is a package of its own, in its place.
            subprocess.run([node / "node", modules / "@anthropic-ai/claude-code/install.cjs"], check=True, cwd=folder)
            stamp.write_text(wanted)
    return f"{modules / '.bin'}:{node}:/usr/local/bin:/usr/bin:/bin"


def answers():
    """What the models say: `match` is looked for in what the agent is asked."""
    def task(name, calls):
        usage = {"input_tokens": 1000, "output_tokens": 20, "prompt_tokens": 1000, "completion_tokens": 20, "total_tokens": 1020,
                 "promptTokenCount": 1000, "candidatesTokenCount": 20, "totalTokenCount": 1020}
        return [{"match": {"userMessage": f"TASK-{name}", "hasToolResult": False}, "response": {"toolCalls": calls, "usage": usage}},
                {"match": {"userMessage": f"TASK-{name}", "hasToolResult": True},
                 "response": {"content": f"Both files of {name} are there.", "usage": usage}}]

    def error(name, status, message, kind, **more):
        return {"match": {"userMessage": f"FAIL-{name}"},
                "response": {"error": {"message": message, "type": kind}, "status": status, **more}}

    def write(tool, folder):
        return [{"name": tool, "arguments": {"file_path": f"{folder}/{name}", "content": f"{name}\n"}} for name in ("one", "two")]

    def ours(folder):
        return [{"name": "write_file", "arguments": {"path": f"{folder}/{name}", "text": f"{name}\n"}} for name in ("one", "two")]

    shell = [{"name": "exec_command", "arguments": {"cmd": "mkdir codex && echo one > codex/one && echo two > codex/two"}}]
    return [*task("claude", write("Write", "claude")), *task("codex", shell), *task("gemini", write("write_file", "gemini")),
            *(answer for name in MODELS for answer in task(name, ours(name))),
            error("auth", 401, "invalid x-api-key", "authentication_error"),
            error("limit", 429, "Rate limit reached", "rate_limit_error", retryAfter=1),
            error("overload", 529, "Overloaded", "overloaded_error"),
            {"match": {"userMessage": "FAIL-cut"}, "response": {"content": "An answer that is cut off in the middle of it. " * 4},
             "truncateAfterChunks": 2, "chunkSize": 10},
            {"match": {"userMessage": "FAIL-hang"}, "response": {"content": "late"}, "latency": 600_000, "chunkSize": 1}]


@contextlib.contextmanager
def models(path, folder):
    """The server; answers with its URL."""
    fixtures = folder / "answers.json"
    fixtures.write_text(json.dumps({"fixtures": answers()}))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen(["llmock", "-p", str(port), "-f", str(fixtures)], env={"PATH": path}, stdout=log, stderr=log)
    try:
        url = f"http://127.0.0.1:{port}"
        for _ in range(100):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{url}/__aimock/journal", timeout=5)
                yield url
                return
            time.sleep(0.1)
        raise RuntimeError(f"the server of the models does not start:\n{(folder / 'server.log').read_text()}")
    finally:
        server.terminate()
        server.wait()


def agents(url):
    return "agents:\n" + "".join(
        f"  {name}: {{use: {use}, model: test-model{more}, idle-timeout: {IDLE}s, url: \"{url}{path}\"}}\n"
        for name, (use, path, more) in AGENTS.items())


def run(fleet, path, folder, workflow):
    repo = folder / "repo"
    (repo / ".fleet").mkdir(parents=True)
    (repo / ".fleet/workflow.yml").write_text(workflow)
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@localhost"]
    for command in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "-m", "first"]):
        subprocess.run([*git, *command], cwd=repo, check=True)
    env = {"PATH": path, "HOME": str(folder / "home"), "FLEET_WORKSPACES": str(folder / "work"), "NO_COLOR": "1", **KEYS}
    (folder / "home").mkdir()
    done = subprocess.run([fleet, "run", "--id", "r"], cwd=repo, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    (folder / "said").write_text(done.stdout)
    report = json.loads((repo / ".git/fleet/runs/r/report/report.json").read_text())
    for file in [*(repo / ".git/fleet").rglob("*"), *(folder / "home").rglob("*")]:
        if file.is_file():
            for key in KEYS.values():
                assert key.encode() not in file.read_bytes(), f"{file} holds {key}"
    assert not any(key in done.stdout for key in KEYS.values())
    return done.returncode, report, repo


def works(fleet, path, folder, url):
    workflow = f"version: 1\nname: real agents\n{agents(url)}tasks:\n"
    before = ""
    for name in AGENTS:
        workflow += (f"  do-{name}: {{agent: {name}, {before}prompt: 'Do TASK-{name}.', writes: ['{name}/**'], "
                     f"expect: [{name}/one, {name}/two], check: [grep -q two {name}/two]}}\n")
        before = f"needs: [do-{name}], "
    status, report, repo = run(fleet, path, folder, workflow)
    assert status == 0, status
    files = subprocess.run(["git", "ls-tree", "-r", "--name-only", "fleet/r"], cwd=repo, check=True, text=True, stdout=subprocess.PIPE)
    assert [line for line in files.stdout.split() if not line.startswith(".fleet/")] == [
        f"{name}/{file}" for name in sorted(AGENTS) for file in ("one", "two")], files.stdout
    for agent in report["agents"]:
        tokens = agent["cost"]["tokens"]
        assert (agent["attempts"], agent["done"]) == (1, 1), agent
        assert tokens["output"] == 40 and sum(tokens.values()) == 2040, agent
        assert agent["models"] == ["test-model"], agent


# By what happens: how it may end, as verdict and what it is told apart as, and the most seconds that it may take.
FAILURES = {
    "auth": ({("blocked", "auth")}, 60),
    "limit": ({("failed", "rate-limit")}, 90),
    "overload": ({("failed", "overload")}, 90),
    "cut": ({("failed", "network")}, 90),
    "hang": ({("failed", "silence")}, IDLE + 60),
}
# It may ask again without a stream, and get the whole answer: nothing has failed then, and nothing is done.
ALSO = {("claude", "cut"): {("no-change", None)}}


def fails(fleet, path, folder, url):
    workflow = f"version: 1\nname: failures\nlimits: {{parallel: 4}}\ndefaults: {{timeout: 3m}}\n{agents(url)}tasks:\n"
    for name in AGENTS:
        for failure in FAILURES:
            workflow += f"  {name}-{failure}: {{agent: {name}, prompt: 'Do FAIL-{failure}.'}}\n"
    status, report, _ = run(fleet, path, folder, workflow)
    assert status == 1, status
    wrong = []
    for task in report["tasks"]:
        outcome = task["attempts"][0]["outcome"]
        name, failure = task["id"].split("-")
        ends, seconds = FAILURES[failure]
        got, took = (outcome["verdict"], outcome["agent"].get("failure")), outcome["usage"]["wall"]
        if got not in ends | ALSO.get((name, failure), set()) or took > seconds or len(task["attempts"]) != 1:
            wrong.append(f"{task['id']}: {got} after {took} s, not {ends} within {seconds} s: {outcome['reason']}")
    assert not wrong, "\n".join(wrong)


def main(fleet, kept):
    path = fetch(Path(kept).resolve())
    fleet = str(Path(fleet).resolve())
    for part in (works, fails):
        with tempfile.TemporaryDirectory(prefix="fleet-agents-") as folder, models(path, Path(folder)) as url:
            try:
                part(fleet, path, Path(folder), url)
            except BaseException:
                with contextlib.suppress(OSError):
                    print((Path(folder) / "said").read_text())
                raise
            print(f"{part.__name__}: good")


main(*sys.argv[1:])
