#!/usr/bin/env python3
"""Plants bugs in the scheduler, one at a time, and has the simulator look for them: each of MUTANTS must be found, by a
run that tells its seed. UNSEEN says what the simulator is known not to see, and is held to that too.

usage: mutants.py SOURCE BUILD [NAME ...]      BUILD: configured with Ninja, and sim_test built there

A mutant is one file of src/engine with one text replaced. It is compiled as its file is and linked into sim_test before
the library, so that the linker takes it instead.
"""
import concurrent.futures
import json
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

RUNS = "200000"  # random runs in which a bug must show itself; most do in a few hundred
UNSEEN_RUNS = "40000"

TASKS, CONFLICTS, RUN, INPUTS, QUEUE, DURABILITY, JSON = (
    "scheduler_tasks.cc", "scheduler_conflicts.cc", "scheduler_run.cc", "scheduler.cc", "ready_queue.cc", "durability.cc",
    "input_json.cc")

MUTANTS = [
    # How many at once, and which first
    ("one more than the run allows", QUEUE, "if (running_ >= parallel_)", "if (running_ > parallel_)"),
    ("one more than the agent allows", QUEUE, "lane.running >= *lane.parallel", "lane.running > *lane.parallel"),
    ("the shortest way first", QUEUE, "std::tie(priority, other.remaining, task) < std::tie(other.priority, remaining, other.task)",
     "std::tie(priority, remaining, task) < std::tie(other.priority, other.remaining, other.task)"),
    ("priority means nothing", QUEUE, "std::tie(priority, other.remaining, task) < std::tie(other.priority, remaining, other.task)",
     "std::tie(other.remaining, task) < std::tie(remaining, other.task)"),
    # Retries
    ("one retry too many", TASKS, "task.failures > planned.retries.value", "task.failures > planned.retries.value + 1"),
    ("what is blocked is tried again", TASKS, "outcome.verdict == Verdict::blocked || task.failures", "task.failures"),
    ("an interruption uses a retry up", TASKS, "  must_ask(index, std::move(why));\n  if (task.discard || task.cancel",
     "  must_ask(index, std::move(why));\n  ++task.failures;\n  if (task.discard || task.cancel"),
    ("failures on an earlier start count", TASKS, "  task.failures = 0;\n", ""),
    ("the feedback of an earlier start stays", TASKS, "  task.feedback.clear();\n", ""),
    # Late and doubled answers
    ("a late end counts", INPUTS, "if (task.phase != Phase::running || task.serial != input.serial) return;\n  const model",
     "if (task.phase != Phase::running) return;\n  const model"),
    ("a late merge counts", CONFLICTS, "if (task.phase != Phase::merging || task.serial != input.serial) return;\n  --merging_;",
     "if (task.phase != Phase::merging) return;\n  --merging_;"),
    ("two offers look the same", TASKS, "  task.serial = ++last_serial_;  // an answer", "  // an answer"),
    ("a backoff that was over fires", INPUTS, "if (task.phase == Phase::backing_off && task.serial == input.timer.serial)",
     "if (task.phase == Phase::backing_off)"),
    # Needs
    ("starts when the first need has ended", TASKS, "  } else if (task.open > 0) {\n    return;\n  } else if (task.bad > 0 && !planned",
     "  } else if (task.open > 1) {\n    return;\n  } else if (task.bad > 0 && !planned"),
    ("skips at the first bad need", TASKS, "  } else if (task.open > 0) {\n    return;", "  } else if (task.open > 0 && task.bad == 0) {\n    return;"),
    ("runs in spite of a bad need", TASKS, "task.bad > 0 && !planned.runs_after_failure", "false && !planned.runs_after_failure"),
    ("starts without what its needs stand on", TASKS, "    if (set != largest) add_others(*set);", "    static_cast<void>(set);"),
    ("what was skipped hides the results below", TASKS, "      add_needs(below);\n    } else if", "    } else if"),
    # What is void
    ("what a loser carries is kept", CONFLICTS, "    for_each_dependent(touched[i], touch);", "    break;"),
    ("not all that is void is taken out", CONFLICTS, "    if (has_result(index) || (task.phase == Phase::merging && index != loser))",
     "    if (index == loser)"),
    ("what began on a void start counts", INPUTS, "  if (task.discard) {\n    begin_again(input.task);\n    return;\n  }\n  switch", "  switch"),
    ("a loser is not held", CONFLICTS, "if (!task.cancel && !all_settled_before(loser))", "if (false)"),
    ("what is held is never offered again", CONFLICTS, "  while (!held_.empty()) {", "  while (false) {"),
    ("a stale conflict is believed", CONFLICTS,
     "if (!stands(conflict.winner) || !stands(conflict.loser)) return offer(input.task);", ""),
    # Books
    ("an end is never taken back", TASKS, "  --settled_;\n  settled_before_", "  settled_before_"),
    ("a bad need is never taken back", TASKS, "    if (!was_done) --at(dependent).bad;", ""),
    ("published while results are under way", RUN, "ready_.running() == 0 && merging_ == 0 && conditioning_ == 0",
     "ready_.running() == 0 && conditioning_ == 0"),
    # Stops, questions
    ("starts while it stops", TASKS, "if (!started_ || stopping_ || asking_", "if (!started_ || asking_"),
    ("starts while a question is open", TASKS, "if (!started_ || stopping_ || asking_", "if (!started_ || stopping_"),
    ("once, and once more unasked", TASKS, "if (plan_.task(index).spec.once && !task.only_kept)", "if (false)"),
    # Crashes
    ("a resume forgets an offer", RUN, "      } else {\n        offer(index);\n      }", "      } else {\n        task.phase = Phase::done;\n      }"),
    ("a resume runs again what was offered", RUN, "      } else {\n        offer(index);\n      }", "      } else {\n        begin_again(index);\n      }"),
    ("a resume takes no place back", RUN, "      ready_.release(index);\n      task.process", "      task.process"),
    ("a resume forgets a backoff", RUN,
     "      step_.actions.push_back(SetTimer{{TimerKind::backoff, index, task.serial}, task.until});\n      break;", "      break;"),
    ("a resume forgets a question", RUN, "    case Phase::asking:\n      ask(index);\n      break;", "    case Phase::asking:\n      break;"),
    ("a rollback is forgotten by a crash", RUN, "task.rollback_due = plan_.task(index).spec.rollback.has_value() && !task.only_kept;", ""),
    ("a rollback is forgotten by a hurried stop", INPUTS, "  task.rollback_due = outcome.rollback_due;\n", ""),
    ("a rollback runs again and again", INPUTS, "  task.rollback_due = outcome.rollback_due;\n",
     "  task.rollback_due |= outcome.rollback_due;\n"),
    ("a cancellation is lost while the branch is written", INPUTS, "is_settled(input.task) || finished_", "is_settled(input.task) || publishing_"),
    ("a winner that runs is not waited for", TASKS, "  for (const TaskIndex dependent : task.before)\n    ++at(dependent).open;", ""),
    ("a failure is never taken back", TASKS, "  if (task.phase == Phase::failed) --failed_;\n  --settled_;", "  --settled_;"),
    ("a cancelled task runs again", TASKS,
     "  if (task.cancel) {\n    settle(index, Phase::cancelled, \"cancelled\", EndCause::decision);\n  } else if (task.open",
     "  if (task.open"),
    # Power cuts and the journal's text
    ("a power cut takes work", DURABILITY, "!finished->outcome.snapshot.is_none() || plan", "plan"),
    ("a power cut takes a person's word", DURABILITY, "std::holds_alternative<Decided>(input) || std::holds_alternative<CancelRequested>(input)",
     "false"),
    ("a power cut takes a cancellation", DURABILITY, " || std::holds_alternative<CancelRequested>(input)", ""),
    ("a power cut hides what has begun once", DURABILITY, "return spec.once || spec.rollback", "return spec.rollback"),
    ("a power cut hides what must be rolled back", DURABILITY, "return spec.once || spec.rollback.has_value()", "return spec.once"),
    ("the journal forgets the feedback", JSON, "    outcome.notes.clear();", "    outcome.notes.clear(), outcome.feedback.clear();"),
    ("the journal forgets the result", JSON, "    outcome.notes.clear();", "    outcome.notes.clear(), outcome.snapshot = {};"),
    ("a resume leaves held what may go on", INPUTS, "  check_failures();\n  // Too many failures may have held tasks back, and no longer do so.\n"
     "  for (std::uint32_t i = 0; i < tasks_.size(); ++i)\n    reconsider({i});", "  check_failures();"),
]

