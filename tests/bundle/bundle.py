#!/usr/bin/env python3
"""The bundle runs wherever it is put, with nothing of the system's but glibc, and says what it is made of.

usage: bundle.py CMAKE FLEET SOURCE
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

CMAKE, FLEET, SOURCE = sys.argv[1:4]
GLIBC = re.compile(r"(linux-vdso|ld-linux[\w.-]*|lib(c|m|pthread|dl|rt|resolv|util))\.so")


class Bundle(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="fleet-bundle-"))
        made = cls.folder / "made"
        subprocess.run([CMAKE, f"-DFLEET={FLEET}", f"-DSOURCE={SOURCE}", f"-DOUT={made}", "-P", f"{SOURCE}/src/bundle.cmake"],
                       check=True, stdout=subprocess.DEVNULL)
        # Moved: no path of where it was made may matter.
        cls.bundle = cls.folder / "put" / "elsewhere"
        cls.bundle.parent.mkdir()
        made.rename(cls.bundle)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def run_in(self, folder, *words, **env):
        return subprocess.run(words, cwd=folder, env={"HOME": str(self.folder), "LANG": "C.UTF-8", **env}, capture_output=True,
                              text=True, timeout=120)

    def test_all_libraries_but_glibc_are_its_own(self):
        for program in ("fleet", "cppcheck"):
            listed = self.run_in("/", "/usr/bin/ldd", self.bundle / "bin" / program, PATH="/usr/bin:/bin").stdout
            self.assertIn("libstdc++", listed)
            for line in listed.splitlines():
                name = line.split()[0].rsplit("/", 1)[-1]
                if not GLIBC.match(name):
                    where = Path(line.split("=>")[1].split("(")[0].strip())
                    self.assertEqual(where.resolve().parent, (self.bundle / "lib").resolve(), line)

    def test_it_analyses_with_its_own_cppcheck_and_an_empty_path(self):
        clone = self.folder / "clone"
        clone.mkdir()
        git = lambda *words: self.run_in(clone, "git", "-c", "user.name=A", "-c", "user.email=a@localhost", *words, PATH=os.environ["PATH"])
        git("init", "-q")
        (clone / "a.c").write_text("int f(void) {\n  int *p = 0;\n  return *p;\n}\n")
        git("add", ".")
        git("commit", "-qm", "first")
        done = self.run_in(clone, self.bundle / "bin/fleet", "analyze", "--format", "json")
        found = json.loads(done.stdout)
        self.assertIn("cppcheck.nullPointer", [finding["rule"] for finding in found["findings"]], done.stderr)
        self.assertEqual(found.get("notes", []), [])

    def test_it_says_what_it_is_made_of(self):
        document = json.loads((self.bundle / "share/fleet.spdx.json").read_text())
        self.assertEqual(document["spdxVersion"], "SPDX-2.3")
        parts = document["packages"]
        ids = [part["SPDXID"] for part in parts]
        self.assertEqual(len(ids), len(set(ids)))
        for one in document["relationships"]:
            self.assertIn(one["relatedSpdxElement"], ids)
        names = {part["name"] for part in parts}
        licenses = {path.name for path in (self.bundle / "share/licenses").iterdir()}
        for name in ("cppcheck", "libgit2-1.5"):
            self.assertIn(name, names)
            self.assertIn(name, licenses)
        self.assertTrue({"echarts", "tree-sitter-python"} <= names, names)
        self.assertIn("cppcheck 2.", (self.bundle / "share/licenses/SOURCES").read_text())


if __name__ == "__main__":
    del sys.argv[1:]
    unittest.main()
