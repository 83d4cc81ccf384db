"""Repositories of any number of files, written by `git fast-import`."""
import itertools
import subprocess

from measure import environment

CHANGED = 10


def path(file):
    """As probe/files.cc lays out its files: a thousand folders of up to a hundred files."""
    return f"d{file // 100 % 100:03}/s{file // 10 % 10}/f{file}"


def content(file, lines=24, changed=()):
    """About a kilobyte of text, a line of it changed where asked."""
    words = ("changed" if line in changed else "line" for line in range(lines))
    return "".join(f"{word} {line:02} of file {file:06}, the rest is filling\n" for line, word in enumerate(words)).encode()


def spread_over(files, offset):
    """Ten files that share no folder, where there are enough."""
    return [(offset + i * (files // CHANGED)) % files for i in range(CHANGED)]


class Stream:
    def __init__(self, to):
        self.to = to

    def commit(self, branch, files, parent=None):
        self.to.write(f"commit refs/heads/{branch}\ncommitter U <u@localhost> 1700000000 +0000\ndata 6\nbench\n\n".encode())
        if parent:
            self.to.write(f"from refs/heads/{parent}\n".encode())
        for name, data in files:
            self.to.write(f"M 100644 inline {name}\ndata {len(data)}\n".encode() + data + b"\n")


def make_files(folder, files, workflow):
    """The commits, all but the first on top of `start`: `ten` and `other` change ten files each, no file twice; `top` and
    `bottom` change the same ten, on different lines."""
    folder.mkdir(parents=True)
    env = environment(folder)
    subprocess.run(["git", "init", "--quiet", "--initial-branch", "main"], cwd=folder, env=env, check=True)
    importer = subprocess.Popen(["git", "fast-import", "--quiet", "--done"], cwd=folder, env=env, stdin=subprocess.PIPE)
    stream = Stream(importer.stdin)
    stream.commit("start", itertools.chain([(".fleet/workflow.yml", workflow.encode())],
                                           ((path(i), content(i)) for i in range(files))))
    ten, other = spread_over(files, 0), spread_over(files, 1)
    stream.commit("ten", [(path(i), content(i, changed=[3])) for i in ten], "start")
    stream.commit("other", [(path(i), content(i, changed=[3])) for i in other], "start")
    stream.commit("top", [(path(i), content(i, changed=[2])) for i in ten], "start")
    stream.commit("bottom", [(path(i), content(i, changed=[20])) for i in ten], "start")
    importer.stdin.write(b"done\n")
    importer.stdin.close()
    if importer.wait() != 0:
        raise SystemExit("git fast-import failed")
    git(folder, "reset", "--quiet", "--hard", "start")
    return folder


def make_workflow(folder, workflow, others=()):
    """A repository with nothing but a workflow, and other files by name and text."""
    (folder / ".fleet").mkdir(parents=True)
    for name, text in [(".fleet/workflow.yml", workflow), *others]:
        (folder / name).write_text(text)
    for words in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "first"]):
        git(folder, *words)
    return folder


def git(folder, *words, text=None):
    return subprocess.run(["git", *words], cwd=folder, env=environment(folder), check=True, stdout=subprocess.PIPE, text=True,
                          input=text).stdout.strip()
