#!/usr/bin/env python3
"""The law of the house: a room includes only the rooms and packages that its CMakeLists.txt names, all on lower floors.

usage: layers.py SRC    (the folder that holds the rooms)
       layers.py --self-test
"""
import re
import sys
import tempfile
from pathlib import Path

ROOM = re.compile(r"fleet_room\(\s*(\w+)\s+FLOOR\s+(\d+)\s*([^)]*)\)")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)

# Which package a header belongs to, by how its path starts. Any room may use the vocabulary and the C and C++ libraries.
PACKAGES = {
    "re2/": "re2", "git2": "libgit2", "yaml-cpp/": "yaml-cpp", "sqlite3": "SQLite3", "curl/": "CURL", "Poco/": "Poco",
    "CLI/": "CLI11", "tree_sitter/": "tree-sitter", "gtest/": "GTest", "gmock/": "GTest",
}
VOCABULARY = ("fmt/", "nlohmann/", "tl/")


def rooms(src):
    """{room: (floor, set of rooms it uses, text of what it hides)}"""
    found = {}
    for listing in sorted(src.glob("*/CMakeLists.txt")):
        match = ROOM.search(re.sub(r"#.*", "", listing.read_text()))
        if not match:
            raise SystemExit(f"{listing}: no fleet_room(NAME FLOOR n ...)")
        name, floor, rest = match.group(1), int(match.group(2)), match.group(3)
        if name != listing.parent.name:
            raise SystemExit(f"{listing}: the room is called {name}, the folder {listing.parent.name}")
        uses = re.search(r"USES((?:\s+(?!HIDES\b)[\w-]+)*)", rest)
        hides = re.search(r"HIDES(.*)", rest, re.S)
        found[name] = (floor, set(uses.group(1).split()) if uses else set(), hides.group(1) if hides else "")
    return found


def breaches(src):
    house = rooms(src)
    out = []
    hidden_by = {}
    for room, (floor, uses, hides) in house.items():
        for package in hides.split():
            if package in hidden_by:
                out.append(f"src/{room}: {package} is hidden by {hidden_by[package]} already: one room alone sees a package")
            hidden_by.setdefault(package, room)
        for other in sorted(uses):
            if other not in house:
                out.append(f"src/{room}: uses the room {other}, which does not exist")
            elif house[other][0] >= floor:
                out.append(f"src/{room} (floor {floor}) uses {other} (floor {house[other][0]}): only lower floors may be used")
        for path in sorted([*(src / room).rglob("*.h"), *(src / room).rglob("*.cc")]):
            if "node_modules" in path.parts:
                continue
            for bracket, header in INCLUDE.findall(path.read_text(errors="replace")):
                where = f"{path.relative_to(src.parent)} includes {header}"
                first = header.split("/")[0]
                if bracket == '"' and "/" in header:
                    if first not in house:
                        out.append(f"{where}: there is no room {first}")
                    elif first != room and first not in uses:
                        out.append(f"{where}: {room} does not name {first} under USES")
                elif bracket == '"':
                    out.append(f"{where}: write it with its room, \"{room}/{header}\"")
                else:
                    for start, package in PACKAGES.items():
                        if header.startswith(start) and package.lower() not in hides.lower():
                            out.append(f"{where}: {room} does not hide {package}")
                        if header.startswith(start) and path.suffix == ".h":
                            out.append(f"{where}: a third-party type must not cross a room's header")
    return out


def self_test():
    with tempfile.TemporaryDirectory() as folder:
        src = Path(folder) / "src"
        for room, listing, header in (
            ("low", "fleet_room(low FLOOR 0 HIDES yaml-cpp)", "#include <re2/re2.h>\n"),
            ("left", "fleet_room(left FLOOR 1 USES low right)", '#include "right/x.h"\n#include "low/x.h"\n'),
            ("right", "fleet_room(right FLOOR 1 HIDES yaml-cpp)", '#include "low/x.h"\n#include <vector>\n'),
        ):
            (src / room).mkdir(parents=True)
            (src / room / "CMakeLists.txt").write_text(listing)
            (src / room / "x.h").write_text(header)
        found = "\n".join(breaches(src))
        for expected in ("only lower floors", "right does not name low", "low does not hide re2", "must not cross",
                         "hidden by low already"):
            if expected not in found:
                raise SystemExit(f"the layers test misses a breach: {expected}\n{found}")


def main():
    self_test()
    if sys.argv[1:] == ["--self-test"]:
        return
    src = Path(sys.argv[1])
    if not rooms(src):
        raise SystemExit(f"{src} has no rooms: name the folder with the sources")
    found = breaches(src)
    for breach in found:
        print(breach)
    if found:
        raise SystemExit(f"{len(found)} breaches of the house plan (docs/architecture.md)")
    print(f"{len(rooms(src))} rooms, every include within the link graph")


main()
