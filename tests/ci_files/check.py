#!/usr/bin/env python3
"""What the examples and docs/ci.md say of the action and the command line is so: every input, output, command and option that they use
is there, and docs/ci.md names them all.

usage: check.py FLEET SOURCE
"""
import re
import subprocess
import sys
from pathlib import Path

FLEET, SOURCE = sys.argv[1], Path(sys.argv[2])
wrong = []


def section(text, name):
    """The names under a key of action.yml."""
    body = re.search(rf"^{name}:\n((?:  .*\n|\n)+)", text, re.M)[1]
    return set(re.findall(r"^  ([\w-]+):", body, re.M))


def steps_of(text):
    """The inputs that each use of the action gives, in a workflow."""
    for use in re.finditer(r"^( *)(- )?(?:id: \w+\n\1  )?uses: org/fleet-orchestrator@v1\n((?:\1   *.*\n|\n)*)", text, re.M):
        given = re.search(r"^( *)with:\n((?:\1 +.*\n)+)", use[3], re.M)
        if given:
            inner = re.match(r" +", given[2])[0]
            yield re.findall(rf"^{inner}([\w-]+):", given[2], re.M)


def options_of(command):
    shown = subprocess.run([FLEET, command, "--help"], capture_output=True, text=True)
    return set(re.findall(r"--[\w-]+", shown.stdout)) if shown.returncode == 0 else None


def check(holds, what):
    if not holds:
        wrong.append(what)


action = (SOURCE / "action.yml").read_text()
inputs, outputs = section(action, "inputs"), section(action, "outputs")
guide = (SOURCE / "docs/ci.md").read_text()
for name in sorted(inputs | outputs):
    check(f"`{name}`" in guide, f"docs/ci.md does not name `{name}`")

uses = 0
known = {}
files = [path for path in sorted((SOURCE / "examples/ci").iterdir()) if path.is_file()]
for path in files:
    text = path.read_text()
    for given in steps_of(text):
        uses += 1
        for name in given:
            check(name in inputs, f"{path.name}: the action has no input `{name}`")
    for name in re.findall(r"steps\.fleet\.outputs\.([\w-]+)", text):
        check(name in outputs, f"{path.name}: the action has no output `{name}`")
    for command, rest in re.findall(r"(?:\bfleet|orchestrator:v1|\$image\") (run|plan|resume|export|analyze)\b(.*)", text):
        if command not in known:
            known[command] = options_of(command)
        for option in re.findall(r"--[\w-]+", rest):
            check(known[command] and option in known[command], f"{path.name}: fleet {command} has no {option}")

check(len(inputs) > 5 and len(outputs) > 5 and uses >= 3 and len(known) >= 2, "this test reads less than it should")
print("\n".join(wrong) or f"{len(files)} examples, {uses} uses of the action: as they should be")
sys.exit(1 if wrong else 0)
