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

# The library that a header belongs to, as HIDES names it, by how its path starts: the first that fits. Any room may use the
# C and C++ libraries, and the vocabulary (fmt/, nlohmann/, tl/).
PACKAGES = {
    "re2/": "PkgConfig::re2", "git2": "PkgConfig::libgit2", "yaml-cpp/": "yaml-cpp", "sqlite3": "SQLite::SQLite3",
    "curl/": "CURL::libcurl", "CLI/": "CLI11::CLI11", "tree_sitter/": "tree-sitter", "gtest/": "GTest::gtest",
    "gmock/": "GTest::gmock", "benchmark/": "benchmark::benchmark", "Poco/DOM/": "Poco::XML", "Poco/SAX/": "Poco::XML",
    "Poco/XML/": "Poco::XML", "Poco/Net/": "Poco::Net", "Poco/Util/": "Poco::Util", "Poco/JSON/": "Poco::JSON",
    "Poco/Exception.h": "Poco::",  # any of them: it is what all its libraries throw
    "Poco/": "Poco::Foundation",
}


def rooms(src):
    """{room: (floor, set of rooms it uses, set of packages it hides)}"""
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
        found[name] = (floor, set(uses.group(1).split()) if uses else set(), set(hides.group(1).split()) if hides else set())
    return found


def of_lists(house):
    """What is wrong with the rooms' own lists."""
    hidden_by = {}
    for room, (floor, uses, hides) in house.items():
        for package in sorted(hides):
            if package in hidden_by:
                yield f"src/{room}: {package} is hidden by {hidden_by[package]} already: one room alone sees a package"
            hidden_by.setdefault(package, room)
        for other in sorted(uses):
            if other not in house:
                yield f"src/{room}: uses the room {other}, which does not exist"
            elif house[other][0] >= floor:
                yield f"src/{room} (floor {floor}) uses {other} (floor {house[other][0]}): only lower floors may be used"


def of_include(src, house, room, path, bracket, header):
    _, uses, hides = house[room]
    first = header.split("/")[0]
    # <net/if.h> is the system's, <net/client.h> would be ours.
    ours = bracket == '"' or (first in house and (src / header).exists())
    if ours and "/" not in header:
        yield f'write it with its room, "{room}/{header}"'
    elif ours:
        if bracket == "<":
            yield f'write it in quotes, "{header}"'
        if first not in house:
            yield f"there is no room {first}"
        elif first != room and first not in uses:
            yield f"{room} does not name {first} under USES"
    elif package := next((package for start, package in PACKAGES.items() if header.startswith(start)), None):
        if package not in hides and not (package.endswith("::") and any(each.startswith(package) for each in hides)):
            yield f"{room} does not hide {package}"
        if path.suffix == ".h":
            yield "a third-party type must not cross a room's header"


def breaches(src):
    house = rooms(src)
    out = list(of_lists(house))
    for room, (_, uses, _) in house.items():
        unused = set(uses)
        for path in sorted([*(src / room).rglob("*.h"), *(src / room).rglob("*.cc")]):
            if "node_modules" in path.parts:
                continue
            for bracket, header in INCLUDE.findall(path.read_text(errors="replace")):
                unused.discard(header.split("/")[0])
                out += [f"{path.relative_to(src.parent)} includes {header}: {wrong}"
                        for wrong in of_include(src, house, room, path, bracket, header)]
        out += [f"src/{room}: names {other} under USES, and none of its files includes it" for other in sorted(unused)]
    return out


# A house where all is wrong that can be: by room, its list and its files.
BAD_HOUSE = {
    "low": ("FLOOR 0 HIDES yaml-cpp", {"x.h": "#include <re2/re2.h>\n#include <net/if.h>\n"}),
    "left": ("FLOOR 1 USES low right", {"x.h": '#include "right/x.h"\n#include "low/x.h"\n'}),
    "right": ("FLOOR 1 HIDES yaml-cpp", {"x.h": '#include "low/x.h"\n#include <vector>\n', "y.cc": "#include <Poco/Exception.h>\n"}),
    "net": ("FLOOR 2 USES low right HIDES Poco::XML",
            {"a.cc": "#include <Poco/SAX/SAXParser.h>\n#include <Poco/Net/Socket.h>\n#include <Poco/Path.h>\n",
             "c.cc": "#include <Poco/Exception.h>\n",
             "b.cc": "#include <low/x.h>\n#include <left/x.h>\n#include <net/if.h>\n"}),
}
BREACHES = [
    "src/left (floor 1) uses right (floor 1): only lower floors may be used",
    "src/right: yaml-cpp is hidden by low already: one room alone sees a package",
    "src/right/x.h includes low/x.h: right does not name low under USES",
    "src/low/x.h includes re2/re2.h: low does not hide PkgConfig::re2",
    "src/low/x.h includes re2/re2.h: a third-party type must not cross a room's header",
    "src/net/a.cc includes Poco/Net/Socket.h: net does not hide Poco::Net",
    "src/net/a.cc includes Poco/Path.h: net does not hide Poco::Foundation",
    "src/right/y.cc includes Poco/Exception.h: right does not hide Poco::",
    'src/net/b.cc includes low/x.h: write it in quotes, "low/x.h"',
    'src/net/b.cc includes left/x.h: write it in quotes, "left/x.h"',
    "src/net/b.cc includes left/x.h: net does not name left under USES",
    "src/net: names right under USES, and none of its files includes it",
]


def self_test():
    with tempfile.TemporaryDirectory() as folder:
        src = Path(folder) / "src"
        for room, (listing, files) in BAD_HOUSE.items():
            (src / room).mkdir(parents=True)
            (src / room / "CMakeLists.txt").write_text(f"fleet_room({room} {listing})")
            for name, text in files.items():
                (src / room / name).write_text(text)
        found = breaches(src)
    if sorted(found) != sorted(BREACHES):
        raise SystemExit(f"the layers test misses or invents breaches: {set(found) ^ set(BREACHES)}")


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
