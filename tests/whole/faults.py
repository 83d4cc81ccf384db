#!/usr/bin/env python3
"""Lets the world fail under a real run, call by call, and brings the run to its end without the fault: fleet goes on, or
ends with a message that says what failed, never by a signal, never by hanging; then the same commits as of a run that met
no fault, nothing that had finished runs again, the repository is sound, the user's checkout untouched, no process and no
workspace left behind.

usage: faults.py FLEET LIBRARY [--part PART ...] [--moments N] [--seed S] [--overlays]

Parts: calls (a full disk, errors, interrupts, short writes at the N-th call, once or from then on), reads (no file or folder
can be read from the N-th read on, or just then), ends (the same of removing files and folders, and of closing what was
written), limits (no file can be
opened from the N-th on, or just that one; no more than N threads), rows (every so-many-th call, and jumping clocks), kill
(at the N-th call), power (killed at the N-th call, and of what was not synced nothing is left, or what chance leaves. Where
nothing is left, all that refs lead to is whole at once; when the run has gone on, the repository is sound, but for what
chance tore and nobody reads again).
"""
import argparse
import collections
import concurrent.futures
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path

from faulty import Faulty, kind_of, make_template
from overlaid import use_overlays
from support import Wrong, check_end, check_sound, check_whole, fresh, result, state_of

PARTS = ["calls", "reads", "ends", "limits", "rows", "kill", "power"]
AT_ONCE = 2
FAULTS = [{"kind": "enospc"}, {"kind": "enospc", "lasting": 1}, {"kind": "eio"}, {"kind": "eio", "lasting": 1},
          {"kind": "eintr"}, {"kind": "short"}]
READS = [{"kind": "eio-read"}, {"kind": "eio-read", "lasting": 1}]
ENDS = ["eio-remove", "eio-close"]
OPENS = [{"kind": "emfile"}, {"kind": "emfile", "lasting": 1}]
MOST_THREADS = 16  # more than fleet starts
ROWS = [{"kind": "eintr", "every": 2}, {"kind": "eintr", "every": 3}, {"kind": "short", "every": 1}, {"kind": "short", "every": 2},
        {"clock": 1}, {"clock": 2}, {"clock": 3}]
# What a run that meets no fault must be seen to write, or the library stands in front of the wrong calls.
SEEN = {"state.db", "state.db-wal", "state.db-shm", "objects", "refs", "ref logs", "reports", "logs", "kept", "workspaces"}


class World:
    def __init__(self, options, base):
        self.tools = str(Path(options.fleet).resolve()), Path(options.library).resolve()
        self.base, self.template = base, make_template(base / "template")
        self.chance = random.Random(options.seed)
        self.expected, self.calls, self.opens, self.reads, self.ends = "", [], [], [], {}

    def place(self):
        """The same for all runs of one thread."""
        return fresh(self.base / f"at-{threading.get_native_id()}" / "run")

    def watch(self):
        """A run that meets no fault: what it comes to, and all that it writes."""
        with self.place() as folder:
            faulty = Faulty(self.tools, folder, self.template)
            done = faulty.run()
            if done.returncode != 0:
                raise Wrong(f"without a fault: exit {done.returncode}\n{done.stdout}")
            self.expected, self.calls = result(faulty.repo), faulty.calls()
            check_end(faulty.repo, folder, self.expected, faulty.before)
        tally = collections.Counter(kind_of(path) for _, _, path in self.calls)
        print(f"{len(self.calls)} calls, of these on " + ", ".join(f"{kind} {n}" for kind, n in tally.most_common()))
        if missing := SEEN - set(tally):
            raise Wrong(f"nothing is seen of {missing}")
        with self.place() as folder:
            faulty = Faulty(self.tools, folder, self.template)
            faulty.run(kind="emfile")
            self.opens = [number for number, (call, _, _) in enumerate(faulty.calls(), start=1) if call in ("open", "create")]
            if not any(call == "open" for call, _, _ in faulty.calls()):
                raise Wrong("no file is seen to be opened")
        self.reads = self.seen("eio-read", {"state.db", "objects", "workspaces"})
        self.ends = {"eio-remove": self.seen("eio-remove", {"refs", "workspaces"}),
                     "eio-close": self.seen("eio-close", {"state.db", "objects", "reports", "workspaces"})}

    def seen(self, kind, least):
        """The calls of one kind of a run that meets no fault, by which files of all these are seen."""
        with self.place() as folder:
            faulty = Faulty(self.tools, folder, self.template)
            faulty.run(kind=kind)
            calls = faulty.calls()
        print(f"{len(calls)} calls for {kind}")
        if missing := least - {kind_of(path) for _, _, path in calls}:
            raise Wrong(f"nothing is seen for {kind} of {missing}")
        return calls

    def moments(self, count, fits=lambda call: True, calls=None):
        """One of each kind of call on each kind of file, and others by chance."""
        where = collections.defaultdict(list)
        for number, (call, _, path) in enumerate(calls or self.calls, start=1):
            if fits(call):
                where[call, kind_of(path)].append(number)
        chosen = [self.chance.choice(numbers) for numbers in where.values()]
        self.chance.shuffle(chosen)
        rest = [number for numbers in where.values() for number in numbers]
        return (chosen + self.chance.choices(rest, k=count))[:count]


