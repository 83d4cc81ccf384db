#!/usr/bin/env python3
"""Plants bugs in the scheduler, one at a time, and has the simulator look for them. Each of MUTANTS must be found by the
check it names, and each check of tests/sim/check.h must find one. What is printed then must show the same: the command
fails by the same check, in a run no larger than the one it was shrunk from. UNSEEN says what the simulator is known not
to see, and is held to that too.

usage: mutants.py SOURCE BUILD [NAME ...]      BUILD: configured with Ninja, and sim_test built there

A mutant is one file of src/engine with one text replaced. It is compiled as its file is and linked into sim_test before
the library, so that the linker takes it instead.
"""
import concurrent.futures
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

RUNS = "200000"  # random runs in which a bug must show itself; most do in a few hundred
UNSEEN_RUNS = "40000"

TASKS, CONFLICTS, RUN, INPUTS, QUEUE, DURABILITY, INPUT, JSON, BUDGET, BREAKER = (
    "scheduler_tasks.cc", "scheduler_conflicts.cc", "scheduler_run.cc", "scheduler.cc", "ready_queue.cc", "durability.cc",
    "input.cc", "input_json.cc", "budget.cc", "circuit_breaker.cc")

# In the place of a check: the engine itself sees the bug, and stops the program. That proves no check.
ASSERTED = "an assertion"
ASSERTION = "fleet: internal error: "  # as base/assert.cc begins it

