#!/usr/bin/env python3
"""Measures fleet beside peers and floors, in the same run, and prints one table.

usage: bench.py FLEET PROBE EMPTY [--pure PROGRAM] [--quick] [--times N] [--write FILE] [GROUP ...]

Exit code 0: every row was measured, whether its target was met or not; 1: one could not be. On a machine that does other
things meanwhile, the figures mean nothing. PROBE measures from within (tests/bench/probe), EMPTY is a program that links
what fleet links and does nothing, PROGRAM measures by Google Benchmark (tests/bench/pure_bench.cc).
"""
import argparse
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

import rows_git
import rows_inside
import rows_run
from measure import Bench, CannotMeasure
from table import Table

GROUPS = {
    "schedule": ("Scheduling", lambda bench: (*rows_run.no_op_rows(bench), *rows_inside.scheduler_rows(bench))),
    "graph": ("The graph", rows_inside.graph_rows),
    "order": ("The order, in virtual time", rows_inside.order_rows),
    "spawn": ("Starting programs", rows_inside.spawn_rows),
    "yaml": ("YAML", rows_inside.yaml_rows),
    "secrets": ("Secrets", rows_inside.secrets_rows),
    "pure": ("Pure functions, by Google Benchmark", rows_inside.pure_rows),
    "journal": ("The journal, on a disk", rows_inside.journal_rows),
    "sleep": ("Tasks that wait", rows_run.sleeper_rows),
    "start": ("The program's start", rows_run.start_rows),
    "files-1k": ("A small repository, in memory", lambda bench: rows_git.git_rows(bench, bench.size(1_000, 100))),
    "files-10k": ("A middling one", lambda bench: rows_git.git_rows(bench, bench.size(10_000, 200))),
    "files-100k": ("A large one", lambda bench: rows_git.git_rows(bench, bench.size(100_000, 2_000))),
    "shared": ("Many results in one file, in memory", rows_git.shared_file_rows),
    "growth": ("How a run grows with its tasks", rows_run.growth_rows),
}
# What a group needs of memory in bytes, where it is much: a stock container's memory file system has 64 MB.
ROOM = {"files-10k": 1e9, "files-100k": 8e9, "growth": 2e9}
LITTLE = 50e6
LATER = ("Not in it, as there is nothing to measure yet: live events, model streams. Nor what there is no row for: "
         "workspaces within a stock container.\n")


def measure_all(bench, groups, table):
    failed = []
    for name in groups:
        title, rows = GROUPS[name]
        table.group(title)
        try:
            for row in rows(bench):
                if bench.quick:
                    row.limit = None  # of other sizes
                table.add(row)
        except CannotMeasure as error:
            failed.append(name)
            print(f"  CANNOT MEASURE: {error}", file=sys.stderr, flush=True)
    return failed


def has_room(folder, least):
    return os.access(folder, os.W_OK) and shutil.disk_usage(folder).free >= least


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("fleet")
    parser.add_argument("probe")
    parser.add_argument("empty")
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=", ".join(GROUPS))
    parser.add_argument("--pure", metavar="PROGRAM", help="measures pure functions; without it, they are left out")
    parser.add_argument("--times", type=int, default=5, help="how often each is measured")
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that every row can be measured")
    parser.add_argument("--write", metavar="FILE", help="the table as Markdown")
    options = parser.parse_intermixed_args()
    if unknown := set(options.groups) - set(GROUPS):
        parser.error(f"no such group: {', '.join(unknown)}; there are {', '.join(GROUPS)}")

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was made is removed
    # Git in memory: some file systems are many times slower at making files for a while after a large removal. The journal
    # on a disk: in memory, waiting for the disk costs nothing.
    groups = options.groups or [name for name in GROUPS if name != "pure" or options.pure]
    room = max(ROOM.get(name, LITTLE) for name in groups)
    place = "/dev/shm" if has_room("/dev/shm", min(room, 1e9) if options.quick else room) else None
    with tempfile.TemporaryDirectory(prefix="fleet-bench-", dir=place) as memory, \
            tempfile.TemporaryDirectory(prefix="fleet-bench-", dir="/var/tmp") as disk:
        bench = Bench(options.fleet, options.probe, options.empty, options.pure, Path(memory), Path(disk),
                      options.quick, 1 if options.quick else options.times)
        table = Table(show=True)
        table.begin()
        failed = measure_all(bench, groups, table)
    misses = [row for row in table.rows() if row.misses_by()]
    notes = (f"Memory is the peak of one process; below {bench.least_memory / 1e6:.0f} MB it is not known: that much the "
             f"program has that starts it.\n{LATER}")
    print(f"\n{notes}{len(table.rows())} rows, {len(misses)} of them miss their target; could not be measured: "
          f"{', '.join(failed) or 'none'}")
    if not options.pure:
        print("pure functions are not measured: libbenchmark-dev is missing")
    if options.write:
        Path(options.write).write_text(table.markdown(notes))
    return 1 if failed else 0


sys.exit(main())
