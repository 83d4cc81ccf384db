#!/usr/bin/env python3
"""Coverage as the tools tell it that write the reports: coverage.py on Python's own json package, in all three formats, and
gcovr on a program that gcc has instrumented. `fleet analyze --coverage` must come to the same percentage: of the lines that the report lists, those that ran.

usage: coverage_reports.py FLEET"""
import ast
import json
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from support import need

PYTHON = """import mine
assert mine.loads('{"a": [1, 2.5, "x\\\\u00e9"]}') == {"a": [1, 2.5, "x\\u00e9"]}
mine.dumps({"b": [None, True]}, indent=2)
"""
C = """#include <stdio.h>
int sign(int a) {
  if (a < 0) {
    return -1;
  }
  if (a == 0) {
    return 0;
  }
  return 1;
}
int main(void) {
  printf("%d %d\\n", sign(3), sign(0));
  return 0;
}
"""
failures = []


def run(*command, cwd):
    done = subprocess.run(command, cwd=cwd, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stdout}")


def check(fleet, repo, report, expected, of):
    done = subprocess.run([fleet, "analyze", "--no-cppcheck", "--fail-on", "never", "--json", "--coverage", report, *of],
                          cwd=repo, text=True, capture_output=True)
    told = json.loads(done.stdout)["scores"].get("coverage") if done.returncode == 0 else done.stderr
    good = isinstance(told, (int, float)) and abs(told - expected) < 0.005
    print(f"{'good' if good else 'WRONG'}: {report.name}: {told}, the tool says {expected:.4f}")
    if not good:
        failures.append(report.name)


def python(fleet, folder):
    repo = folder / "python"
    package = repo / "mine"
    package.mkdir(parents=True)
    for file in (Path(sysconfig.get_path("stdlib")) / "json").glob("*.py"):
        (package / file.name).write_text(file.read_text().replace("from json ", "from mine ").replace("import json", "import mine as json"))
    (repo / "use.py").write_text(PYTHON)
    run("git", "init", "--quiet", ".", cwd=repo)
    run("python3-coverage", "run", f"--data-file={folder}/data", "--source=mine", "use.py", cwd=repo)
    for kind in ("json", "xml", "lcov"):
        run("python3-coverage", kind, f"--data-file={folder}/data", "-o", folder / f"coverage.{kind}", cwd=repo)
    told = json.loads((folder / "coverage.json").read_text())
    totals = told["totals"]
    covered, statements = totals["covered_lines"], totals["num_statements"]
    assert 5 < 100 * covered / statements < 95
    check(fleet, repo, folder / "coverage.xml", 100 * covered / statements, ["mine"])
    # Its JSON and its tracefile list the docstrings of modules and classes as lines that ran; it counts them nowhere.
    docstrings = sum(ast.get_docstring(node) is not None
                     for file in package.glob("*.py") if told["files"][f"mine/{file.name}"]["executed_lines"]
                     for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, (ast.Module, ast.ClassDef)))
    assert docstrings > 0
    for kind in ("json", "lcov"):
        check(fleet, repo, folder / f"coverage.{kind}", 100 * (covered + docstrings) / (statements + docstrings), ["mine"])


def c(fleet, folder):
    repo = folder / "c"
    (repo / "src").mkdir(parents=True)
    (repo / "src/sign.c").write_text(C)
    run("git", "init", "--quiet", ".", cwd=repo)
    build = folder / "build"
    build.mkdir()
    run("gcc", "--coverage", "-O0", "-o", "sign", repo / "src/sign.c", cwd=build)
    run("./sign", cwd=build)
    run("gcovr", "--root", repo, "--xml", folder / "gcovr.xml", "--json-summary", folder / "gcovr.json", build, cwd=repo)
    summary = json.loads((folder / "gcovr.json").read_text())
    check(fleet, repo, folder / "gcovr.xml", 100 * summary["line_covered"] / summary["line_total"], ["src"])


def main():
    fleet = Path(sys.argv[1]).resolve()
    need("python3-coverage", "gcovr", "gcc")
    with tempfile.TemporaryDirectory() as folder:
        python(fleet, Path(folder))
        c(fleet, Path(folder))
    sys.exit(1 if failures else 0)


main()
