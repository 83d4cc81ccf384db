"""What is measured from within, by the probe: the scheduler, the graph, the order, programs, YAML, secrets, the journal."""
import sysconfig
import tempfile
from pathlib import Path

from measure import median, take_turns
from table import Others, Row


def per(seconds, count):
    return [each / count for each in seconds]


def scheduler_rows(bench):
    tasks = bench.size(10_000, 100)
    for shape, says in (("independent", "no needs"), ("chain", "a chain"), ("five", "five needs each")):
        ours, = take_turns(bench.times, lambda: bench.probe("scheduler", tasks, shape)["seconds"])
        yield Row(f"bookkeeping a task, no journal, {says}", "us", per(ours, tasks), [], None, "5 us", 5e-6)
    tasks = bench.size(2_000, 50)
    for parallel in (1, 8, 64):
        ours, = take_turns(bench.times, lambda: bench.probe("driver", tasks, parallel, bench.disk))
        # One at a time nothing can share a transaction: there it must vanish beside a task of 10 ms.
        target, limit = ("1 % of 10 ms", 100e-6) if parallel == 1 else ("15 us", 15e-6)
        what = f"bookkeeping a task, journal, {parallel} at once"
        yield Row(what, "us", per([m["seconds"] for m in ours], tasks), [], None, target, limit)
        yield Row(f"{what}: CPU of both threads", "us", per([m["cpu"] for m in ours], tasks))
    for tasks in bench.size([10, 100, 1000, 10_000, 100_000], [10]):
        ours, journal = take_turns(bench.times, lambda: bench.probe("scheduler", tasks, "five")["seconds"],
                                   lambda: bench.probe("driver", tasks, 64, bench.disk)["seconds"])
        yield Row(f"{tasks:,} tasks: bookkeeping a task", "us", per(ours, tasks))
        yield Row(f"{tasks:,} tasks: the same with journal, 64 at once", "us", per(journal, tasks))


def graph_rows(bench):
    for tasks in bench.size([1000, 10_000, 100_000], [1000]):
        plans, = take_turns(bench.times, lambda: bench.probe("plan", tasks, 10))
        whole = tasks == 100_000
        what = f"{tasks:,} tasks, {tasks * 10:,} edges planned"
        yield Row(what, "ms", [plan["seconds"] for plan in plans], [],
                  Others("rows, order, paths", [plan["floor_seconds"] for plan in plans]), "150 ms" if whole else "",
                  0.150 if whole else None)
        yield Row(f"{what}: memory", "MB", [plan["bytes"] for plan in plans])


def order_rows(bench):
    """The same graphs each time: there is no noise in them."""
    graphs = bench.size(200, 5)
    told = bench.probe("order", graphs, 200)
    peers = [Others("FIFO", [told["fifo"]]), Others("level by level", [told["levels"]])]
    for what, name, limit in (("without history", "without_history", 1.07), ("with noisy history", "with_history", 1.03)):
        yield Row(f"makespan over lower bound, {what}", "x", [told[name]], peers, Others("known durations", [told["exact"]]),
                  str(limit), limit)


def spawn_rows(bench):
    times = bench.size(200, 5)
    for megabytes in bench.size([0, 500], [0, 50]):
        def by(how):
            return lambda: bench.probe("spawn", how, megabytes, times)["seconds"]
        ours, fork, posix, vfork = take_turns(bench.times, *map(by, ("ours", "fork", "posix_spawn", "vfork")))
        if megabytes == 0:
            small = ours
        # A fork copies the page tables: whoever forks takes many times longer from a large process than from a small one.
        target, limit = ("1.5 x from 0 MB", 1.5 * median(small)) if megabytes else ("", None)
        yield Row(f"a program started, from {megabytes} MB", "us", ours, [Others("fork", fork), Others("posix_spawn", posix)],
                  Others("vfork", vfork), target, limit)


def workflow_text(tasks):
    """About 150 bytes a task."""
    return "version: 1\ntasks:\n" + "".join(
        f"  build-{i}:\n    name: Build part {i}\n    needs: [{f'build-{i - 7}' if i >= 7 else ''}]\n    run: make part-{i}\n"
        f"    writes: ['out/part-{i}/**']\n    timeout: 10m\n    retry: {{times: 2}}\n" for i in range(tasks))


def yaml_rows(bench):
    for tasks, most, most_memory in bench.size([(50, 0.002, None), (10_000, 0.130, 20e6)], [(50, 0.002, None)]):
        with tempfile.TemporaryDirectory(dir=bench.folder) as folder:
            file = Path(folder) / "workflow.yml"
            file.write_text(workflow_text(tasks))
            size = file.stat().st_size

            def by(how):
                return lambda: bench.probe("yaml", how, file)
            ours, load, events = take_turns(bench.times, by("read"), by("load"), by("events"))
        what = f"workflow of {tasks:,} tasks, {size / 1e6:.2g} MB, read and checked"
        yield Row(what, "ms", [m["seconds"] for m in ours], [Others("yaml-cpp's nodes", [m["seconds"] for m in load])],
                  Others("its events", [m["seconds"] for m in events]), f"{most * 1e3:.0f} ms", most)
        if most_memory:
            yield Row(f"{what}: memory", "MB", [m["bytes"] for m in ours],
                      [Others("yaml-cpp's nodes", [m["bytes"] for m in load])],
                      Others("its events", [m["bytes"] for m in events]), f"{most_memory / 1e6:.0f} MB", most_memory)


def source_text(least):
    """Source code that is there wherever this runs: Python's own library, as often as it takes."""
    files = sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))
    text = b"".join(file.read_bytes() for file in files)
    return text * (least // len(text) + 1)


def secrets_rows(bench):
    with tempfile.TemporaryDirectory(dir=bench.folder) as folder:
        file = Path(folder) / "all.py"
        file.write_bytes(source_text(bench.size(20_000_000, 100_000)))
        megabytes = file.stat().st_size / 1e6

        def by(how):
            return lambda: bench.probe("secrets", how, file)
        ours, expressions, keywords = take_turns(bench.times, by("ours"), by("set"), by("keywords"))
    yield Row("secrets looked for in a MB of source", "ms", per([m["seconds"] for m in ours], megabytes),
              [Others("the expressions as an RE2::Set", per([m["seconds"] for m in expressions], megabytes))],
              Others("keywords", per([m["seconds"] for m in keywords], megabytes)), "100 MB/s", 0.010)
    yield Row("rules for secrets read", "ms", [m["ready_seconds"] for m in ours])


def journal_rows(bench):
    for how, says, transitions, least in (("alone", "each its own commit", bench.size(5_000, 50), None),
                                          ("batches", "100 a commit", bench.size(50_000, 500), None),
                                          ("full", "64 that each wait for the disk", bench.size(10_000, 200), 15e3)):
        def by(whose):
            return lambda: bench.probe("journal", whose, how, transitions, bench.disk)["per_second"]
        ours, plain = take_turns(bench.times, by("ours"), by("sqlite"))
        yield Row(f"transitions journalled, {says}", "/s", ours, [], Others("bare SQLite", plain),
                  f"{least:,.0f}/s" if least else "", least, more_is_better=True)


def pure_rows(bench):
    for label, seconds in bench.pure().items():
        yield Row(label, "us", seconds)
