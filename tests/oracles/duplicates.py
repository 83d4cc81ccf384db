#!/usr/bin/env python3
"""Duplicated lines beside jscpd. docs/metrics.md lists the differences of definition.

usage: duplicates.py MEASURE FOLDER    (the program oracle_measure; a folder to keep fetched sources in)
"""
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import support


def jscpd(modules, folder):
    """[((file, first line, last line), the same of the other place, tokens)]"""
    report = folder / "report"
    done = subprocess.run(["node", str(modules / ".bin/jscpd"), "--mode", "weak", "--min-lines", "6", "--min-tokens", "50",
                           "--max-lines", "100000", "--max-size", "10mb", "--reporters", "json", "--output", str(report), "--silent",
                           "--absolute", "--format", "cpp,python", str(folder / "sources")], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0 or not (report / "jscpd-report.json").exists():
        raise SystemExit(f"jscpd: exit {done.returncode}, and no report\n{done.stdout}")
    pairs = json.loads((report / "jscpd-report.json").read_text())["duplicates"]
    return [tuple((pair[side]["name"], pair[side]["startLoc"]["line"], pair[side]["endLoc"]["line"])
                  for side in ("firstFile", "secondFile")) + (pair["tokens"],) for pair in pairs]


def lines_of(places):
    return {(file, line) for file, first, last in places for line in range(first, last + 1)}


def copied(sources, folder):
    """jscpd reads a folder, and none of a node_modules."""
    folder.mkdir()
    copies = []
    for number, source in enumerate(sources):
        copies.append(folder / f"{number}-{source.name}")
        shutil.copy(source, copies[-1])
    return copies


def compare(program, modules, folder):
    leveldb = modules / "leveldown/deps/leveldb"
    packages = {"distutils", "lib2to3", "email", "multiprocessing"}
    sources = sorted(leveldb.rglob("*.cc")) + [path for path in support.python_sources() if packages & set(path.parts)]
    listed = "".join(f"{path}\n" for path in copied(sources, folder / "sources"))
    done = subprocess.run([program, "duplicates"], input=listed, stdout=subprocess.PIPE, text=True, check=True)
    ours = lines_of(place for group in json.loads(done.stdout)["groups"] for place in group["places"])
    pairs = jscpd(modules, folder)
    theirs = lines_of(place for pair in pairs for place in pair[:2])
    print(f"{len(ours)} lines duplicated, {len(theirs)} by jscpd, {len(ours & theirs)} by both")
    with support.verdict() as comparisons:
        comparisons.append(support.Comparison("places that jscpd finds duplicated, found by fleet", 0.8, 40))
        for first, second, tokens in pairs:
            for file, line, end_line in (first, second):
                lines = lines_of([(file, line, end_line)])
                # Half of its lines: where a run of tokens begins and ends depends on what a token is.
                comparisons[-1].add(f"{Path(file).name}:{line}-{end_line} ({tokens} tokens)", len(lines & ours) * 2 >= len(lines), True)


def main(program, folder):
    support.need("node", "npm")
    modules = support.fetch(Path(folder))
    with tempfile.TemporaryDirectory(prefix="fleet-oracle-") as inside:
        compare(program, modules, Path(inside).resolve())


main(*sys.argv[1:])
