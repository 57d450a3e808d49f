"""The workflow for pull requests: no secrets, no write access, one entry and nothing beside."""

import os
import subprocess
from pathlib import Path

import pytest

from benchsuite.suites.documents import read

WORKFLOW = Path(__file__).parents[3] / "leaderboards" / "workflows" / "verify.yml"
ENTRY = "leaderboards/bell/v1/entries/mine/entry.yaml"


@pytest.fixture(scope="module")
def workflow():
    return read(WORKFLOW).data


def test_it_has_no_secrets_and_may_write_nothing(workflow):
    assert list(workflow["on"]) == ["pull_request"]
    assert workflow["permissions"] == {"contents": "read"}
    (job,) = workflow["jobs"].values()
    assert "permissions" not in job
    assert not any("uses" in step for step in job["steps"])
    code = "\n".join(line for line in WORKFLOW.read_text().splitlines() if line[:1] != "#")
    assert "secrets" not in code
    assert "token" not in code


def test_nothing_that_others_write_is_put_into_its_scripts(workflow):
    (job,) = workflow["jobs"].values()
    assert not any("${{" in step["run"] for step in job["steps"])


def test_what_is_flagged_is_shown_and_fails_nothing(workflow):
    (job,) = workflow["jobs"].values()
    (last,) = [step["run"] for step in job["steps"] if step["name"].startswith("Verify")]
    assert "--annotate" in last
    assert "--strict" not in last


def git(folder, *arguments):
    own = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
    who = {
        f"GIT_{role}_{key}": "a@b" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")
    }
    command = ["git", "-C", str(folder), *arguments]
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, env={**os.environ, **own, **who}
    )
    return done.stdout.strip()


@pytest.fixture
def origin(tmp_path):
    """A repository with a board and an entry."""
    folder = tmp_path / "origin"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    there = ("leaderboards/bell/v1/board.yaml", "leaderboards/bell/v1/entries/old/entry.yaml")
    write(folder, *there, text="as it was\n")
    git(folder, "add", "-A")
    git(folder, "commit", "--quiet", "-m", "start")
    return folder


def write(folder, *names, text="changed\n"):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def propose(origin, change):
    """Commit a change on a branch, move on main, merge both as GitHub does; return the merge."""
    git(origin, "checkout", "--quiet", "-b", "proposal")
    change(origin)
    git(origin, "add", "-A")
    git(origin, "commit", "--quiet", "-m", "hand in")
    git(origin, "checkout", "--quiet", "main")
    write(origin, "benchsuite.py")
    git(origin, "add", "-A")
    git(origin, "commit", "--quiet", "-m", "go on")
    git(origin, "checkout", "--quiet", "-b", "merged")
    git(origin, "merge", "--quiet", "--no-ff", "-m", "merge", "proposal")
    return git(origin, "rev-parse", "HEAD")


def steps(workflow, folder, **environment):
    """Run scripts of the workflow as its runner does."""
    (job,) = workflow["jobs"].values()
    folder.mkdir(exist_ok=True)
    for step in job["steps"]:
        if step["name"].split()[0] in {"Fetch", "See"}:
            yield subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
                cwd=folder,
                env={**os.environ, "GITHUB_OUTPUT": str(folder / "output"), **environment},
                capture_output=True,
                text=True,
                check=False,
            )


def touched(workflow, origin, tmp_path, change):
    merged = propose(origin, change)
    told = {"REPOSITORY": f"file://{origin}", "MERGED": merged}
    fetched, seen = steps(workflow, tmp_path / "runner", **told)
    assert fetched.returncode == 0, fetched.stderr
    return seen


def test_an_entry_is_found_and_laid_beside_the_base(workflow, origin, tmp_path):
    seen = touched(workflow, origin, tmp_path, lambda folder: write(folder, ENTRY))
    assert seen.returncode == 0, seen.stdout + seen.stderr
    runner = tmp_path / "runner"
    assert (runner / "output").read_text() == "entry=bell/v1/entries/mine\n"
    assert (runner / "handed-in" / ENTRY).is_file()
    assert not (runner / "base" / ENTRY).exists()
    assert (runner / "base" / "benchsuite.py").is_file()


def remove(folder):
    (folder / "leaderboards/bell/v1/entries/old/entry.yaml").unlink()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda f: write(f, ENTRY, "leaderboards/bell/v1/board.yaml"), "nothing beside"),
        (lambda f: write(f, ENTRY, ".github/workflows/verify.yml"), "nothing beside"),
        (lambda f: write(f, ENTRY, "leaderboards/bell/v1/verified/mine.yaml"), "nothing beside"),
        (
            lambda f: write(f, ENTRY, "leaderboards/bell/v1/entries/x\n::set y::/a"),
            "nothing beside",
        ),
        (lambda f: write(f, ENTRY, ENTRY.replace("mine", "two")), "one entry a pull request"),
        (lambda f: write(f, ENTRY, ENTRY.replace("v1", "v2")), "one entry a pull request"),
        (remove, "taken back"),
    ],
)
def test_whatever_else_is_touched_is_refused(workflow, origin, tmp_path, change, says):
    seen = touched(workflow, origin, tmp_path, change)
    assert seen.returncode == 1
    assert says in seen.stdout
    assert seen.stdout.count("\n") == 1
    assert not (tmp_path / "runner" / "output").exists()