# What it is, the check that has to find it, where it is, what is replaced, and by what.
MUTANTS = [
    # How many at once, and which first
    ("one more than the run allows", "too-many-run", QUEUE, "if (running_ >= parallel_)", "if (running_ > parallel_)"),
    ("one more than the agent allows", "too-many-of-an-agent", QUEUE, "caps_[cap].running < caps_[cap].parallel;", "caps_[cap].running <= caps_[cap].parallel;"),
    ("the cap of a chain does not bind", "too-many-of-an-agent", QUEUE, "for (const std::string& name : link.named) {",
     "for (const std::string& name : std::vector<std::string>{link.agent}) {"),
    ("the first link's caps bind them all", "too-many-of-an-agent", QUEUE, "lanes.empty() ? 0 : lanes.at(link)", "lanes.empty() ? 0 : lanes.at(0)"),
    ("the shortest way first", "starts-before-better", QUEUE, "std::tie(priority, other.remaining, task) < std::tie(other.priority, remaining, other.task)",
     "std::tie(priority, remaining, task) < std::tie(other.priority, other.remaining, other.task)"),
    ("priority means nothing", "starts-before-better", QUEUE, "std::tie(priority, other.remaining, task) < std::tie(other.priority, remaining, other.task)",
     "std::tie(other.remaining, task) < std::tie(remaining, other.task)"),
    # Retries
    ("one retry too many", "tried-too-often", TASKS, "task.failures > planned.retries.value", "task.failures > planned.retries.value + 1"),
    ("what is blocked is tried again", "ends-otherwise", TASKS, "if (nobody_can || task.failures", "if (task.failures"),
    ("who cannot is asked again", "wrong-link", TASKS, "if (outcome.verdict == Verdict::blocked) task.cannot.insert(task.link);", ""),
    ("a chain ends with its first", "ends-otherwise", TASKS, "  if (next_link(index)) {\n    make_ready", "  if (false) {\n    make_ready"),
    ("a new round begins in the middle", "ends-otherwise", TASKS, "  task.tried.clear();\n  const auto first", "  const auto first"),
    ("a new start goes on in the chain", "wrong-link", TASKS, "  task.tried.clear();\n  task.cannot.clear();\n", ""),
    ("every link uses a retry up", "ends-otherwise", TASKS, "  if (next_link(index)) {\n    make_ready",
     "  if (next_link(index)) {\n    ++task.failures;\n    make_ready"),
    ("an interruption uses a retry up", "ends-otherwise", TASKS, "  must_ask(index, std::move(why));\n  if (task.discard || task.cancel",
     "  must_ask(index, std::move(why));\n  ++task.failures;\n  if (task.discard || task.cancel"),
    ("failures on an earlier start count", "ends-otherwise", TASKS, "  task.failures = 0;\n", ""),
    ("the feedback of an earlier start stays", "tried-too-often", TASKS, "  task.feedback.clear();\n", ""),
    # Late and doubled answers
    ("a late end counts", "answer-counts-twice", INPUTS, "if (task.phase != Phase::running || task.serial != input.serial) return;\n  const model",
     "if (task.phase != Phase::running) return;\n  const model"),
    ("a late merge counts", "answer-counts-twice", CONFLICTS, "if (task.phase != Phase::merging || task.serial != input.serial) return;\n  --merging_;",
     "if (task.phase != Phase::merging) return;\n  --merging_;"),
    ("two offers look the same", "answer-counts-twice", TASKS, "  task.serial = ++last_serial_;  // an answer", "  // an answer"),
    ("a backoff that was over fires", "answer-counts-twice", INPUTS, "if (task.phase == Phase::backing_off && task.serial == input.timer.serial)",
     "if (task.phase == Phase::backing_off)"),
    # Providers that cannot serve
    ("who cannot serve is asked", "asks-who-cannot-serve", BREAKER, "    case State::open:\n      return 0;", "    case State::open:\n      return 1;"),
    ("all ask at once again", "asks-who-cannot-serve", BREAKER, "    case State::half_open:\n      return 1;", "    case State::half_open:\n      return 2;"),
    ("a provider is asked before its time", "asks-who-cannot-serve", BREAKER, "told > Duration{} ? told : wait_after", "told > Duration{} ? told / 2 : wait_after"),
    ("whom another could serve waits", "waits-for-who-cannot-serve", TASKS, "  ask_others();\n}\n\n// How often", "}\n\n// How often"),
    ("whom another could serve again waits", "waits-for-who-cannot-serve", TASKS, "  if (!half_open.empty()) ask_others();\n", ""),
    ("one that was served does not let the others in", "could-start", BREAKER, "    circuit = {};\n    return std::nullopt;", "    return std::nullopt;"),
    ("nobody tries again", "could-start", INPUTS, "    case TimerKind::circuit:\n      try_providers();\n", "    case TimerKind::circuit:\n"),
    ("a resume forgets who is left alone", "hangs", INPUTS, "    step_.actions.push_back(SetTimer{{TimerKind::circuit, {}, 0}, until});", "    static_cast<void>(until);"),
    ("who was passed over is not asked", "ends-otherwise", TASKS, "  task.tried.insert(task.link);\n", "  for (std::uint32_t link = 0; link <= task.link; ++link) task.tried.insert(link);\n"),
    # Money
    ("what is reserved can be spent again", "over-budget", BUDGET, "most <= *cap_ - booked_ - reserved_", "most <= *cap_ - booked_"),
    ("what is booked can be spent again", "over-budget", BUDGET, "most <= *cap_ - booked_ - reserved_", "most <= *cap_ - reserved_"),
    ("a limit that was raised stays as it was", "call-waits-for-nothing", INPUTS, "  budget_.close_all();\n  budget_.set_cap(settings_.cost.value);", "  budget_.close_all();"),
    ("what was reserved for a call stays so", "call-waits-for-nothing", BUDGET, "  reserved_ -= attempt.reserved;\n", ""),
    ("stops although calls may cost less", "stops-with-money-left", BUDGET, "waiting_.empty() || reserved_ > 0 || fits", "waiting_.empty() || fits"),
    ("a call that was cut off is free", "books-wrongly", BUDGET, "    close_call(found->second, found->second.reserved);", "    close_call(found->second, 0);"),
    ("the calls of a process that died are free", "books-wrongly", BUDGET, "    close_call(attempt, attempt.reserved);\n  attempts_.clear", "    close_call(attempt, 0);\n  attempts_.clear"),
    ("what an attempt says that it cost is booked again", "books-wrongly", BUDGET, "std::max<Nanos>(nanos(*usd, kMostOfCall) - booked, 0)", "nanos(*usd, kMostOfCall)"),
    ("those that wait are not told to end", "call-waits-for-nothing", RUN, "    stop_attempt(call.task, Verdict::interrupted, false);\n", ""),
    ("a grant may be lost", "power-cut-takes-a-grant", DURABILITY, "  if (std::holds_alternative<GrantCall>(action)) return true;\n", ""),
    # Needs
    ("starts when the first need has ended", "starts-before-need", TASKS, "  } else if (task.open > 0) {\n    return;\n  } else if (task.bad > 0 && !planned",
     "  } else if (task.open > 1) {\n    return;\n  } else if (task.bad > 0 && !planned"),
    ("skips at the first bad need", "ends-otherwise", TASKS, "  } else if (task.open > 0) {\n    return;", "  } else if (task.open > 0 && task.bad == 0) {\n    return;"),
    ("runs in spite of a bad need", "starts-after-bad-need", TASKS, "task.bad > 0 && !planned.runs_after_failure", "false && !planned.runs_after_failure"),
    ("starts without what its needs stand on", "from-too-little", TASKS, "    if (set != largest) add_others(*set);", "    static_cast<void>(set);"),
    ("what was skipped hides the results below", "started-otherwise", TASKS, "      add_needs(below);\n    } else if", "    } else if"),
    # What is void
    ("what a loser carries is kept", "starts-before-need", CONFLICTS, "    for_each_dependent(touched[i], touch);", "    break;"),
    ("not all that is void is taken out", "published-other-results", CONFLICTS, "    if (has_result(index) || (task.phase == Phase::merging && index != loser))",
     "    if (index == loser)"),
    ("what began on a void start counts", "integrated-twice", INPUTS, "  if (task.discard) {\n    if (outcome.verdict == Verdict::done) undo_first(input.task);\n    begin_again(input.task);\n    return;\n  }\n  switch", "  switch"),
    ("a loser is not held", "starts-before-winner", CONFLICTS, "if (!task.cancel && !all_settled_before(loser))", "if (false)"),
    ("what is held is never offered again", "hangs", CONFLICTS, "  while (!held_.empty()) {", "  while (false) {"),
    ("a stale conflict is believed", "conflict-is-over", CONFLICTS,
     "if (!stands(conflict.winner) || !stands(conflict.loser)) return offer(input.task);", ""),
    # Books
    ("an end is never taken back", "has-not-ended", TASKS, "  --settled_;\n  settled_before_", "  settled_before_"),
    ("a bad need is never taken back", ASSERTED, TASKS, "    if (!was_done) --at(dependent).bad;", ""),
    ("published while results are under way", "hangs", RUN, "ready_.running() == 0 && merging_ == 0 && conditioning_ == 0",
     "ready_.running() == 0 && conditioning_ == 0"),
    # Stops, questions
    ("starts while it stops", "starts-while-stopping", TASKS, "if (!started_ || stopping_ || asking_", "if (!started_ || asking_"),
    ("starts while a question is open", "starts-while-asked", TASKS, "if (!started_ || stopping_ || asking_", "if (!started_ || stopping_"),
    ("once, and once more unasked", "once-unasked", TASKS, "if (plan_.task(index).spec.once && !task.only_kept)", "if (false)"),
    # Crashes
    ("a resume forgets an offer", "hangs", RUN, "      } else {\n        offer(index);\n      }", "      } else {\n        task.phase = Phase::done;\n      }"),
    ("a resume runs again what was offered", "finished-runs-again", RUN, "      } else {\n        offer(index);\n      }", "      } else {\n        begin_again(index);\n      }"),
    ("a resume takes no place back", "hangs", RUN, "      ready_.release(index);\n      task.process", "      task.process"),
    ("a resume forgets a backoff", "hangs", RUN,
     "      step_.actions.push_back(SetTimer{{TimerKind::backoff, index, task.serial}, task.until});\n      break;", "      break;"),
    ("a resume forgets a question", "hangs", RUN, "    case Phase::asking:\n      ask(index);\n      break;", "    case Phase::asking:\n      break;"),
    ("a rollback is forgotten by a crash", "rolls-back-wrongly", RUN, "task.rollback_due = plan_.task(index).spec.rollback.has_value() && !task.only_kept;", ""),
    ("a rollback is forgotten by a hurried stop", "rolls-back-wrongly", INPUTS, "  task.rollback_due = outcome.rollback_due;\n", ""),
    ("a rollback runs again and again", "rolls-back-wrongly", INPUTS, "  task.rollback_due = outcome.rollback_due;\n",
     "  task.rollback_due |= outcome.rollback_due;\n"),
    ("a cancellation is lost while the branch is written", "starts-cancelled", INPUTS, "is_settled(input.task) || finished_", "is_settled(input.task) || publishing_"),
    ("a winner that runs is not waited for", "starts-before-winner", TASKS, "  for (const TaskIndex dependent : task.before)\n    ++at(dependent).open;", ""),
    ("a failure is never taken back", "run-state", TASKS, "  if (task.phase == Phase::failed) --failed_;\n  --settled_;", "  --settled_;"),
    ("a cancelled task runs again", "starts-cancelled", TASKS,
     "  if (task.cancel) {\n    settle(index, Phase::cancelled, \"cancelled\", EndCause::decision);\n  } else if (task.open",
     "  if (task.open"),
    # Power cuts and the journal's text
    ("a power cut takes work", "power-cut-takes-work", DURABILITY, "!finished->outcome.snapshot.is_none() || plan", "plan"),
    ("a power cut takes a person's word", "power-cut-takes-a-word", DURABILITY, "std::holds_alternative<Decided>(input) || std::holds_alternative<CancelRequested>(input)",
     "false"),
    ("a power cut takes a cancellation", "power-cut-takes-a-word", DURABILITY, " || std::holds_alternative<CancelRequested>(input)", ""),
    ("what a void result did stays done", "rolls-back-wrongly", TASKS, "  if (!task.only_kept) task.rollback_due = plan_.task(index).spec.rollback.has_value();\n", ""),
    ("what a discarded attempt did stays done", "rolls-back-wrongly", INPUTS, "    if (outcome.verdict == Verdict::done) undo_first(input.task);\n", ""),
    ("a power cut hides what has begun once", "begun-unknown", DURABILITY, "return spec.once || spec.rollback", "return spec.rollback"),
    ("a power cut hides what must be rolled back", "begun-unknown", DURABILITY, "return spec.once || spec.rollback.has_value()", "return spec.once"),
    ("the journal forgets the feedback", "ends-otherwise", JSON, "    outcome.notes.clear();", "    outcome.notes.clear(), outcome.feedback.clear();"),
    ("the journal forgets the result", "replay-differs", JSON, "    outcome.notes.clear();", "    outcome.notes.clear(), outcome.snapshot = {};"),
    ("a resume leaves held what may go on", "waits-for-nothing", INPUTS, "  check_failures();\n  // Too many failures may have held tasks back, and no longer do so.\n"
     "  for (std::uint32_t i = 0; i < tasks_.size(); ++i)\n    reconsider({i});", "  check_failures();"),
    # For checks that none of those above is for
    ("what has started stays in the queue", "runs-twice-at-once", QUEUE, "  best->ready.erase(best->ready.begin());\n", ""),
    ("results stand as they were found", "from-not-in-order", TASKS, "  std::sort(more.begin(), more.end());\n", ""),
    ("starts from what has no result", "from-not-integrated", TASKS, "if (has_result(below)) own.push_back(below);", "own.push_back(below);"),
    ("starts from all that is there", "from-too-much", TASKS, "  add_others(own);\n", "  add_others(own);\n  add_others(accepted());\n"),
    ("who needs what ended badly is not told", "waits-for-nothing", TASKS, "  for_each_dependent(index, [this](TaskIndex dependent) { touched_",
     "  if (phase == Phase::done) for_each_dependent(index, [this](TaskIndex dependent) { touched_"),
    ("a place is never given back", "could-start", INPUTS, "  ready_.release(input.task);\n", ""),
    ("what is cut off has failed", "cut-off-verdict", RUN, "event.verdict = Verdict::interrupted;", "event.verdict = Verdict::failed;"),
    ("a conflict is asked about for ever", "goes-on-and-on", CONFLICTS,
     "if (!stands(conflict.winner) || !stands(conflict.loser)) return offer(input.task);", "return offer(input.task);"),
    ("the reason is handed on as feedback", "thrown", TASKS, "task.feedback = outcome.feedback;", "task.feedback = outcome.reason;"),
    ("the last task cannot lose", "journal-changes", INPUT, "conflict.loser.value < tasks", "conflict.loser.value + 1 < tasks"),
    ("the run ends while something waits", "has-not-ended", RUN, "(!stopping_ && (asking_ || settled_ < tasks_.size())) return;", "(!stopping_ && asking_) return;"),
    ("an end has no reason", "ended-for-no-reason", TASKS, "  task.reason = std::move(reason);\n  ++settled_;", "  ++settled_;"),
    ("results are forgotten when they are published", "other-results-count", INPUTS, "  published_ = input;\n",
     "  published_ = input;\n  for (Task& task : tasks_) task.snapshot = {};\n"),
    ("a run with failures has not failed", "run-state", RUN, "failed_ > 0 || !published_->error.empty()", "!published_->error.empty()"),
    ("the earlier always wins", "clash-stands", TASKS, "settings_.conflicts.value == model::ConflictStrategy::priority});", "true});"),
    ("a result is not offered", "counts-otherwise", INPUTS,
     "      task.snapshot = outcome.snapshot;\n      task.outputs = outcome.outputs;\n      if (outcome.snapshot.is_none()) {",
     "      task.outputs = outcome.outputs;\n      if (true) {"),
]

