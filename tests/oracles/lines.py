#!/usr/bin/env python3
"""Lines of code, comments and blanks, file by file, beside cloc. docs/metrics.md lists the differences of definition that are
applied here.

usage: lines.py MEASURE FOLDER    (the program oracle_measure; a folder to keep fetched sources in)
"""
import ast
import io
import json
import re
import subprocess
import sys
import tempfile
import tokenize
from pathlib import Path

import support

ENDINGS = {".c", ".h", ".cc", ".cpp", ".js", ".mjs", ".ts"}


def cloc(files):
    """{path: (code, comment, blank)}; strings that stand alone in Python are code to it, as it tells no others apart."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as listed:
        listed.write("".join(f"{path}\n" for path in files))
        listed.flush()
        done = subprocess.run(["cloc", "--by-file", "--json", "--skip-uniqueness", "--docstring-as-code", "--timeout=60",
                               f"--list-file={listed.name}"], stdout=subprocess.PIPE, text=True, check=True)
    rows = json.loads(done.stdout)
    return {path: (row["code"], row["comment"], row["blank"]) for path, row in rows.items() if path not in ("header", "SUM")}


def as_cloc_counts(path, lines):
    """Ours by the definitions of cloc."""
    code, comment, blank = lines["code"], lines["comment"], lines["blank"]
    source = Path(path).read_bytes()
    text = source.decode("utf-8", "replace")
    if path.endswith(".py"):
        alone, marked = strings_alone(source, text), marked_in_strings(source)
        # A `#` that begins a line of a string begins a comment.
        code, comment = code + len(alone - marked) - len(marked - alone), comment - len(alone - marked) + len(marked - alone)
    # A blank line behind a backslash is code.
    goes_on = len(re.findall(r"\\\r?\n[ \t]*(?=\r?\n)", text))
    return code + goes_on, comment, blank - goes_on


def strings_alone(source, text):
    """The lines, without blank ones, of strings that are statements: to us they are comments."""
    lines = text.split("\n")
    return {line for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, (str, bytes))
            for line in range(node.lineno, node.end_lineno + 1) if lines[line - 1].strip()}


def marked_in_strings(source):
    """The lines within strings that begin with a `#`."""
    return {token.start[0] + offset for token in tokenize.tokenize(io.BytesIO(source).readline) if token.type == tokenize.STRING
            for offset, line in enumerate(token.string.split("\n")) if offset and line.lstrip().startswith("#")}


def takes_strings_for_comments(path):
    """cloc finds `/*` in strings too, as in "tests/*.xml", in Python as well, and all that follows is a comment to it."""
    text = Path(path).read_text(encoding="latin-1")
    return ("/*" in text) if path.endswith(".py") else re.search(r'"[^"\n]*/\*[^"\n]*"|\'[^\'\n]*/\*[^\'\n]*\'', text) is not None


def compare(program, files, comparison):
    theirs = cloc(files)
    rows = support.measure(program, theirs)
    for path, counted in theirs.items():
        if takes_strings_for_comments(path):
            continue
        if "lines" in rows[path]:
            comparison.add(path, as_cloc_counts(path, rows[path]["lines"]), counted)


def main(program, folder):
    support.need("cloc", "npm")
    modules = support.fetch(Path(folder))
    roots = [modules, Path("/usr/src/googletest")]
    with support.verdict() as comparisons:
        comparisons.append(support.Comparison("lines of files, cloc, C, C++, JavaScript and TypeScript", 0.98, 500))
        compare(program, [path for root in roots for path in sorted(root.rglob("*")) if path.suffix in ENDINGS and path.is_file()],
                comparisons[-1])
        comparisons.append(support.Comparison("lines of files, cloc, Python", 0.98, 400))
        compare(program, support.python_sources(), comparisons[-1])


main(*sys.argv[1:])
