"""What the oracles share: real sources, our own numbers for them, and the verdict."""
import contextlib
import fcntl
import hashlib
import json
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

HERE = Path(__file__).resolve().parent
NOT_TESTED = 77


def not_tested(why):
    print(f"NOT TESTED: {why}")
    sys.exit(NOT_TESTED)


def need(*programs):
    for program in programs:
        if not shutil.which(program):
            not_tested(f"{program} is not installed; .ci/install-packages test brings it")


def fetch(folder, pins=HERE):
    """The node_modules that the package-lock.json in `pins` pins, under `folder`. No script of theirs runs."""
    lock = pins / "package-lock.json"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)  # the oracles may run side by side
        stamp = folder / "fetched"
        if not (stamp.exists() and stamp.read_text() == wanted):
            for name in ("package.json", "package-lock.json", ".npmrc"):
                shutil.copy(pins / name, folder)
            done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            if done.returncode != 0:
                not_tested(f"npm ci could not fetch the packages into {folder}:\n{done.stdout}")
            stamp.write_text(wanted)
    return folder / "node_modules"


def c_sources(modules):
    """[(files, compiler flags)]. Left out: what a program wrote, and what needs another system to compile."""
    libxml = modules / "libxmljs/vendor/libxml2"
    generated_or_foreign = {"testapi.c", "testOOM.c", "trio.c", "xmlwin32version.h"}
    sets = [([path for path in sorted(libxml.glob("*.c")) if path.name not in generated_or_foreign],
             [f"-I{libxml}/include", f"-I{libxml}.config", f"-I{libxml}", "-DHAVE_CONFIG_H=1"])]
    examples = Path("/usr/share/doc/libgit2-dev/examples")  # of Debian's libgit2-dev, which fleet is built with
    if examples.is_dir():
        sets.append((sorted(examples.glob("*.c")), [f"-I{examples}"]))
    return sets


def cpp_sources(modules):
    leveldb = next(iter(sorted((modules / "leveldown/deps/leveldb").glob("leveldb-*"))))
    # The tests are macros for the most part.
    files = [path for path in sorted(leveldb.rglob("*.cc")) if not path.stem.endswith(("_test", "_bench"))]
    sets = [(files, ["-std=c++17", f"-I{leveldb}", f"-I{leveldb}/include", "-DLEVELDB_PLATFORM_POSIX", "-DOS_LINUX",
                     "-DLEVELDB_ATOMIC_PRESENT"])]
    google = Path("/usr/src/googletest")
    for part in ("googletest", "googlemock"):
        files = [path for path in sorted((google / part / "src").glob("*.cc")) if not path.stem.endswith("-all")]
        sets.append((files, ["-std=c++17", *(f"-I{google}/{each}" for each in ("googletest", "googlemock", "googletest/include",
                                                                             "googlemock/include"))]))
    return sets


def python_sources():
    """The standard library of the Python that runs this, without its tests and what is installed into it."""
    root = Path(sysconfig.get_path("stdlib"))
    left_out = {"test", "tests", "idle_test", "site-packages", "dist-packages", "__pycache__"}
    return [path for path in sorted(root.rglob("*.py")) if not left_out & set(path.relative_to(root).parts)]


def measure(program, paths):
    """{path: what fleet measures}"""
    listed = "".join(f"{path}\n" for path in paths)
    done = subprocess.run([program], input=listed, stdout=subprocess.PIPE, text=True, check=True)
    return {row["path"]: row for row in map(json.loads, done.stdout.splitlines())}


class Comparison:
    """Counts what is equal, and keeps what is not, to be looked at."""

    def __init__(self, what, at_least, in_all):
        self.what, self.at_least, self.in_all = what, at_least, in_all
        self.equal, self.unequal = 0, []

    def add(self, where, ours, theirs):
        if ours == theirs:
            self.equal += 1
        else:
            self.unequal.append(f"{where}: fleet {ours}, the other {theirs}")

    def holds(self):
        total = self.equal + len(self.unequal)
        share = self.equal / max(total, 1)
        for line in self.unequal[:40]:
            print(f"  {line}")
        is_well = share >= self.at_least and total >= self.in_all
        print(f"{'ok' if is_well else 'WRONG'}: {self.what}: {self.equal} of {total} equal, {share:.2%} (at least "
              f"{self.at_least:.0%} of {self.in_all} or more)\n")
        return is_well


@contextlib.contextmanager
def verdict():
    """Yields a list of Comparisons; exits with 1 when one of them does not hold."""
    comparisons = []
    yield comparisons
    sys.exit(0 if all([comparison.holds() for comparison in comparisons]) else 1)
