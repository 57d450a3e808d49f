"""Publishing on a branch of a real bare repository."""

import os
import subprocess

import pytest
from made_up_pages import PAGES, held

from benchsuite.errors import UserError
from benchsuite.leaderboard.publish import to_branch
from benchsuite.leaderboard.publish.changes import Changes
from benchsuite.leaderboard.publish.publish import publish
from benchsuite.leaderboard.publish.target import Branch

RAW = {".nojekyll": ""}


def git(folder, *arguments):
    done = subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture(autouse=True)
def settings(tmp_path, monkeypatch):
    """Settings of a user that would break careless publishing."""
    (tmp_path / "gitconfig").write_text(
        "[user]\n name = Ada\n email = ada@example.org\n[core]\n autocrlf = true\n"
        "[init]\n defaultBranch = trunk\n[commit]\n gpgSign = true\n[push]\n default = nothing\n"
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture
def bare(tmp_path):
    git(tmp_path, "init", "--bare", "--quiet", "bare.git")
    return tmp_path / "bare.git"


@pytest.fixture
def target(bare):
    return Branch(str(bare), "gh-pages")


def checked_out(bare, tmp_path, branch="gh-pages"):
    """Contents of a branch, in a clone that changes no line ends."""
    folder = tmp_path / f"clone-{len(list(tmp_path.iterdir()))}"
    option = ["-c", "core.autocrlf=false", "-b", branch]
    git(tmp_path, "clone", "--quiet", *option, str(bare), str(folder))
    return held(folder)


def commit(bare, tmp_path, name, text, branch="gh-pages"):
    """Somebody else commits a file and pushes."""
    folder = tmp_path / f"other-{len(list(tmp_path.iterdir()))}"
    git(tmp_path, "clone", "--quiet", str(bare), str(folder))
    git(folder, "checkout", "--quiet", "-B", branch, f"origin/{branch}")
    (folder / name).write_text(text)
    git(folder, "add", "--all")
    git(folder, "-c", "commit.gpgSign=false", "commit", "--quiet", "-m", "Another")
    git(folder, "push", "--quiet", "origin", branch)


def number_of_commits(bare):
    return int(git(bare, "rev-list", "--count", "gh-pages"))


def test_an_orphan_branch_is_made_of_one_commit(site, bare, target, tmp_path):
    assert publish(site, target) == Changes(added=tuple(sorted({**PAGES, **RAW})))
    assert checked_out(bare, tmp_path) == {**PAGES, **RAW}
    assert number_of_commits(bare) == 1
    assert git(bare, "log", "-1", "--format=%an <%ae>", "gh-pages") == "Ada <ada@example.org>"
    git(bare, "fsck", "--strict")


def test_the_same_site_makes_no_commit(site, bare, target):
    publish(site, target)
    assert publish(site, target) == Changes()
    assert number_of_commits(bare) == 1


def test_the_message_says_what_changed(site, bare, target, tmp_path):
    publish(site, target)
    (site / "index.html").write_text("new")
    (site / "assets" / "style.css").unlink()
    assert publish(site, target).counts == "1 changed, 1 removed"
    assert git(bare, "log", "-1", "--format=%B", "gh-pages") == (
        "Publish the site: 1 changed, 1 removed\n\nchanged index.html\nremoved assets/style.css"
    )
    assert checked_out(bare, tmp_path) == {**held(site), **RAW}
    assert number_of_commits(bare) == 2


def test_other_branches_and_files_of_others_stay(site, bare, target, tmp_path):
    publish(site, target)
    git(bare, "branch", "main", "gh-pages")
    commit(bare, tmp_path, "CNAME", "boards.example\n")
    (site / "index.html").write_text("new")
    publish(site, target)
    assert checked_out(bare, tmp_path)["CNAME"] == "boards.example\n"
    assert number_of_commits(bare) == 3
    assert git(bare, "rev-list", "--count", "main") == "1"


def test_a_branch_of_something_else_is_left_as_it_is(site, bare, target, tmp_path):
    publish(site, target)
    commit(bare, tmp_path, "code.py", "pass\n")
    folder = tmp_path / "source"
    git(tmp_path, "clone", "--quiet", "-b", "gh-pages", str(bare), str(folder))
    git(folder, "rm", "--quiet", ".benchsuite-site")
    git(folder, "-c", "commit.gpgSign=false", "commit", "--quiet", "-m", "Mine now")
    git(folder, "push", "--quiet", "origin", "gh-pages")
    before = git(bare, "rev-parse", "gh-pages")
    with pytest.raises(UserError, match="branch gh-pages holds files and no "):
        publish(site, target)
    assert git(bare, "rev-parse", "gh-pages") == before


def test_a_push_that_came_too_late_is_done_again_on_top(site, bare, target, tmp_path, monkeypatch):
    publish(site, target)
    (site / "index.html").write_text("ours")
    push, pushed = to_branch._push, []

    def overtaken(*arguments):
        if not pushed:
            commit(bare, tmp_path, "theirs.txt", "theirs")
        pushed.append(arguments)
        push(*arguments)

    monkeypatch.setattr(to_branch, "_push", overtaken)
    assert publish(site, target) == Changes(changed=("index.html",))
    assert len(pushed) == 2
    found = checked_out(bare, tmp_path)
    assert (found["index.html"], found["theirs.txt"]) == ("ours", "theirs")
    assert number_of_commits(bare) == 3


def test_it_gives_up_where_it_is_overtaken_again_and_again(
    site, bare, target, tmp_path, monkeypatch
):
    publish(site, target)
    (site / "index.html").write_text("ours")
    push, pushed = to_branch._push, []

    def overtaken(*arguments):
        commit(bare, tmp_path, "theirs.txt", f"theirs {len(pushed)}")
        pushed.append(arguments)
        push(*arguments)

    monkeypatch.setattr(to_branch, "_push", overtaken)
    monkeypatch.setattr(to_branch, "_TRIES", 2)
    with pytest.raises(UserError, match=r"\[rejected\]"):
        publish(site, target)
    assert len(pushed) == 2


def test_a_host_that_refuses_is_quoted(site, bare, target):
    hook = bare / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho the branch is protected >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(UserError, match=r"\[remote rejected\] \(pre-receive hook declined\)"):
        publish(site, target)
    assert git(bare, "for-each-ref") == ""


def test_the_users_repository_and_its_variables_are_not_touched(
    site, bare, target, tmp_path, monkeypatch
):
    mine = tmp_path / "mine"
    git(tmp_path, "init", "--quiet", "mine")
    (mine / "staged.txt").write_text("staged")
    git(mine, "add", "staged.txt")
    before = {p: p.read_bytes() for p in mine.rglob("*") if p.is_file()}
    monkeypatch.chdir(mine)
    monkeypatch.setenv("GIT_DIR", str(mine / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(mine / ".git" / "index"))
    monkeypatch.setenv("GIT_WORK_TREE", str(mine))
    publish(site, Branch("../bare.git", "gh-pages"))  # relative to where one is
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        monkeypatch.delenv(name)
    assert {p: p.read_bytes() for p in mine.rglob("*") if p.is_file()} == before
    assert number_of_commits(bare) == 1


def test_somebody_without_a_name_can_publish(site, bare, target, tmp_path, monkeypatch):
    (tmp_path / "gitconfig").write_text("[user]\n useConfigOnly = true\n")
    for name in [n for n in os.environ if n.startswith(("GIT_AUTHOR_", "GIT_COMMITTER_"))]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("EMAIL", raising=False)
    publish(site, target)
    assert git(bare, "log", "-1", "--format=%an", "gh-pages") == "benchsuite"


@pytest.mark.parametrize(
    ("branch", "said"),
    [("a..b", "cannot be a branch's name"), ("gh pages", "cannot be a branch's name")],
)
def test_a_branch_that_git_would_not_have(site, bare, branch, said):
    with pytest.raises(UserError, match=said):
        publish(site, Branch(str(bare), branch))


def test_a_remote_that_is_not_there(site, tmp_path):
    with pytest.raises(UserError, match="cannot be published to: fatal:") as refused:
        publish(site, Branch(str(tmp_path / "none.git"), "gh-pages"))
    assert "\n" not in str(refused.value)


def test_a_transport_that_runs_commands_is_not_used(site, tmp_path):
    """Also where it gets past the parser, as by a user's `url.insteadOf`."""
    with pytest.raises(UserError, match="transport 'ext' not allowed"):
        publish(site, Branch(f"ext::sh -c touch% {tmp_path / 'run'}", "gh-pages"))
    assert not (tmp_path / "run").exists()


def test_without_git(site, target, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UserError, match="there is no git on this machine"):
        publish(site, target)