def one_fault(world, fault):
    with world.place() as folder:
        faulty = Faulty(world.tools, folder, world.template)
        done = faulty.run(**fault)
        where = (faulty.hits() or ["nowhere"])[0]
        if fault.get("threads") == 0 and done.returncode != 3:
            raise Wrong(f"there was no thread to be had, and nobody saw that: exit {done.returncode}\n{done.stdout}")
        try:
            faulty.check_answer(done)
            must_be_good = "clock" in fault or fault.get("every")
            if must_be_good and done.returncode != 0:
                raise Wrong(f"exit {done.returncode}\n{done.stdout}")
            faulty.bring_to_an_end(world.expected, done.returncode != 0)
        except Wrong as error:
            raise Wrong(f"at {where}: {error}\n-- the run with the fault:\n{done.stdout}") from None
        return f"exit {done.returncode}, {where}"


def kill_at(world, fault):
    with world.place() as folder:
        faulty = Faulty(world.tools, folder, world.template)
        done = faulty.run(kind="kill", at=fault["at"])
        if done.returncode not in (0, -signal.SIGKILL):
            raise Wrong(f"exit {done.returncode}\n{done.stdout}")
        try:
            faulty.bring_to_an_end(world.expected, done.returncode != 0)
        except Wrong as error:
            raise Wrong(f"at {faulty.hits()}: {error}\n-- the run that was killed:\n{done.stdout}") from None
        return f"{faulty.hits()}"


def cut_power_at(world, fault):
    with world.place() as folder:
        faulty = Faulty(world.tools, folder, world.template)
        done = faulty.run(kind="kill", at=fault["at"], durable=folder / "durable")
        if done.returncode not in (0, -signal.SIGKILL):
            raise Wrong(f"exit {done.returncode}\n{done.stdout}")
        faulty.lose_power(random.Random(fault["leave"]) if fault["leave"] else None)
        try:
            if not fault["leave"]:
                check_whole(faulty.repo)
            if state_of(faulty.repo) is None and faulty.is_refused():
                shutil.rmtree(faulty.repo / ".git" / "refs" / "fleet")
            faulty.check_said(done.stdout, world.expected)
            faulty.bring_to_an_end(world.expected, True, check_whole if fault["leave"] else check_sound)
        except Wrong as error:
            raise Wrong(f"at {faulty.hits()}: {error}\n-- the run that lost power:\n{done.stdout}") from None
        return f"{faulty.hits()}"


def moves_bytes(call):
    return "write" in call or "copy" in call


def calls_jobs(world, count):
    each = max(1, count // len(FAULTS))
    for fault in FAULTS:
        fits = moves_bytes if fault["kind"] == "short" else lambda call: True
        for at in world.moments(each, fits):
            yield one_fault, fault | {"at": at}


def jobs_of(world, part, count):
    if part == "calls":
        yield from calls_jobs(world, count)
    elif part == "reads":
        for fault in READS:
            yield from ((one_fault, fault | {"at": at}) for at in world.moments(count // 4, calls=world.reads))
    elif part == "ends":
        for kind in ENDS:
            for lasting in ({}, {"lasting": 1}):
                yield from ((one_fault, {"kind": kind, "at": at} | lasting)
                            for at in world.moments(count // 8, calls=world.ends[kind]))
    elif part == "limits":
        yield from ((one_fault, {"threads": number}) for number in range(MOST_THREADS))
        for fault in OPENS:
            yield from ((one_fault, fault | {"at": at}) for at in world.chance.choices(world.opens, k=count // 4))
    elif part == "rows":
        yield from ((one_fault, fault) for fault in ROWS)
    elif part == "kill":
        yield from ((kill_at, {"at": at}) for at in world.moments(count // 4))
    else:
        for at in world.moments(count // 3):
            yield cut_power_at, {"at": at, "leave": world.chance.choice([0, world.chance.randrange(1, 1 << 30)])}


def run_jobs(world, jobs):
    """False: something was wrong. All are run even so."""
    good = True
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        running = {pool.submit(work, world, fault): (work, fault) for work, fault in jobs}
        for job in concurrent.futures.as_completed(running):
            work, fault = running[job]
            name = f"{work.__name__} " + " ".join(f"{key}={value}" for key, value in fault.items())
            try:
                print(f"{name}: {job.result()}", flush=True)
            except Wrong as error:
                good = False
                print(f"WRONG {name}: {error}", flush=True)
    return good


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("fleet")
    parser.add_argument("library")
    parser.add_argument("--part", action="append", choices=PARTS)
    parser.add_argument("--moments", type=int, default=120, help="faults at single calls; the other parts take shares of it")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--overlays", action="store_true", help="workspaces are overlays")
    options = parser.parse_args()
    print(f"seed {options.seed}")
    base = Path(tempfile.mkdtemp(prefix="fleet-faults-"))
    try:
        if options.overlays and (why := use_overlays(str(Path(options.fleet).resolve()), base)):
            return why
        world = World(options, base)
        world.watch()
        parts = options.part or PARTS
        good = True
        for part in parts:
            started = time.monotonic()
            is_good = run_jobs(world, list(jobs_of(world, part, options.moments)))
            good = good and is_good
            print(f"== {part}: {'good' if is_good else 'WRONG'}, {time.monotonic() - started:.0f} s", flush=True)
        return 0 if good else 1
    finally:
        shutil.rmtree(base, ignore_errors=True)


sys.exit(main())
