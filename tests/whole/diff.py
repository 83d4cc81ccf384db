"""The diff of a pull request, as forges' APIs have it, by real git."""
import re
import subprocess


def diff_of(repository, base, head):
    """path -> (patch, {line of the newer side: (line of the older one, or None, text)})"""
    text = subprocess.run(["git", "diff", "--no-renames", f"{base}...{head}"], cwd=repository, check=True, capture_output=True,
                          text=True).stdout
    files = {}
    for part in text.split("diff --git ")[1:]:
        path = part.split("\n")[0].split(" b/")[1]
        start = part.find("\n@@ ")
        patch = part[start + 1:].rstrip("\n") if start >= 0 else ""
        shown, older, newer = {}, 0, 0
        for row in patch.split("\n"):
            if hunk := re.match(r"@@ -(\d+)[\d,]* \+(\d+)", row):
                older, newer = int(hunk[1]), int(hunk[2])
            elif row[:1] == "+":
                shown[newer] = (None, row[1:])
                newer += 1
            elif row[:1] == "-":
                older += 1
            elif row[:1] == " ":
                shown[newer] = (older, row[1:])
                older, newer = older + 1, newer + 1
        files[path] = (patch, shown)
    return files
