#!/usr/bin/env python3
"""Cognitive complexity beside clang-tidy's readability-function-cognitive-complexity, in C and C++. docs/metrics.md lists the
differences that are applied here.

usage: cognitive.py MEASURE FOLDER [--all]    (the program oracle_measure; a folder to keep fetched sources in)
Every second file, since clang-tidy takes its time; --all: each.
"""
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import support

TIDY = next((name for name in ("clang-tidy-14", "clang-tidy") if shutil.which(name)), "clang-tidy")
LINE_MARKER = re.compile(r'# (\d+) "([^"]*)"')
FOUND = re.compile(r"^(.*?):(\d+):\d+: warning: (?:function '(.*?)'|lambda) (?:exceeds|has cognitive complexity of (\d+))", re.M)


def tidy(path, flags, *options):
    return subprocess.run([TIDY, "--quiet", *options, str(path), "--", *flags], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          text=True, errors="replace").stdout


def settings(ignores_macros):
    """Reports each function that has a statement, those without complexity too."""
    check = "readability-function-cognitive-complexity"
    options = {f"{check}.Threshold": 0, f"{check}.IgnoreMacros": ignores_macros, "readability-function-size.LineThreshold": 2**32 - 1,
               "readability-function-size.StatementThreshold": 0}
    listed = ", ".join(f"{{key: {key}, value: '{str(value).lower()}'}}" for key, value in options.items())
    return f"--config={{Checks: '-*,{check},readability-function-size', CheckOptions: [{listed}]}}"


def complexities(path, flags, ignores_macros):
    """{(name, line): complexity} of the functions in the file itself"""
    found = {}
    for file, line, name, complexity in FOUND.findall(tidy(path, flags, settings(ignores_macros))):
        if name and os.path.samefile(file, path):
            found[name, int(line)] = max(found.get((name, int(line)), 0), int(complexity or 0))
    return found


def compiled_text(path, flags):
    """What the preprocessor leaves of the file, each line where it was and no macro expanded; None: it does not compile."""
    compiler = "g++" if "-std=c++17" in flags else "gcc"
    done = subprocess.run([compiler, "-E", "-fdirectives-only", *flags, str(path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          text=True, errors="replace")
    if done.returncode != 0:
        return None
    lines, is_ours, number = {}, False, 0
    for line in done.stdout.split("\n"):
        marker = LINE_MARKER.match(line)
        if marker:
            is_ours, number = marker.group(2) == str(path), int(marker.group(1))
            continue
        if is_ours and not re.match(r"\s*#", line):
            lines[number] = line
        number += 1
    return "\n".join(lines.get(number, "") for number in range(1, max(lines, default=0) + 1)) + "\n"


def prepared(source, flags, folder):
    """(the copy that clang-tidy reads, the text that we read, its numbers with and without macros, where it comes from)"""
    copy = folder / source.name
    shutil.copy(source, copy)
    flags = [*flags, f"-I{source.parent}"]
    # A loop, switch or goto that is all there is behind an `if` escapes it, unless it stands in braces: it puts them there itself.
    tidy(copy, flags, "--checks=-*,readability-braces-around-statements", "--fix", "--fix-errors")
    text = compiled_text(copy, flags)
    if text is None:
        return None
    read = folder / f"read-{source.name}"
    read.write_text(text)
    return read, text.split("\n"), complexities(copy, flags, True), complexities(copy, flags, False), source


def innermost(functions, name, line):
    bare = name.replace(" ", "")
    around = [each for each in functions if each["line"] <= line <= each["end_line"] and
              re.split(r"::|\.", each["name"])[-1].replace(" ", "") == bare]
    return max(around, key=lambda each: each["line"], default=None)


def calls_itself(lines, function, name):
    """Recursion, which clang-tidy does not see."""
    body = re.sub(r'//.*|"(\\.|[^"\\\n])*"', "", "\n".join(lines[function["line"] - 1:function["end_line"]]))
    return len(re.findall(rf"(?:(?<![\w.>:~])|(?<=this->)){re.escape(name)}\s*\(", body)) > 1


def compare(program, sets, comparison, with_macros):
    with tempfile.TemporaryDirectory(prefix="fleet-oracle-") as folder, \
            concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = []
        for number, (files, flags) in enumerate(sets):
            inside = Path(folder) / str(number)
            for each, source in enumerate(files):
                (inside / str(each)).mkdir(parents=True)
                jobs.append(pool.submit(prepared, source, flags, inside / str(each)))
        found = [job.result() for job in jobs]
        read = [each for each in found if each is not None]
        print(f"{len(read)} files; {len(found) - len(read)} do not compile here")
        rows = support.measure(program, [each[0] for each in read])
        for path, lines, theirs, expanded, source in read:
            for (name, line), complexity in theirs.items():
                function = innermost(rows[str(path)].get("functions", []), name, line)
                if function is None:
                    continue  # a macro wrote it, or the parser did not understand it
                ours = function["cognitive"] - calls_itself(lines, function, name)
                where = f"{source.name}:{line} {name}"
                with_macros.add(where, ours, complexity)
                # An expression that begins with a macro does not exist for it: then its two settings tell different numbers.
                if expanded.get((name, line)) == complexity:
                    comparison.add(where, ours, complexity)


def main(program, folder, *options):
    step = 1 if options == ("--all",) else 2
    support.need(TIDY, "gcc", "g++", "npm")
    modules = support.fetch(Path(folder))
    with support.verdict() as comparisons:
        for language, sets, number in [("C", support.c_sources(modules), 2500), ("C++", support.cpp_sources(modules), 700)]:
            sets = [(files[::step], flags) for files, flags in sets]
            number = number if step == 1 else number // 3
            comparisons.append(support.Comparison(f"cognitive complexity, clang-tidy, {language}", 0.97, number))
            comparisons.append(support.Comparison("the same, with functions whose macros it judges otherwise", 0.97, number))
            compare(program, sets, *comparisons[-2:])


main(*sys.argv[1:])
