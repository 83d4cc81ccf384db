#!/usr/bin/env python3
"""The action on the host: the same inputs and outputs as the action in the container, and a fleet that it fetches once in a job, from
a server that stands in for the releases.

usage: host_action.py FLEET SOURCE
"""
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

FLEET, SOURCE = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
HOST = SOURCE / ".github/actions/host"


def must(holds, what):
    if not holds:
        raise SystemExit(what)


def section(text, name):
    """The text of each entry under a key, without what it is worth."""
    body = re.search(rf"^{name}:\n((?:  .*\n|\n)+)", text, re.M)[1]
    entries = re.split(r"^  ([\w-]+):\n", body, flags=re.M)[1:]
    return {key: re.sub(r"^    value: .*\n", "", value, flags=re.M).strip() for key, value in zip(entries[::2], entries[1::2])}


def same_inputs_and_outputs():
    container, host = (SOURCE / "action.yml").read_text(), (HOST / "action.yml").read_text()
    inputs, own = section(host, "inputs"), {"version", "fleet"}
    must({key: value for key, value in inputs.items() if key not in own} == section(container, "inputs"), "the inputs are not the same")
    must(section(host, "outputs") == section(container, "outputs"), "the outputs are not the same")
    for name in section(container, "outputs"):
        must(f"value: ${{{{ steps.fleet.outputs.{name} }}}}" in host, f"the output {name} is not passed on")
    for name in inputs.keys() - own:
        must(f"INPUT_{name.upper()}: ${{{{ inputs.{name} }}}}" in host, f"the input {name} is not passed on")


class Releases(ThreadingHTTPServer):
    def __init__(self, folder):
        super().__init__(("127.0.0.1", 0), Api)
        self.asked, self.folder = [], folder
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Api(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        arch = "arm64" if os.uname().machine == "aarch64" else "amd64"
        known = [f"/org/tool/releases/{path}/fleet-linux-{arch}.tar.gz" for path in ("download/v1.2.3", "latest/download")]
        data = (self.server.folder / "fleet.tar.gz").read_bytes() if self.path in known else b"no"
        self.send_response(200 if self.path in known else 404)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


def step(folder, server, **more):
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "RUNNER_TEMP": str(folder / "temp"), "GITHUB_ACTIONS": "true",
           "GITHUB_SERVER_URL": f"http://127.0.0.1:{server.server_address[1]}", "FLEET_REPOSITORY": "org/tool", "FLEET_VERSION": "",
           "FLEET_PROGRAM": "", "GITHUB_OUTPUT": str(folder / "output"), "INPUT_WORKING-DIRECTORY": ".", "INPUT_REPORT-DIR": "out",
           "INPUT_RETRY-FAILED": "false", "no_proxy": "*", **more}
    (folder / "output").write_text("")
    return subprocess.run([HOST / "run.sh"], cwd=folder / "repo", env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def main():
    same_inputs_and_outputs()
    with tempfile.TemporaryDirectory(prefix="fleet-host-") as name:
        folder = Path(name)
        (folder / "temp").mkdir()
        (folder / "repo/.fleet").mkdir(parents=True)
        (folder / "repo/.fleet/workflow.yml").write_text("version: 1\ntasks: {a: {run: 'echo a > made'}}\n")
        for words in (["init", "-q"], ["add", "-A"], ["-c", "user.name=U", "-c", "user.email=u@localhost", "commit", "-qm", "first"]):
            subprocess.run(["git", *words], cwd=folder / "repo", check=True)
        with tarfile.open(folder / "fleet.tar.gz", "w:gz") as archive:
            archive.add(FLEET, "fleet/bin/fleet")
        server = Releases(folder)
        for version, asked in (("", 1), ("", 1), ("v1.2.3", 2), ("v1.2.3", 2)):
            done = step(folder, server, FLEET_VERSION=version)
            must(done.returncode == 0 and (folder / "repo/out/report.md").exists(), f"it did not run:\n{done.stdout}")
            must("finished" in (folder / "output").read_text(), "there are no outputs")
            must(len(server.asked) == asked, f"it fetched {server.asked}")
        done = step(folder, server, FLEET_VERSION="v9.9.9")
        must(done.returncode == 3 and "::error" in done.stdout and "v9.9.9" in done.stdout, f"a release that is not there:\n{done.stdout}")
        (folder / "fleet.tar.gz").write_text("no archive")
        done = step(folder, server, RUNNER_TEMP=str(folder))
        must(done.returncode == 3 and "no archive" in done.stdout, f"what is no archive:\n{done.stdout}")
        must(not (folder / "fleet-newest").exists(), "it stays, and the next step takes it")
        asked = len(server.asked)
        done = step(folder, server, FLEET_PROGRAM=str(FLEET))
        must(done.returncode == 0 and len(server.asked) == asked, f"one that is there already:\n{done.stdout}")
    print("the action on the host: as it should be")


main()
