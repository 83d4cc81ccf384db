#!/usr/bin/env python3
"""An agent that does one thing and needs no model: prompts that say `rename OLD to NEW`, in all text files of the workspace.

    agents: {renamer: {use: plugin, command: [./examples/plugins/rename.py]}}
    tasks:  {first: {agent: renamer, prompt: "rename Foo to Bar"}}

The protocol is in docs/plugins.md; `fleet agents test renamer` holds this file against it.
"""
import json
import re
import subprocess
import sys
from pathlib import Path

PROTOCOL = 1


def say(kind, **facts):
    print(json.dumps({"type": kind, **facts}), flush=True)


def rename(old, new):
    """The files that have changed."""
    listed = subprocess.run(["git", "ls-files", "-z"], capture_output=True, check=True).stdout
    changed = []
    for name in filter(None, listed.split(b"\0")):
        path = Path(name.decode(errors="surrogateescape"))
        if path.is_symlink() or not path.is_file() or path.parts[0] == ".fleet":
            continue
        try:
            text = path.read_bytes().decode()
        except UnicodeDecodeError:
            continue
        renamed = re.sub(rf"\b{re.escape(old)}\b", lambda _: new, text)
        if renamed != text:
            path.write_bytes(renamed.encode())
            changed.append(path.as_posix())
            say("progress", text=f"renamed in {changed[-1]}")
    return changed


def main():
    request = json.loads(sys.stdin.readline())
    # Says which version it speaks, also to a fleet that speaks none of it: that one ends here.
    say("hello", protocol=PROTOCOL, name="rename", version="1.0", can=["rename"])
    if PROTOCOL not in request["protocol"] or request["type"] == "describe":
        return
    wanted = re.search(r"\brename (\w+) to (\w+)", request["prompt"], re.IGNORECASE)
    if not wanted:
        # Of a failure that would be the same next time, fleet asks nobody again: the next link of a chain goes on.
        say("result", status="failed", reason="the prompt does not say `rename OLD to NEW`", failure="bad-request")
        return
    changed = rename(*wanted.groups())
    say("result", status="done", summary=f"renamed {wanted[1]} to {wanted[2]} in {len(changed)} file(s)")


main()
