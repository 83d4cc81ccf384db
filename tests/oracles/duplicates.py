#!/usr/bin/env python3
"""Duplicated lines beside jscpd. docs/metrics.md lists the differences of definition.

usage: duplicates.py MEASURE FOLDER    (the program oracle_measure; a folder to keep fetched sources in)
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import support


def jscpd(modules, files):
    """[((file, first line, last line), the same of the other place, tokens)]"""
    with tempfile.TemporaryDirectory(prefix="fleet-oracle-") as folder:
        subprocess.run(["node", str(modules / ".bin/jscpd"), "--mode", "weak", "--min-lines", "6", "--min-tokens", "50",
                        "--max-lines", "100000", "--max-size", "10mb", "--reporters", "json", "--output", folder, "--silent",
                        "--absolute", "--formats-exts", "cpp:cc;python:py", "--format", "cpp,python", *map(str, files)],
                       stdout=subprocess.DEVNULL, check=True)
        report = json.loads((Path(folder) / "jscpd-report.json").read_text())
    return [tuple((pair[side]["name"], pair[side]["startLoc"]["line"], pair[side]["endLoc"]["line"])
                  for side in ("firstFile", "secondFile")) + (pair["tokens"],) for pair in report["duplicates"]]


def lines_of(places):
    return {(file, line) for file, first, last in places for line in range(first, last + 1)}


def main(program, folder):
    support.need("node", "npm")
    modules = support.fetch(Path(folder))
    leveldb = modules / "leveldown/deps/leveldb"
    files = sorted(leveldb.rglob("*.cc")) + [path for path in support.python_sources()
                                             if {"distutils", "lib2to3", "email", "multiprocessing"} & set(path.parts)]
    listed = "".join(f"{path}\n" for path in files)
    done = subprocess.run([program, "duplicates"], input=listed, stdout=subprocess.PIPE, text=True, check=True)
    groups = json.loads(done.stdout)["groups"]
    ours = lines_of(place for group in groups for place in group["places"])
    pairs = jscpd(modules, files)
    with support.verdict() as comparisons:
        comparisons.append(support.Comparison("places that jscpd finds duplicated, found by fleet", 0.8, 40))
        for first, second, tokens in pairs:
            for place in (first, second):
                lines = lines_of([place])
                # Half of its lines: where a run of tokens begins and ends depends on what a token is.
                comparisons[-1].add(f"{place[0]}:{place[1]}-{place[2]} ({tokens} tokens)", len(lines & ours) * 2 >= len(lines), True)
        theirs = lines_of(place for pair in pairs for place in pair[:2])
        print(f"{len(ours)} lines duplicated, {len(theirs)} by jscpd, {len(ours & theirs)} by both")


main(*sys.argv[1:])
