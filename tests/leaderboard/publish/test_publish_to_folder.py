"""Publishing into a folder: whole, again and again, and never over what is no site."""

import subprocess

import pytest
from made_up_pages import PAGES, held, write_site

from benchsuite.errors import UserError
from benchsuite.leaderboard.publish import swap as swapping
from benchsuite.leaderboard.publish.changes import Changes
from benchsuite.leaderboard.publish.publish import publish
from benchsuite.leaderboard.publish.swap import swap
from benchsuite.leaderboard.publish.target import Folder
from benchsuite.leaderboard.site.folder import replacing


def put(site, out):
    return publish(site, Folder(out))


def test_a_site_is_put_into_a_new_folder_and_again_changes_nothing(site, tmp_path):
    out = tmp_path / "www" / "boards"
    assert put(site, out) == Changes(added=tuple(sorted(PAGES)))
    assert held(out) == PAGES
    before = out.stat()
    assert not put(site, out)
    assert out.stat() == before
    assert [path.name for path in out.parent.iterdir()] == ["boards"]


def test_others_may_read_it(site, tmp_path):
    put(site, tmp_path / "out")
    assert (tmp_path / "out").stat().st_mode == (tmp_path / "built").stat().st_mode


def test_what_changed_is_said_and_files_of_others_stay(site, tmp_path):
    out = tmp_path / "out"
    put(site, out)
    (out / "CNAME").write_text("boards.example\n")
    (site / "index.html").write_text("new")
    (site / "about.html").write_text("about")
    (site / "assets" / "style.css").unlink()
    changes = put(site, out)
    assert changes == Changes(("about.html",), ("index.html",), ("assets/style.css",))
    assert changes.counts == "1 added, 1 changed, 1 removed"
    assert held(out) == {**held(site), "CNAME": "boards.example\n"}
    assert not put(site, out)


def test_the_mark_lists_the_files_with_their_digests(site, tmp_path):
    put(site, tmp_path / "out")
    check = ["sha256sum", "--check", "--strict", ".benchsuite-site"]
    done = subprocess.run(check, cwd=tmp_path / "out", capture_output=True, text=True, check=True)
    assert done.stdout.count(": OK") == len(PAGES)


def test_what_is_no_site_is_left_as_it_is(site, tmp_path):
    out = tmp_path / "thesis"
    write_site(out, {"chapter.tex": "years of work"})
    with pytest.raises(UserError, match="is no published site"):
        put(site, out)
    assert held(out) == {"chapter.tex": "years of work"}
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="is no folder"):
        put(site, tmp_path / "file")


def test_a_site_that_was_built_there_is_replaced(site, tmp_path):
    out = tmp_path / "out"
    with replacing(out) as folder:
        write_site(folder, {"index.html": "old", "gone.html": "old"})
    (out / "CNAME").write_text("boards.example\n")
    assert put(site, out).removed == ("gone.html",)
    assert held(out) == {**PAGES, "CNAME": "boards.example\n"}


def test_under_an_empty_mark_nothing_is_the_site_s(site, tmp_path):
    out = write_site(tmp_path / "out", {"CNAME": "boards.example\n"})
    (out / ".benchsuite-site").touch()
    assert not put(site, out).removed
    assert held(out) == {**PAGES, "CNAME": "boards.example\n"}


def test_a_site_is_not_put_into_itself(site):
    for out in (site, site / "inner", site.parent):
        with pytest.raises(UserError, match="is the built site, or holds it"):
            put(site, out)


def test_a_link_leads_to_the_folder(site, tmp_path):
    put(site, tmp_path / "real")
    (tmp_path / "link").symlink_to("real")
    (site / "index.html").write_text("new")
    put(site, tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "index.html").read_text() == "new"


def test_a_failure_leaves_the_old_site(site, tmp_path, monkeypatch):
    out = tmp_path / "out"
    put(site, out)
    (site / "index.html").write_text("new")

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfile", full)
    with pytest.raises(UserError, match="No space left"):
        put(site, out)
    assert held(out) == PAGES
    assert sorted(path.name for path in tmp_path.iterdir()) == ["built", "out"]


@pytest.mark.parametrize("at_once", [True, False])
def test_folders_change_places(tmp_path, monkeypatch, at_once):
    if not at_once:
        monkeypatch.setattr(swapping, "_exchanged", lambda *_: False)
    for name in ("new", "old"):
        write_site(tmp_path / name, {"index.html": name})
    swap(tmp_path / "new", tmp_path / "old")
    assert held(tmp_path) == {"new/index.html": "old", "old/index.html": "new"}


def test_a_swap_that_fails_half_way_is_undone(tmp_path, monkeypatch):
    monkeypatch.setattr(swapping, "_exchanged", lambda *_: False)
    write_site(tmp_path / "old", {"index.html": "old"})
    with pytest.raises(FileNotFoundError):
        swap(tmp_path / "new", tmp_path / "old")
    assert held(tmp_path) == {"old/index.html": "old"}
