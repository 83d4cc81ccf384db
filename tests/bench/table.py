"""Rows of figures, and the table of them, for a terminal and as Markdown."""
import os
import platform
import time
from dataclasses import dataclass, field

from measure import median, spread

SCALE = {"s": 1, "ms": 1e3, "us": 1e6, "MB": 1e-6, "x": 1, "/s": 1}


@dataclass
class Others:
    """A peer or a floor: its name and its figures."""
    name: str
    samples: list

    def text(self, unit):
        return f"{self.name} {number(median(self.samples), unit)}"


@dataclass
class Row:
    """`limit` is what our median may be at most (at least, where `more_is_better`), in the figures' own unit; none: there
    is no target."""
    what: str
    unit: str
    ours: list
    peers: list = field(default_factory=list)
    floor: Others = None
    target: str = ""
    limit: float = None
    more_is_better: bool = False

    def figure(self):
        return median(self.ours)

    def misses_by(self):
        if self.limit is None:
            return None
        ratio = self.limit / self.figure() if self.more_is_better else self.figure() / self.limit
        return ratio - 1 if ratio > 1 else 0.0

    def verdict(self):
        misses = self.misses_by()
        if misses is None:
            return "-"
        return "meets" if misses == 0 else f"misses by {misses:.0%}" if misses < 1 else f"misses by {misses + 1:.1f} x"

    def cells(self):
        over_floor = f"{self.figure() / median(self.floor.samples):.2f}" if self.floor else "-"
        over_peer = f"{self.figure() / median(self.peers[0].samples):.2f}" if self.peers else "-"
        noise = f"{spread(self.ours):.0%}" if len(self.ours) > 1 else "-"
        return [self.what, number(self.figure(), self.unit), self.unit, noise, str(len(self.ours)),
                ", ".join(peer.text(self.unit) for peer in self.peers) or "-", over_peer,
                self.floor.text(self.unit) if self.floor else "-", over_floor, self.target or "-", self.verdict()]


HEADINGS = ["what", "ours", "unit", "noise", "n", "peer", "x peer", "floor", "x floor", "target", "verdict"]
EXPLAINED = """\
`ours`, `peer` and `floor` are medians of n measurements each, which took turns in one run of the benchmark; `noise` is
(largest - smallest) / median of ours; `x peer` and `x floor` are ours over theirs, the first peer's where there are two. A
floor is the least that could do it, as a probe of the benchmark does it. What takes over 10 s is measured 3 times at most.
"""


def number(value, unit):
    value *= SCALE[unit]
    if unit == "x":
        return f"{value:.3f}"
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def machine():
    """Enough to compare by; no names of this machine."""
    told = open("/proc/cpuinfo").read().splitlines()
    model = next((line.split(":", 1)[1].strip() for line in told if line.startswith("model name")), platform.machine())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{len(os.sched_getaffinity(0))} cores of {model}, {memory:.0f} GB, Linux {platform.release().split('-')[0]}"


class Table:
    def __init__(self, show):
        self.groups, self.show, self.widths = [], show, [60, 7, 4, 5, 2, 32, 6, 26, 7, 16, 0]
        self.began = time.strftime("%Y-%m-%d", time.gmtime())
        self.load = os.getloadavg()[0]

    def begin(self):
        if self.show:
            print(f"{self.began}, {machine()}; load {self.load:.2f} before it began")
            self.print_cells(HEADINGS)

    def group(self, title):
        self.groups.append((title, []))
        if self.show:
            print(f"\n{title}", flush=True)

    def add(self, row):
        self.groups[-1][1].append(row)
        if self.show:
            self.print_cells(row.cells())

    def print_cells(self, cells):
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(cells, self.widths)).rstrip(), flush=True)

    def rows(self):
        return [row for _, rows in self.groups for row in rows]

    def markdown(self, missing):
        text = [f"# Benchmarks\n\nMeasured {self.began} on {machine()}; load {self.load:.2f} before it began.\n"
                f"`cmake --build --preset release --target bench` measures anew.\n\n{EXPLAINED}\n{missing}"]
        for title, rows in self.groups:
            text.append(f"\n## {title}\n\n| {' | '.join(HEADINGS)} |\n|{' --- |' * len(HEADINGS)}\n")
            text += [f"| {' | '.join(row.cells())} |\n" for row in rows]
        return "".join(text)