UNSEEN = [
    # Nothing is changed: what is found here would be found without any bug.
    ("nothing", TASKS, "++settled_;", "++settled_;"),
    # The simulator's worlds do not come there: a test of the engine does, AWinnerThatComesToNothingIsNotStoodOn.
    ("stands on a winner that is gone", CONFLICTS, "    if (has_result(winner)) return false;\n", "    return false;\n"),
]


class Telling(NamedTuple):
    """What sim_test says of a life that fails."""
    check: str
    what: str
    tasks: int
    inputs: int


TELLING = re.compile(r"^([a-z-]+): (.*) \((\d+) tasks, (\d+) inputs\)$", re.MULTILINE)
FLAGS = ("-w", "-O1", "-g0")
COMMAND = re.compile(r"^FLEET_SIM_SEED=.*$", re.MULTILINE)


def checks_of(source):
    names = re.search(r"FLEET_ENUM_NAMES\((?:\w+::)+Check,([^)]*)\)", (source / "tests/sim/check.h").read_text())
    return re.findall(r'"([^"]*)"', names[1])


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


class Missed(Exception):
    """Why a mutant was not found as it has to be."""


def run_program(words, **variables):
    """Its exit code and all that it said. Of the simulator's variables it has only these."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FLEET_SIM_")}
    try:
        run = subprocess.run(words, env={**environment, **variables}, capture_output=True, text=True, timeout=600)
    except subprocess.TimeoutExpired:
        raise Missed("it did not end within 600 s") from None
    return run.returncode, run.stdout + run.stderr


def precompile(source, build, folder):
    """What nearly all of a mutant's compiling goes to, once for all of them: the headers."""
    header = folder / "headers.h"
    header.write_text("#include <fmt/format.h>\n#include <algorithm>\n#include \"engine/scheduler.h\"\n")
    words = compile_command(build, source / "src" / "engine" / "scheduler.cc", header, folder / "headers.h.gch")
    subprocess.run([*words, *FLAGS], cwd=build, check=True)