UNSEEN = [
    # Nothing is changed: what is found here would be found without any bug.
    ("nothing", TASKS, "++settled_;", "++settled_;"),
    # The simulator's worlds do not come there: a test of the engine does, AWinnerThatComesToNothingIsNotStoodOn.
    ("stands on a winner that is gone", CONFLICTS, "    if (has_result(winner)) return false;\n", "    return false;\n"),
]
NOTHING_FOUND = "nothing was found in all its runs"


def compile_command(build, source, instead, output):
    for entry in json.loads((build / "compile_commands.json").read_text()):
        if Path(entry["file"]).resolve() != source:
            continue
        words = [str(instead) if word == entry["file"] else word for word in shlex.split(entry["command"])]
        words[words.index("-o") + 1] = str(output)
        return words
    raise SystemExit(f"mutants: {source} is not in {build}/compile_commands.json")


def link_command(build):
    commands = subprocess.run(["ninja", "-C", build, "-t", "commands", "sim_test"], check=True, capture_output=True, text=True)
    # ": && c++ ... -o sim_test ... && <finds the tests in it>"
    steps = [shlex.split(step) for step in commands.stdout.splitlines()[-1].split("&&")]
    return next(words for words in steps if "-o" in words)


def plant(source, build, folder, link, mutant):
    """What became of it: None when it was found, else why it was not."""
    name, file, old, new = mutant
    original = source / "src" / "engine" / file
    text = original.read_text()
    if text.count(old) != 1:
        return f"the text that it replaces stands {text.count(old)} times in {file}"
    place = folder / name.replace(" ", "-").replace(",", "")
    place.mkdir()
    changed = place / file
    changed.write_text(text.replace(old, new))
    words = compile_command(build, original, changed, place / "mutant.o")
    compiled = subprocess.run([*words, "-w", "-O1"], cwd=build, capture_output=True, text=True)
    if compiled.returncode != 0:
        return "it does not compile:\n" + compiled.stderr[:2000]
    words = list(link)
    at = words.index("-o")
    words[at + 1] = str(place / "sim")
    linked = subprocess.run([*words[:at], str(place / "mutant.o"), *words[at:]], cwd=build, capture_output=True, text=True)
    if linked.returncode != 0:
        return "it does not link:\n" + linked.stderr[:2000]
    try:
        run = subprocess.run([place / "sim"], env={**os.environ, "FLEET_SIM_RUNS": UNSEEN_RUNS if mutant in UNSEEN else RUNS}, capture_output=True, text=True, timeout=300)
    except subprocess.TimeoutExpired:
        return "it did not end within 300 s"
    if run.returncode == 0:
        return NOTHING_FOUND
    # Any other failure says nothing of the bug.
    return None if "FLEET_SIM_SEED=" in run.stdout + run.stderr else f"it failed with no seed:\n{(run.stdout + run.stderr)[-2000:]}"


def main():
    source, build = (Path(word).resolve() for word in sys.argv[1:3])
    wanted = [mutant for mutant in MUTANTS + UNSEEN if not sys.argv[3:] or mutant[0] in sys.argv[3:]]
    link = link_command(build)
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="fleet-mutants-") as folder, \
            concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda mutant: plant(source, build, Path(folder), link, mutant), wanted)
        for mutant, problem in zip(wanted, results):
            if mutant in MUTANTS:
                is_right, said = problem is None, "found" if problem is None else "MISSED: " + problem
            else:
                is_right = problem == NOTHING_FOUND
                said = "NOT SEEN, as is known" if is_right else "is no longer unseen: " + (problem or "found; it belongs to MUTANTS")
            wrong += not is_right
            print(f"{mutant[0]}: {said}", flush=True)
    return 1 if wrong else 0


sys.exit(main())
