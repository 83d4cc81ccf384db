#!/usr/bin/env python3
"""Cyclomatic complexity beside pmccabe (C) and radon (Python). docs/metrics.md lists the differences of definition that are
applied here.

usage: cyclomatic.py MEASURE FOLDER    (the program oracle_measure; a folder to keep fetched sources in)
"""
import ast
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import support

DIRECTIVE = re.compile(r"\s*#\s*(if|ifdef|ifndef|elif|else|endif)\b")


def first_branches(text):
    """pmccabe reads only the first branch of an #if: the others are blanked for both."""
    out, is_left, is_continued = [], [], False
    for line in text.split("\n"):
        match = None if is_continued else DIRECTIVE.match(line)
        if match and match.group(1).startswith("if"):
            is_left.append(False)
        elif match and match.group(1) == "endif" and is_left:
            is_left.pop()
        elif match and is_left:
            is_left[-1] = True
        is_directive = match or is_continued
        is_continued = bool(is_directive) and line.rstrip().endswith("\\")
        out.append("" if is_directive or any(is_left) else line)
    return "\n".join(out)


def pmccabe(path):
    """{(name, line): the second column, "Traditional McCabe": it counts each `case`, as we do}"""
    done = subprocess.run(["pmccabe", path], stdout=subprocess.PIPE, text=True, errors="replace")
    found = {}
    for line in done.stdout.splitlines():
        columns = line.split("\t")
        found[columns[5].rsplit(": ", 1)[1], int(columns[3])] = int(columns[1])
    return found


def compare_c(program, files, comparison):
    with tempfile.TemporaryDirectory(prefix="fleet-oracle-") as folder:
        copies = {}
        for number, path in enumerate(files):
            copy = Path(folder) / f"{number}-{path.name}"
            copy.write_text(first_branches(path.read_text(encoding="latin-1")), encoding="latin-1")
            copies[str(copy)] = path
        for copy, row in support.measure(program, copies).items():
            ours = {(function["name"].rsplit("::", 1)[-1], function["line"]): function["cyclomatic"] for function in row["functions"]}
            theirs = pmccabe(copy)
            for name, line in sorted(ours.keys() & theirs.keys()):
                comparison.add(f"{copies[copy].name}:{line} {name}", ours[name, line], theirs[name, line])


def decisions(node):
    """What we count in an expression."""
    return sum(len(each.values) - 1 if isinstance(each, ast.BoolOp) else 1 + len(each.ifs) if isinstance(each, ast.comprehension)
               else isinstance(each, ast.IfExp) for each in ast.walk(node))


def is_wildcard(pattern):
    return isinstance(pattern, ast.MatchAs) and pattern.name is None and pattern.pattern is None


class Excess(ast.NodeVisitor):
    """What radon counts more than we do in the body of a function, by its own source (radon/visitors.py)."""

    def __init__(self, function):
        self.count = 0
        for node in function.body:
            self.visit(node)
        # It reads neither default values nor annotations.
        self.count -= decisions(function.args)

    def visit_Assert(self, node):  # 1, and nothing of what is asserted
        self.count += 1 - decisions(node)

    def visit_For(self, node):
        self.count += bool(node.orelse)
        self.generic_visit(node)

    visit_While = visit_AsyncFor = visit_Try = visit_For

    def visit_TryStar(self, node):
        self.count -= len(node.handlers)
        self.generic_visit(node)

    def visit_match_case(self, node):
        self.count -= (not is_wildcard(node.pattern)) + bool(node.guard)
        self.generic_visit(node)

    def visit_FunctionDef(self, node):  # counts by itself; only its decorators are ours
        self.count -= sum(map(decisions, node.decorator_list))

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node):  # what is between its methods counts for the class alone
        self.count -= InClass(node).count


class InClass(ast.NodeVisitor):
    """What we count of a class inside a function for that function."""

    def __init__(self, node):
        self.count = 0
        self.generic_visit(node)

    def generic_visit(self, node):
        if isinstance(node, (ast.If, ast.IfExp, ast.For, ast.While, ast.AsyncFor, ast.ExceptHandler)):
            self.count += 1
        elif isinstance(node, ast.BoolOp):
            self.count += len(node.values) - 1
        elif isinstance(node, ast.comprehension):
            self.count += 1 + len(node.ifs)
        elif isinstance(node, ast.match_case):
            self.count += (not is_wildcard(node.pattern)) + bool(node.guard)
        super().generic_visit(node)

    def visit_FunctionDef(self, node):
        self.count += sum(map(decisions, node.decorator_list))

    visit_AsyncFunctionDef = visit_FunctionDef


def radon(blocks, found):
    """{(name, line): complexity}, of methods and closures too"""
    for block in blocks:
        if block["type"] != "class":
            found[block["name"], block["lineno"]] = block["complexity"]
        for inside in ("methods", "closures", "inner_classes"):
            radon(block.get(inside, []), found)
    return found


def compare_python(program, files, comparison):
    done = subprocess.run(["radon", "cc", "-j", "--", *map(str, files)], stdout=subprocess.PIPE, text=True, check=True)
    rows = support.measure(program, files)
    for path, blocks in json.loads(done.stdout).items():
        if not isinstance(blocks, list):
            continue  # {"error": ...}: Debian's Python, which runs radon, may be older than this one
        theirs = radon(blocks, {})
        ours = {(function["name"].rsplit(".", 1)[-1], function["line"]): function["cyclomatic"] for function in rows[path]["functions"]}
        for node in ast.walk(ast.parse(Path(path).read_bytes())):
            if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                continue
            key = (node.name, node.lineno)
            if key in ours and key in theirs:
                comparison.add(f"{path}:{node.lineno} {node.name}", ours[key] + Excess(node).count, theirs[key])


def main(program, folder):
    support.need("pmccabe", "radon", "npm")
    modules = support.fetch(Path(folder))
    with support.verdict() as comparisons:
        comparisons.append(support.Comparison("cyclomatic complexity, pmccabe, C", 0.98, 3500))
        compare_c(program, [path for files, _ in support.c_sources(modules) for path in files], comparisons[-1])
        comparisons.append(support.Comparison("cyclomatic complexity, radon, Python", 0.98, 10_000))
        compare_python(program, support.python_sources(), comparisons[-1])


main(*sys.argv[1:])
