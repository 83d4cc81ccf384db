#!/usr/bin/env python3
"""Fills real disks: small file systems of many sizes hold the repository, and then the workspaces. Wherever the run finds no
more room it says so; with more room it comes to the same commits as one that had enough from the start.

usage: full_disk.py FLEET [--sizes N] [--seed S]
"""
import argparse
import contextlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from faulty import Faulty, make_template
from support import Wrong, check_end, fresh, result

SKIP = 77


@contextlib.contextmanager
def small_disk(folder, size):
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}k", "none", folder], check=True)
    try:
        yield lambda: subprocess.run(["mount", "-o", "remount,size=64m", folder], check=True)
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def can_mount(base):
    probe = base / "probe"
    probe.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "none", probe], capture_output=True)
    if done.returncode == 0:
        subprocess.run(["umount", probe], check=True)
    return done.returncode == 0


def used(folder):
    space = os.statvfs(folder)
    return (space.f_blocks - space.f_bfree) * space.f_frsize // 1024


def watch(program, place, template):
    """A run with room enough: what it comes to, and what it takes for the repository before and after."""
    with fresh(place) as folder, small_disk(folder, 65536):
        faulty = Faulty((program, None), folder, template)
        least = used(folder)
        if (done := faulty.run()).returncode != 0:
            raise Wrong(f"with room enough: exit {done.returncode}\n{done.stdout}")
        return result(faulty.repo), least, used(folder)


def fill(program, place, template, size, expected, what):
    """`what`: the folder that is on the small disk."""
    with fresh(place) as folder, small_disk(folder / what, size) as give_room:
        faulty = Faulty((program, None), folder, template)
        done = faulty.run()
        try:
            faulty.check_answer(done)
            give_room()
            faulty.bring_to_an_end(expected, done.returncode != 0)
            check_end(faulty.repo, folder, expected, faulty.before)
        except Wrong as error:
            raise Wrong(f"{error}\n-- the run on the small disk:\n{done.stdout}") from None
        return done.returncode


def fill_disks(program, base, options):
    template = make_template(base / "template")
    place = base / "run"
    expected, least, most = watch(program, place, template)
    chance = random.Random(options.seed)
    print(f"with room enough: {expected}, {least} to {most} KiB")
    for number in range(options.sizes):
        what = ["", "work", "repo"][number % 3]
        size = chance.randrange(least, most) if what != "work" else chance.randrange(4, 200, 4)
        try:
            print(f"{size} KiB for {what or 'all'}: exit {fill(program, place, template, size, expected, what)}, the same in the end",
                  flush=True)
        except Wrong as error:
            print(f"{size} KiB for {what or 'all'}: {error}")
            return 1
    return 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("fleet")
    parser.add_argument("--sizes", type=int, default=15)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    print(f"seed {options.seed}")
    base = Path(tempfile.mkdtemp(prefix="fleet-full-"))
    try:
        if not can_mount(base):
            print("NOT TESTED: full disks; mounting a file system takes root, and is refused here")
            return SKIP
        return fill_disks(str(Path(options.fleet).resolve()), base, options)
    finally:
        shutil.rmtree(base, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