def plant(source, build, folder, link, name, file, old, new):
    """The simulator with this bug."""
    original = source / "src" / "engine" / file
    text = original.read_text()
    if text.count(old) != 1:
        raise Missed(f"the text that it replaces stands {text.count(old)} times in {file}")
    place = folder / re.sub(r"\W+", "-", name)
    place.mkdir()
    changed = place / file
    changed.write_text(text.replace(old, new))
    words = compile_command(build, original, changed, place / "mutant.o")
    compiled = subprocess.run([*words, *FLAGS, "-include", folder / "headers.h"], cwd=build, capture_output=True, text=True)
    if compiled.returncode != 0:
        raise Missed("it does not compile:\n" + compiled.stderr[:2000])
    words = list(link)
    at = words.index("-o")
    words[at + 1] = str(place / "sim")
    linked = subprocess.run([*words[:at], str(place / "mutant.o"), *words[at:]], cwd=build, capture_output=True, text=True)
    if linked.returncode != 0:
        raise Missed("it does not link:\n" + linked.stderr[:2000])
    return place / "sim"


def find(program, check):
    """Has the simulator find its bug by this check, and lives again what it prints. Answers what it says of the run that
    it came upon, and of the one that it made of it; nothing when the bug was found by an assertion."""
    only = {} if check == ASSERTED else {"FLEET_SIM_CHECK": check}
    code, said = run_program([program], FLEET_SIM_RUNS=RUNS, **only)
    if code == 0:
        others = [] if check == ASSERTED else run_program([program], FLEET_SIM_RUNS=RUNS)[1].splitlines()
        seen = [line for line in others if TELLING.match(line) or ASSERTION in line]
        raise Missed("nothing was found in all its runs" + (f"; by others: {seen[0]}" if seen else ""))
    command = COMMAND.findall(said)
    if not command:  # any other failure says nothing of the bug
        raise Missed(f"it failed with no command to repeat it:\n{said[-2000:]}")
    code_again, said_again = run_program(["sh", "-c", command[-1]])
    tellings, again = ([Telling(of, what, int(tasks), int(inputs)) for of, what, tasks, inputs in TELLING.findall(text)]
                       for text in (said, said_again))
    if check == ASSERTED:
        if tellings:
            raise Missed(f"it is found by {tellings[0].check}")
        stops = [line for line in said.splitlines() if ASSERTION in line]
        if not stops or stops[0] not in said_again or code_again not in (code, 128 - code):
            raise Missed(f"what is printed does not stop again as it did: {command[-1]}\n{said[-2000:]}\n{said_again[-2000:]}")
        return None
    if len(tellings) != 2 or {telling.check for telling in tellings} != {check}:
        raise Missed(f"it is not told as a failure of {check}, and shrunk:\n{said[-2000:]}")
    found, shrunk = tellings
    if code_again != 1 or again != [shrunk]:
        raise Missed(f"what is printed does not show the same: {command[-1]}\n{said_again[-2000:]}\n-- but not:\n{shrunk}")
    if shrunk.tasks > found.tasks or shrunk.inputs > found.inputs:
        raise Missed(f"the smaller one is larger: {found} {shrunk}")
    return found, shrunk


