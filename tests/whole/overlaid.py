"""Whether fleet can have overlays here, and whether it says so rightly."""
import os
import subprocess

from support import RUN, Wrong, commit_all, fleet, fresh

SKIP = 77
NOBODY = 65534


def mount_finds_a_way(folder, *prefix):
    """Asked without fleet, as root and in a user namespace: a skip must not hide that fleet is broken."""
    command = ("mkdir lower upper work at && mount -t overlay overlay -o "
               "lowerdir=lower,upperdir=upper,workdir=work,userxattr,volatile at")
    for own in ([], ["--user", "--map-root-user"]):
        place = folder / f"try-{len(own)}"
        place.mkdir()
        if prefix:
            os.chown(place, NOBODY, NOBODY)
        if subprocess.run([*prefix, "unshare", "--mount", *own, "sh", "-c", command], cwd=place, capture_output=True).returncode == 0:
            return True
    return False


def refused(folder, said, *prefix):
    if "Landlock" not in said and mount_finds_a_way(folder, *prefix):
        raise Wrong(f"mount(8) can have an overlay here, fleet not: {said}")
    print(f"NOT TESTED: {said}")
    return SKIP


def use_overlays(program, base):
    """From here on every run has them, however small its repository. SKIP: they cannot be had."""
    os.environ["FLEET_OVERLAYS"] = "always"
    with fresh(base / "with-overlays") as folder:
        repo = folder / "repo"
        (repo / ".fleet").mkdir(parents=True)
        (repo / ".fleet" / "workflow.yml").write_text("version: 1\ntasks: {one: {run: 'echo 1 > one'}}\n")
        commit_all(repo)
        done = fleet(program, repo, folder, "run", "--id", RUN, check=False)
        if done.returncode == 3 and "overlay" in done.stdout:
            return refused(folder, done.stdout)
        if done.returncode != 0 or "workspaces are overlays" not in done.stdout:
            raise Wrong(f"exit {done.returncode}, or no overlays\n{done.stdout}")
    return 0
