#!/usr/bin/env python3
"""The HTML report in Debian's Chromium, without a screen: page.mjs says what it must do there.

usage: html_report.py HTML_PAGES FOLDER [speed]    (a folder to keep the packages in; speed: how soon a large one opens)
"""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "oracles"))
import support  # noqa: E402


def main(html_pages, folder, *only):
    support.need("chromium", "node", "npm")
    modules = support.fetch(Path(folder).resolve(), HERE)
    with tempfile.TemporaryDirectory(prefix="fleet-html-") as pages:
        subprocess.run([html_pages, pages], check=True)
        # What the browser keeps for itself goes away with the pages.
        environment = {**os.environ, "HOME": pages, "XDG_CONFIG_HOME": pages, "XDG_CACHE_HOME": pages}
        return subprocess.run(["node", HERE / "page.mjs", modules, pages, *only], env=environment).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