def main():
    source, build = (Path(word).resolve() for word in sys.argv[1:3])
    names = sys.argv[3:]
    mutants = [mutant for mutant in MUTANTS if not names or mutant[0] in names]
    unseen = [mutant for mutant in UNSEEN if not names or mutant[0] in names]
    link = link_command(build)
    checks = checks_of(source)
    unhit = set(checks)
    if unknown := set(names) - {mutant[0] for mutant in mutants + unseen}:
        raise SystemExit(f"there is no mutant {', '.join(sorted(unknown))}")
    before = after = wrong = 0

    def look(folder, mutant):
        """What is said of it, whether that is as it has to be, and the run it was seen in with the one made of it."""
        try:
            if mutant in unseen:
                code, said = run_program([plant(source, build, folder, link, *mutant)], FLEET_SIM_RUNS=UNSEEN_RUNS)
                return ("NOT SEEN, as is known", True, None) if code == 0 else ("is no longer unseen:\n" + said[-2000:], False, None)
            name, check, *what = mutant
            if check not in (*checks, ASSERTED):
                raise Missed(f"there is no check {check}")
            return "found by " + check, True, find(plant(source, build, folder, link, name, *what), check)
        except Missed as missed:
            return f"MISSED: {missed}", False, None

    with tempfile.TemporaryDirectory(prefix="fleet-mutants-") as folder, \
            concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        precompile(source, build, Path(folder))
        wanted = mutants + unseen
        for mutant, (said, is_right, lives) in zip(wanted, pool.map(lambda mutant: look(Path(folder), mutant), wanted)):
            wrong += not is_right
            if lives:
                found, shrunk = lives
                unhit.discard(shrunk.check)
                before += found.tasks
                after += shrunk.tasks
                said += f" in {found.tasks} tasks and {found.inputs} inputs, made {shrunk.tasks} and {shrunk.inputs}"
            print(f"{mutant[0]}: {said}", flush=True)
    if names:
        return 1 if wrong else 0
    for check in checks:
        if check in unhit:
            print(f"{check}: NO MUTANT is found by this check: it may be dead")
    print(f"of {before} tasks, {after} are left in the runs that were shrunk")
    if after * 2 > before:
        print("TOO LITTLE IS SHRUNK: that is more than half")
    return 1 if wrong or unhit or after * 2 > before else 0


if __name__ == "__main__":
    sys.exit(main())
