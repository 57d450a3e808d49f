"""A site of a made-up board with a hostile entry and a broken one."""

import made_up_board
import made_up_site
import pytest


@pytest.fixture(scope="session")
def boards(tmp_path_factory):
    """The folder of the boards that the site shows."""
    root = tmp_path_factory.mktemp("boards")
    folder = made_up_board.write_board(root)
    made_up_board.write_entry(
        folder, "open-one", regime="hybrid-50", division="open", differs=["budget"]
    )
    made_up_site.add_samples(folder / "entries" / "self-graded", "self-graded")
    made_up_site.write_hostile_entry(folder)
    broken = made_up_board.write_entry(folder, "broken", regime="hybrid-50")
    (broken / "record.json").write_text("{")
    return root


@pytest.fixture(scope="session")
def site(boards, tmp_path_factory):
    """The folder of the site."""
    return made_up_site.build(boards, tmp_path_factory.mktemp("site") / "out")


@pytest.fixture(scope="session")
def board(site):
    """The folder of the board's pages."""
    return site / "made" / "v1"
