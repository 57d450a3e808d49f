"""What can be named as a place for a site, and what a site may hold."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from benchsuite.cli import cli
from benchsuite.errors import UserError
from benchsuite.leaderboard.publish.files import site_files
from benchsuite.leaderboard.publish.target import Branch, Folder, Space, parse


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("site", Folder(Path("site"))),
        ("/srv/a:b", Folder(Path("/srv/a:b"))),
        ("git:https://host/a.git#gh-pages", Branch("https://host/a.git", "gh-pages")),
        ("git:me@host:a#b.git#pages/x", Branch("me@host:a#b.git", "pages/x")),
        ("git:../bare#pages", Branch("../bare", "pages")),
        ("hf:me/boards", Space("me/boards")),
        ("hf:Foo-BAR_1/foo.bar123", Space("Foo-BAR_1/foo.bar123")),
    ],
)
def test_targets_are_read(text, target):
    assert parse(text) == target


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is no folder"),
        ("a\nb", "is no folder"),
        ("https://host/x", "git:URL#BRANCH"),
        ("ext::sh -c touch% x#y", "git:URL#BRANCH"),
        ("git:", "remote and branch"),
        ("git:https://host/a.git", "remote and branch"),
        ("git:https://host/a.git#", "remote and branch"),
        ("git:#pages", "remote and branch"),
        ("git:--upload-pack=touch x#pages", "begin with a dash"),
        ("git:host#-d", "begin with a dash"),
        ("git:ext::sh -c id#pages", "https, ssh, git or file"),
        ("git:EXT::sh -c id#pages", "https, ssh, git or file"),
        ("git:http://host/a#pages", "https, ssh, git or file"),
        ("hf:boards", "owner and name"),
        ("hf:a/b/c", "owner and name"),
        ("hf:../b", "owner and name"),
        ("hf:a/b--c", "owner and name"),
        ("hf:a/b.git", "owner and name"),
        ("hf:a/b-", "owner and name"),
        ("hf:a/" + "b" * 96, "owner and name"),
    ],
)
def test_what_is_no_target_is_refused_in_a_sentence(text, said):
    with pytest.raises(UserError) as refused:
        parse(text)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_password_is_never_shown():
    with pytest.raises(UserError) as refused:
        parse("git:https://me:secret@host/x")
    assert "secret" not in str(refused.value)
    assert str(parse("git:https://me:secret@host/x#p")) == "https://host/x, branch p"


@settings(max_examples=50, deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=30), st.sampled_from(["", "git:", "hf:"]))
def test_whatever_is_given_is_a_target_or_refused(text, kind):
    said, remote = "", ""
    try:
        target = parse(kind + text)
    except UserError as refused:
        said = str(refused)
    else:
        remote = target.remote if isinstance(target, Branch) else ""
    assert "\n" not in said
    assert not remote.startswith(("-", "ext::", "http:"))


def test_the_hub_calls_such_a_space_valid_too():
    from huggingface_hub.utils import validate_repo_id

    for name in ("me/boards", "Foo-BAR_1/foo.bar123", "a/b_.c"):
        validate_repo_id(parse(f"hf:{name}").name)


def test_only_a_built_site_of_plain_files_is_published(site, tmp_path):
    with pytest.raises(UserError, match=r"has no index\.html"):
        site_files(tmp_path / "none")
    (site / "link.html").symlink_to("/etc/passwd")
    with pytest.raises(UserError, match="no plain file"):
        site_files(site)
    (site / "link.html").unlink()
    (site / ".git").mkdir()
    with pytest.raises(UserError, match="cannot have this name"):
        site_files(site)


def test_a_name_with_a_line_break_is_refused(site):
    (site / "a\nb").touch()
    with pytest.raises(UserError, match="cannot have this name") as refused:
        site_files(site)
    assert "\n" not in str(refused.value)


def test_the_command_publishes_a_built_site_and_says_what_changed(site, tmp_path):
    arguments = ["leaderboard", "publish", "--site", str(site), "--to", str(tmp_path / "out")]
    first = CliRunner().invoke(cli, arguments, catch_exceptions=False).output
    assert first.startswith(f"{tmp_path / 'out'}: 4 added\nadded assets/style.css\n")
    again = CliRunner().invoke(cli, arguments, catch_exceptions=False).output
    assert again == f"{tmp_path / 'out'}: nothing changed\n"


def test_a_bad_target_is_refused_before_anything_is_built(tmp_path):
    arguments = ["leaderboard", "publish", str(tmp_path / "none"), "--to", "git:x"]
    assert isinstance(CliRunner().invoke(cli, arguments).exception, UserError)
